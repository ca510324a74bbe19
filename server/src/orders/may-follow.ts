import type { OrderState } from './order.ts';

const ENDS: readonly OrderState[] = ['filled', 'canceled', 'expired', 'replaced', 'rejected'];
const PENDING: readonly OrderState[] = ['pending_cancel', 'pending_replace'];

/**
 * From which state which may follow in one step, whatever the broker says. Written down by hand, apart from the table by which the engine goes: checks hold
 * the engine to it, those of the simulation, which is shipped, and the tests of the table itself. A terminal state absorbs, but for fills that come late and complete it.
 */
export const MAY_FOLLOW: Readonly<Record<OrderState, readonly OrderState[]>> = {
  intent: ['approved', 'denied'],
  denied: [],
  // Denied after all: one that waited for others to make way has not left, and passes the gate again.
  approved: ['denied', 'unknown', 'accepted', 'working', 'partially_filled', ...PENDING, ...ENDS],
  unknown: ['accepted', 'working', 'partially_filled', ...PENDING, ...ENDS],
  accepted: ['working', ...PENDING, 'partially_filled', ...ENDS],
  working: ['partially_filled', ...PENDING, ...ENDS],
  partially_filled: [...PENDING, ...ENDS],
  pending_cancel: ['working', 'partially_filled', 'pending_replace', ...ENDS],
  pending_replace: ['working', 'partially_filled', 'pending_cancel', ...ENDS],
  filled: [],
  canceled: ['filled'],
  expired: ['filled'],
  replaced: ['filled'],
  rejected: ['filled'],
};
