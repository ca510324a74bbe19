import type { Quantity } from '../money/fixed.ts';
import { abs, add, negate, subtract, ZERO_QUANTITY } from '../money/money.ts';
import type { Order, OrderIntent } from '../orders/order.ts';
import { sameSign } from '../positions/average-cost.ts';
import type { StrategyConfig } from '../strategies/strategy.ts';
import { requestCancel } from './cancel.ts';
import { submitIntent } from './intents.ts';
import { isUnsettled, isPassing, opposedBy, opposing, tellOpposed } from './opposition.ts';
import { deferredKey, orderNumberOf, ownOpenOrders } from './own-orders.ts';
import type { DeferredTarget, EngineState, StrategySlot } from './state.ts';
import { change, raise, trackingOf, withEntry } from './turn.ts';
import type { Turn } from './turn.ts';

const signed = ({ intent, filledQuantity }: Order): Quantity => {
  const left = subtract(intent.quantity, filledQuantity);
  return intent.side === 'buy' ? left : negate(left);
};

/** The part of `desired` that lies between zero and what is held. */
export function shrunk(desired: Quantity, held: Quantity): Quantity {
  if (desired === 0n || held === 0n || !sameSign(desired, held)) return ZERO_QUANTITY;
  return abs(desired) < abs(held) ? desired : held;
}

/**
 * Bring a strategy's own holding to what it desires. Where older orders of its own are still open they are cancelled first, and the target
 * waits for their end: two opposite orders of one account would be a wash trade.
 */
export function rebalanceTo(turn: Turn, slot: StrategySlot, target: DeferredTarget): void {
  const { strategyId, symbol } = target;
  const held = slot.holdings.get(symbol) ?? ZERO_QUANTITY;
  const wanted = target.shrinkOnly === true ? shrunk(target.desired, held) : target.desired;
  const opponent = opposedBy(turn.state, strategyId, symbol, wanted);
  const desired = opponent === undefined ? wanted : ZERO_QUANTITY;
  const open = ownOpenOrders(turn.state, strategyId, symbol);
  const pending = open.filter(({ intent }) => orderNumberOf(intent) === undefined && intent.protects !== true);
  if (pending.length > 0) {
    if (leadsTo(turn.state, pending, held, desired)) return;
    waitFor(turn, target, pending);
    return;
  }
  if (opponent !== undefined && waitsForOthers(turn, slot, target, opponent)) return;
  const delta = subtract(desired, held);
  if (delta === 0n) return;
  const inTheWay = open.filter((order) => givesWay(order, delta, held));
  if (inTheWay.length > 0) {
    for (const order of inTheWay) if (order.intent.protects !== true) tellGivingWay(turn, order);
    waitFor(turn, target, inTheWay);
    return;
  }
  const opens = held === 0n || !sameSign(held, desired) ? desired !== 0n : abs(desired) > abs(held);
  const intent = intentOf(turn.state, slot.config, target, delta, opens);
  const others = opens ? opposing(turn.state, intent) : [];
  // Two strategies want opposite sides at once: the later one waits for the moment that the other takes.
  if (others.length > 0 && others.every((order) => isPassing(turn.state, order))) waitFor(turn, target, []);
  else submitIntent(turn, intent);
}

/** Another owner holds the other side: the target waits where that is settled in a moment; else only what closes is sent, and the rest is told. */
function waitsForOthers(turn: Turn, { config }: StrategySlot, target: DeferredTarget, opponent: string): boolean {
  if (isUnsettled(turn.state, config.id, target.symbol)) {
    waitFor(turn, target, []);
    return true;
  }
  tellOpposed(turn, config, target.symbol, `${config.id}-${target.symbol}-${target.barAt}`, opponent);
  return false;
}

/** Whether what is on its way already ends at what is desired. */
function leadsTo(state: EngineState, pending: readonly Order[], held: Quantity, desired: Quantity): boolean {
  if (pending.some(({ id }) => state.heldIntents.has(id) || trackingOf(state, id).cancelWanted)) return false;
  return pending.reduce((net, order) => add(net, signed(order)), held) === desired;
}

function waitFor(turn: Turn, target: DeferredTarget, orders: readonly Order[]): void {
  const key = deferredKey(target.strategyId, target.symbol);
  change(turn, { deferredTargets: withEntry(turn.state.deferredTargets, key, target) });
  for (const order of orders) requestCancel(turn, order);
}

/** Orders that the strategy stated itself make room for a target where they would trade with it, or have spoken for the units that it closes. */
const givesWay = (order: Order, delta: Quantity, held: Quantity): boolean => {
  const units = signed(order);
  const closes = held !== 0n && !sameSign(units, held);
  return !sameSign(units, delta) || closes;
};

function tellGivingWay(turn: Turn, { id, intent }: Order): void {
  if (trackingOf(turn.state, id).cancelWanted) return;
  const detail = `A target of ${intent.symbol} needs its units; the ${intent.type} order ${id} is cancelled, and is not sent again.`;
  raise(turn, 'OrderGaveWay', id, 'warning', `A resting order of ${intent.symbol} made way for a target`, detail);
}

function intentOf(state: EngineState, config: StrategyConfig, target: DeferredTarget, delta: Quantity, opens: boolean): OrderIntent {
  const stem = `${config.id}-${target.barAt}-${target.symbol}`;
  let count = 1;
  while (state.orders.has(`${stem}-${count}`) || state.recommendations.has(`${stem}-${count}`)) count += 1;
  return {
    id: `${stem}-${count}`,
    symbol: target.symbol,
    side: delta > 0n ? 'buy' : 'sell',
    quantity: abs(delta),
    type: 'market',
    timeInForce: 'day',
    ...(opens && target.takeProfit !== undefined ? { takeProfit: { limitPrice: target.takeProfit } } : {}),
    ...(opens && target.stopLoss !== undefined ? { stopLoss: { stopPrice: target.stopLoss }, protectiveStop: target.stopLoss } : {}),
    reduceOnly: false,
    origin: { kind: 'strategy', strategyId: config.id, version: config.version },
    reason: target.reason,
    createdAt: state.now,
  };
}
