import type { OrderState } from './order.ts';

/** What the broker can say of an order, by stream; REST statuses map onto the same names. `(other)` is any word we do not know. */
export const BROKER_EVENT_NAMES = [
  'accepted',
  'pending_new',
  'accepted_for_bidding',
  'held',
  'new',
  'stopped',
  'suspended',
  'calculated',
  'done_for_day',
  'partial_fill',
  'fill',
  'pending_cancel',
  'order_cancel_rejected',
  'canceled',
  'expired',
  'pending_replace',
  'order_replace_rejected',
  'replaced',
  'rejected',
  '(other)',
] as const;
export type BrokerEventName = (typeof BROKER_EVENT_NAMES)[number];

/** The state that follows; `ignore` keeps the state silently, `alert` keeps it and tells a person. */
export type Next = OrderState | 'ignore' | 'alert';
type Row = Readonly<Record<BrokerEventName, Next>>;

/** Sent, and the broker speaks of it for the first time. */
const SENT: Row = {
  accepted: 'accepted',
  pending_new: 'accepted',
  accepted_for_bidding: 'accepted',
  held: 'accepted',
  new: 'working',
  stopped: 'working',
  suspended: 'working',
  calculated: 'working',
  done_for_day: 'working',
  partial_fill: 'partially_filled',
  fill: 'filled',
  pending_cancel: 'pending_cancel',
  order_cancel_rejected: 'working',
  canceled: 'canceled',
  expired: 'expired',
  pending_replace: 'pending_replace',
  order_replace_rejected: 'working',
  replaced: 'replaced',
  rejected: 'rejected',
  '(other)': 'alert',
};

/** At the venue: words of the way there come late and change nothing. */
const WORKING: Row = {
  ...SENT,
  accepted: 'ignore',
  pending_new: 'ignore',
  accepted_for_bidding: 'ignore',
  held: 'ignore',
  new: 'ignore',
  stopped: 'ignore',
  suspended: 'ignore',
  calculated: 'ignore',
  done_for_day: 'ignore',
  order_cancel_rejected: 'ignore',
  order_replace_rejected: 'ignore',
};

const FILLING: Row = { ...WORKING, partial_fill: 'ignore' };

/** A terminal state absorbs; what contradicts it is told to a person. */
const TERMINAL: Row = {
  accepted: 'ignore',
  pending_new: 'ignore',
  accepted_for_bidding: 'ignore',
  held: 'ignore',
  new: 'ignore',
  stopped: 'ignore',
  suspended: 'ignore',
  calculated: 'ignore',
  done_for_day: 'ignore',
  partial_fill: 'ignore',
  fill: 'alert',
  pending_cancel: 'ignore',
  order_cancel_rejected: 'ignore',
  canceled: 'alert',
  expired: 'alert',
  pending_replace: 'ignore',
  order_replace_rejected: 'ignore',
  replaced: 'alert',
  rejected: 'alert',
  '(other)': 'alert',
};

/** The broker must not know of it: every word is a contradiction. */
const NEVER_SENT: Row = {
  accepted: 'alert',
  pending_new: 'alert',
  accepted_for_bidding: 'alert',
  held: 'alert',
  new: 'alert',
  stopped: 'alert',
  suspended: 'alert',
  calculated: 'alert',
  done_for_day: 'alert',
  partial_fill: 'alert',
  fill: 'alert',
  pending_cancel: 'alert',
  order_cancel_rejected: 'alert',
  canceled: 'alert',
  expired: 'alert',
  pending_replace: 'alert',
  order_replace_rejected: 'alert',
  replaced: 'alert',
  rejected: 'alert',
  '(other)': 'alert',
};

/**
 * The whole life of an order at the broker, without a gap: every state, every word. Booking of executions is apart from it, by execution
 * id; a late fill is booked in a terminal state too, and completes to `filled` when it was the last piece.
 */
export const TRANSITIONS: Readonly<Record<OrderState, Row>> = {
  intent: NEVER_SENT,
  denied: NEVER_SENT,
  approved: SENT,
  unknown: SENT,
  accepted: { ...SENT, accepted: 'ignore', pending_new: 'ignore', accepted_for_bidding: 'ignore', held: 'ignore' },
  working: WORKING,
  partially_filled: FILLING,
  pending_cancel: { ...FILLING, pending_cancel: 'ignore', order_cancel_rejected: 'working', pending_replace: 'ignore' },
  pending_replace: { ...FILLING, pending_replace: 'ignore', order_replace_rejected: 'working' },
  filled: { ...TERMINAL, fill: 'ignore' },
  canceled: { ...TERMINAL, canceled: 'ignore' },
  expired: { ...TERMINAL, expired: 'ignore' },
  replaced: { ...TERMINAL, replaced: 'ignore' },
  rejected: { ...TERMINAL, rejected: 'ignore' },
};

const KNOWN: ReadonlySet<string> = new Set(BROKER_EVENT_NAMES);
const STATUS_EVENTS: ReadonlyMap<string, BrokerEventName> = new Map([
  ['partially_filled', 'partial_fill'],
  ['filled', 'fill'],
]);

/** An event's name as the stream gives it; an unknown one becomes `(other)`, never an error. */
export const brokerEventName = (word: string): BrokerEventName => (KNOWN.has(word) ? (word as BrokerEventName) : '(other)');

/** A REST status read as the event that leads to it. */
export const eventOfStatus = (status: string): BrokerEventName => STATUS_EVENTS.get(status) ?? brokerEventName(status);
