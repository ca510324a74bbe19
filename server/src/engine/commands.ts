import type { Instant } from '../money/instant.ts';
import { formatLimit, parseLimit, tightens, withLimit } from '../risk/limits.ts';
import type { LimitName } from '../risk/limits.ts';
import { requestCancel } from './cancel.ts';
import type { EventOf } from './events.ts';
import { submitIntent } from './intents.ts';
import { change, closeAlert, emit, raise, setTradingState } from './turn.ts';
import type { Turn } from './turn.ts';

export function orderRequested(turn: Turn, event: EventOf<'OrderRequested'>): void {
  submitIntent(turn, event.intent);
}

export function cancelRequested(turn: Turn, event: EventOf<'CancelRequested'>): void {
  const order = turn.state.orders.get(event.orderId);
  if (order !== undefined) requestCancel(turn, order);
}

/**
 * A value that cannot be read, or is above its ceiling, changes nothing and is told: whoever sent it should have parsed it first. Where two people
 * are asked for, one alone only tightens.
 */
export function limitSet(turn: Turn, event: EventOf<'LimitSet'>): void {
  const { name, by, at } = event;
  const parsed = parseLimit(name, event.value);
  const loosens = parsed.ok && parsed.value !== turn.state.limits[name] && !tightens(name, turn.state.limits[name], parsed.value);
  const problem = parsed.ok ? (loosens && turn.state.secondPerson ? 'this takes a second person' : undefined) : parsed.message;
  if (problem !== undefined) {
    raise(turn, 'LimitRefused', `${name}-${at}`, 'warning', `${name} was not changed`, `${by}: ${problem}`);
    return;
  }
  applyLimit(turn, event);
}

interface LimitChange {
  readonly name: LimitName;
  readonly value: string;
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
}

/** Whoever calls this has looked at who may. */
export function applyLimit(turn: Turn, { name, value, by, reason, at }: LimitChange): void {
  const parsed = parseLimit(name, value);
  if (!parsed.ok) throw new Error(`Invariant: the value of ${name} was looked at before: ${parsed.message}`);
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
