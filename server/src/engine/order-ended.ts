import type { Order } from '../orders/order.ts';
import { endLegs } from './families.ts';
import { continueFlattening } from './flattening.ts';
import { submitIntent } from './intents.ts';
import { deferredKey } from './own-orders.ts';
import { protectRemainder } from './protections.ts';
import { rebalanceTo } from './rebalance.ts';
import { releaseStated } from './stated-orders.ts';
import { change, raise, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';
import { releaseWithheld } from './withheld.ts';

/** What waited for this order's end goes on now: the opening part of a flip, a strategy's newer target and orders, flattening. */
export function orderEnded(turn: Turn, order: Order): void {
  if (order.state !== 'filled' && order.state !== 'replaced' && order.intent.leg === undefined) {
    endLegs(turn, order);
    protectRemainder(turn, order);
  }
  releaseHeld(turn, order);
  releaseWithheld(turn, order.intent.symbol);
  releaseWaiting(turn, order.intent);
  continueFlattening(turn, order.intent.symbol, order);
}

function releaseHeld(turn: Turn, order: Order): void {
  const held = turn.state.heldIntents.get(order.id);
  if (held === undefined) return;
  change(turn, { heldIntents: withoutEntry(turn.state.heldIntents, order.id) });
  if (order.state === 'filled') {
    submitIntent(turn, { ...held, createdAt: turn.state.now });
    return;
  }
  const detail = `The closing part ${order.id} ended ${order.state}; the opening part ${held.id} was not sent.`;
  raise(turn, 'FlipAbandoned', order.id, 'info', `Only closed, not turned: ${order.intent.symbol}`, detail);
}

/** Wishes on the symbol that wait for an order's end: those of its own strategy first, then the others' in order of their ids. */
function releaseWaiting(turn: Turn, { origin, symbol }: Order['intent']): void {
  const own = origin.kind === 'strategy' ? origin.strategyId : undefined;
  const others = [...turn.state.strategies.keys()].filter((id) => id !== own).toSorted();
  for (const strategyId of own === undefined ? others : [own, ...others]) {
    releaseDeferred(turn, strategyId, symbol);
    releaseStated(turn, strategyId, symbol);
  }
}

function releaseDeferred(turn: Turn, strategyId: string, symbol: string): void {
  const key = deferredKey(strategyId, symbol);
  const target = turn.state.deferredTargets.get(key);
  const slot = turn.state.strategies.get(strategyId);
  if (target === undefined || slot === undefined) return;
  change(turn, { deferredTargets: withoutEntry(turn.state.deferredTargets, key) });
  if (slot.state === 'paper' || slot.state === 'live') rebalanceTo(turn, slot, target);
}
