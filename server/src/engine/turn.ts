import type { Instant } from '../money/instant.ts';
import { TERMINAL_STATES } from '../orders/order.ts';
import type { Order } from '../orders/order.ts';
import type { TradingState } from '../risk/types.ts';
import type { AlertSeverity, Effect } from './effects.ts';
import type { EngineState, OrderTracking, StrategySlot } from './state.ts';
import { ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';

/**
 * One step in progress: a copy of the state, changed in place, and what it has led to. Lives only inside one call of `step`, which therefore stays
 * pure: nobody else sees the copy before the step is done, and its maps are replaced, never changed, but for those that the step itself has made.
 */
export interface Turn {
  readonly state: EngineState;
  readonly effects: Effect[];
  /** Maps of orders and their tracking that this step has copied already: a kill switch changes hundreds of orders in one step. */
  readonly copied: WeakSet<object>;
}

/** The start of a step, at its time. */
export const beginTurn = (state: EngineState, now: Instant): Turn => ({ state: { ...state, now }, effects: [], copied: new WeakSet() });

export const NO_TRACKING: OrderTracking = { executions: [], notional: ZERO_MONEY, syntheticQuantity: ZERO_QUANTITY, cancelWanted: false };

export function change(turn: Turn, patch: Partial<EngineState>): void {
  Object.assign(turn.state, patch);
}

export const emit = (turn: Turn, effect: Effect): void => {
  turn.effects.push(effect);
};

/** A copy of a map with one entry set. */
export const withEntry = <K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> => new Map(map).set(key, value);

/** A copy of a map without one entry; the same map where it was not there. */
export function withoutEntry<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  if (!map.has(key)) return map;
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}

export const isOpen = (order: Order): boolean => !TERMINAL_STATES.has(order.state);

/** Orders that are not terminal, oldest first. */
export const openOrders = (state: EngineState): readonly Order[] => [...state.orders.values()].filter(isOpen);

/** A map of the state that this step may write in: its own copy, made once. */
function ownCopy<K, V>({ copied }: Turn, map: ReadonlyMap<K, V>): Map<K, V> {
  if (copied.has(map)) return map as Map<K, V>;
  const copy = new Map(map);
  copied.add(copy);
  return copy;
}

/** Write an order and say so. */
export function setOrder(turn: Turn, order: Order): void {
  change(turn, { orders: ownCopy(turn, turn.state.orders).set(order.id, order) });
  emit(turn, { kind: 'OrderChanged', order });
}

export const trackingOf = (state: EngineState, orderId: string): OrderTracking => state.tracking.get(orderId) ?? NO_TRACKING;

export function track(turn: Turn, orderId: string, patch: Partial<OrderTracking>): void {
  const tracking = { ...trackingOf(turn.state, orderId), ...patch };
  change(turn, { tracking: ownCopy(turn, turn.state.tracking).set(orderId, tracking) });
}

/** Open alerts that are kept; what nobody looked at for that long is in the journal. */
const OPEN_ALERTS_MAX = 500;

/** The oldest alert that is not critical gives way to a new one. */
function makeRoom(turn: Turn): void {
  if (turn.state.alerts.size < OPEN_ALERTS_MAX) return;
  for (const { id, severity } of turn.state.alerts.values()) {
    if (severity !== 'critical') return closeAlert(turn, id, 'engine');
  }
}

/** Raise an alert once: while one of the same id is open, another says nothing new. */
export function raise(turn: Turn, code: string, subject: string, severity: AlertSeverity, title: string, detail: string): void {
  const id = `${code}-${subject}`;
  if (turn.state.alerts.has(id)) return;
  makeRoom(turn);
  const alert = { id, severity, code, title, detail, raisedAt: turn.state.now };
  change(turn, { alerts: withEntry(turn.state.alerts, id, alert) });
  emit(turn, { kind: 'AlertRaised', alert });
}

/** Close an alert whose cause is gone, or that a person has seen. */
export function closeAlert(turn: Turn, alertId: string, by: string, note?: string): void {
  if (!turn.state.alerts.has(alertId)) return;
  change(turn, { alerts: withoutEntry(turn.state.alerts, alertId) });
  emit(turn, { kind: 'AlertClosed', alertId, by, ...(note === undefined ? {} : { note }), at: turn.state.now });
}

/** Write a strategy and say so; its holdings, their prices, its signal and its shadow stay out of the fact. */
export function setStrategy(turn: Turn, slot: StrategySlot): void {
  change(turn, { strategies: withEntry(turn.state.strategies, slot.config.id, slot) });
  const { holdings: _holdings, entryPrices: _entryPrices, signal: _signal, shadow: _shadow, ...strategy } = slot;
  emit(turn, { kind: 'StrategyChanged', strategy });
}

export function setTradingState(turn: Turn, to: TradingState, because: string, by: string, at: Instant): void {
  const from = turn.state.tradingState;
  change(turn, { tradingState: to, tradingStateBecause: because, tradingStateBy: by, tradingStateAt: at });
  emit(turn, { kind: 'TradingStateChanged', from, to, because, by, at });
}
