import { requestCancel } from './cancel.ts';
import { withoutWishes, isStrategys } from './own-orders.ts';
import { supersedeOf } from './recommending.ts';
import { withoutWaiting } from './shadow.ts';
import type { StrategySlot } from './state.ts';
import { change, openOrders, setStrategy } from './turn.ts';
import type { Turn } from './turn.ts';

/** A paused strategy wants nothing: its waiting targets, orders and recommendations are dropped and its open orders cancelled. What it holds stays. */
export function pauseStrategy(turn: Turn, slot: StrategySlot, reason: string): void {
  const { id } = slot.config;
  change(turn, withoutWishes(turn.state, id));
  supersedeOf(turn, id, `The strategy was paused: ${reason}`);
  for (const order of openOrders(turn.state)) {
    // What protects the position stays: a paused strategy still holds it.
    if (isStrategys(order.intent, id) && order.intent.protects !== true) requestCancel(turn, order);
  }
  const current = turn.state.strategies.get(id) ?? slot;
  setStrategy(turn, { ...withoutWaiting(current), state: 'paused', pausedBecause: reason });
}
