import type { OrderIntent } from '../orders/order.ts';
import { requestCancel } from './cancel.ts';
import type { StrategySlot } from './state.ts';
import { change, openOrders, setStrategy } from './turn.ts';
import type { Turn } from './turn.ts';

const isOf = ({ origin }: OrderIntent, strategyId: string): boolean => origin.kind === 'strategy' && origin.strategyId === strategyId;

/** A paused strategy wants nothing: its waiting targets and orders are dropped and its open orders cancelled. What it holds stays. */
export function pauseStrategy(turn: Turn, slot: StrategySlot, reason: string): void {
  const { id } = slot.config;
  change(turn, {
    deferredTargets: new Map([...turn.state.deferredTargets].filter(([, target]) => target.strategyId !== id)),
    deferredOrders: new Map([...turn.state.deferredOrders].filter(([, [first]]) => first === undefined || !isOf(first.intent, id))),
  });
  for (const order of openOrders(turn.state)) {
    // What protects the position stays: a paused strategy still holds it.
    if (isOf(order.intent, id) && order.intent.protects !== true) requestCancel(turn, order);
  }
  const current = turn.state.strategies.get(id) ?? slot;
  setStrategy(turn, { ...current, state: 'paused', pausedBecause: reason });
}
