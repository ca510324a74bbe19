import { formatLimit, parseLimit, withLimit } from '../risk/limits.ts';
import { requestCancel } from './cancel.ts';
import type { EventOf } from './events.ts';
import { submitIntent } from './intents.ts';
import { replaceOrder } from './replacing.ts';
import { change, closeAlert, emit, raise, setTradingState } from './turn.ts';
import type { Turn } from './turn.ts';

export function orderRequested(turn: Turn, event: EventOf<'OrderRequested'>): void {
  submitIntent(turn, event.intent);
}

export function replaceRequested(turn: Turn, event: EventOf<'ReplaceRequested'>): void {
  replaceOrder(turn, event.intent);
}

export function cancelRequested(turn: Turn, event: EventOf<'CancelRequested'>): void {
  const order = turn.state.orders.get(event.orderId);
  if (order !== undefined) requestCancel(turn, order);
}

/** A value that cannot be read, or is above its ceiling, changes nothing and is told: whoever sent it should have parsed it first. */
export function limitSet(turn: Turn, event: EventOf<'LimitSet'>): void {
  const { name, by, reason, at } = event;
  const parsed = parseLimit(name, event.value);
  if (!parsed.ok) {
    raise(turn, 'LimitRefused', `${name}-${at}`, 'warning', `${name} was not changed`, `${by}: ${parsed.message}`);
    return;
  }
  const from = formatLimit(name, turn.state.limits[name]);
  const limits = withLimit(turn.state.limits, name, parsed.value);
  const to = formatLimit(name, limits[name]);
  change(turn, { limits });
  emit(turn, { kind: 'LimitChanged', name, from, to, by, reason, at });
}

export function alertAcknowledged(turn: Turn, event: EventOf<'AlertAcknowledged'>): void {
  closeAlert(turn, event.alertId, event.by);
}

/** What cannot be read counts as the worst: everything is halted until a person releases it. */
export function stateUnreadable(turn: Turn, event: EventOf<'StateUnreadable'>): void {
  if (turn.state.tradingState !== 'FROZEN') setTradingState(turn, 'HALTED', `state unreadable: ${event.reason}`, 'engine', event.at);
  raise(turn, 'StateUnreadable', String(event.at), 'critical', 'The recorded state could not be confirmed', event.reason);
}
