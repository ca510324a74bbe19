import type { Instrument } from '../instruments/instrument.ts';
import { priceFromNumber } from '../money/fixed.ts';
import type { Price, Quantity } from '../money/fixed.ts';
import { abs, max, min, roundToTick, subtract, ZERO_QUANTITY } from '../money/money.ts';
import type { Instant } from '../money/instant.ts';
import type { Order, OrderIntent, OrderType, Side } from '../orders/order.ts';
import { sameSign } from '../positions/average-cost.ts';
import { tickAt } from '../risk/valuation.ts';
import { couldTradeTogether } from '../risk/wash-trade.ts';
import type { StrategyConfig, Wish } from '../strategies/strategy.ts';
import { requestCancel } from './cancel.ts';
import { submitIntent } from './intents.ts';
import { isUnsettled, isPassing, opposedBy, opposing, tellOpposed } from './opposition.ts';
import { deferredKey, orderNumberOf, ownOpenOrders } from './own-orders.ts';
import { steppedExits } from './protections.ts';
import { supersede } from './recommending.ts';
import type { DeferredOrder, EngineState, StrategySlot } from './state.ts';
import { change, openOrders, raise, trackingOf, withEntry, withoutEntry } from './turn.ts';
import type { Turn } from './turn.ts';

/** The orders that a strategy may state itself, as the broker calls them. */
export const ORDER_TYPES: Readonly<Partial<Record<Wish['kind'], OrderType>>> = {
  market: 'market',
  limit: 'limit',
  stop: 'stop',
  'stop-limit': 'stop_limit',
};

/** In steps of the tick: a limit never worse than wished for, a stop never touched earlier. */
export function steppedPrice(value: number, towards: 'floor' | 'ceil', instrument: Instrument | undefined): Price {
  const raw = priceFromNumber(value);
  return instrument === undefined || instrument.tick <= 0n ? raw : roundToTick(raw, tickAt(raw, instrument), towards);
}

/** The intent of a stated order of so many signed units. Its id derives from the strategy, the bar and the strategy's own number. */
export function statedIntent(
  state: EngineState,
  config: StrategyConfig,
  wish: Wish & { readonly type: OrderType },
  units: Quantity,
  barAt: Instant,
): OrderIntent {
  const { symbol, type, limit, stop, orderNumber = 0, group, day = false, reduceOnly = false, reason } = wish;
  const side: Side = units > 0n ? 'buy' : 'sell';
  const instrument = state.instruments.get(symbol);
  const [within, beyond] = side === 'buy' ? (['floor', 'ceil'] as const) : (['ceil', 'floor'] as const);
  return {
    id: `${config.id}-${barAt}-${symbol}-order-${orderNumber}`,
    symbol,
    side,
    quantity: abs(units),
    type,
    timeInForce: day || type === 'market' ? 'day' : 'gtc',
    ...(limit === undefined ? {} : { limitPrice: steppedPrice(limit, within, instrument) }),
    ...(stop === undefined ? {} : { stopPrice: steppedPrice(stop, beyond, instrument) }),
    ...(reduceOnly ? {} : exitsOf(state, wish, units > 0n)),
    reduceOnly,
    origin: { kind: 'strategy', strategyId: config.id, version: config.version, orderNumber, ...(group === undefined ? {} : { group }) },
    reason,
    createdAt: state.now,
  };
}

/** The exits of a wish, as an order carries them. */
export function exitsOf(
  state: EngineState,
  { symbol, stopLoss, takeProfit }: Pick<Wish, 'symbol' | 'stopLoss' | 'takeProfit'>,
  long: boolean,
): Pick<OrderIntent, 'stopLoss' | 'takeProfit' | 'protectiveStop'> {
  const stepped = steppedExits(state, symbol, long, { stopLoss, takeProfit });
  return {
    ...(stepped.takeProfit === undefined ? {} : { takeProfit: { limitPrice: stepped.takeProfit } }),
    ...(stepped.stopLoss === undefined ? {} : { stopLoss: { stopPrice: stepped.stopLoss }, protectiveStop: stepped.stopLoss }),
  };
}

/** Whoever fills first cancels the others of its group, and those that still wait. */
export function cancelGroup(turn: Turn, { id, intent: { origin } }: Order): void {
  if (origin.kind !== 'strategy' || origin.group === undefined) return;
  const isOther = (intent: OrderIntent): boolean =>
    intent.id !== id &&
    intent.origin.kind === 'strategy' &&
    intent.origin.strategyId === origin.strategyId &&
    intent.origin.group === origin.group;
  const left = [...turn.state.deferredOrders].flatMap(([key, waiting]) => {
    const kept = waiting.filter(({ intent }) => !isOther(intent));
    return kept.length === 0 ? [] : [[key, kept] as const];
  });
  change(turn, { deferredOrders: new Map(left) });
  supersede(turn, `Another order of its group, ${id}, has filled.`, (one) => isOther(one.intent));
  // A replacement is of the group of what it replaces: it takes its place, and is no rival.
  for (const order of openOrders(turn.state)) {
    if (isOther(order.intent) && order.intent.replaces !== id) requestCancel(turn, order);
  }
}

/** The part of a signed size that closes what is held. */
export function closingPart(units: Quantity, held: Quantity): Quantity {
  if (units === 0n || held === 0n || sameSign(units, held)) return ZERO_QUANTITY;
  const size = min(abs(units), abs(held));
  return (units > 0n ? size : -size) as Quantity;
}

/**
 * Send a stated order, or let it wait: behind orders of its own whose cancel is wanted, so that both never rest together, and behind those that it
 * could trade with, which brokers refuse.
 */
export function placeStated(turn: Turn, slot: StrategySlot, intent: OrderIntent, before: DeferredOrder['cancelled'] = []): void {
  const { symbol } = intent;
  const opponent = intent.reduceOnly ? undefined : opposedBy(turn.state, slot.config.id, symbol, signedUnits(intent));
  if (opponent !== undefined && !isUnsettled(turn.state, slot.config.id, symbol)) {
    placeClosing(turn, slot, intent, opponent, before);
    return;
  }
  const open = rivals(turn.state, slot.config.id, intent);
  const cancelled = open.filter(({ id }) => trackingOf(turn.state, id).cancelWanted);
  const opposed = open.filter((order) => !cancelled.includes(order) && couldTradeTogether(order.intent, intent));
  const passing = opensOrAdds(slot, intent) ? passingOthers(turn.state, intent) : [];
  if (cancelled.length + opposed.length + passing.length === 0 && opponent === undefined) {
    submitStated(turn, slot, intent);
    return;
  }
  if (opposed.length + passing.length > 0) tellWaiting(turn, intent, [...opposed, ...passing]);
  const known = new Map(before.map(({ orderId, filled }) => [orderId, filled]));
  const behind = cancelled.map(({ id, filledQuantity }) => ({ orderId: id, filled: known.get(id) ?? filledQuantity }));
  const key = deferredKey(slot.config.id, symbol);
  const waiting = [...(turn.state.deferredOrders.get(key) ?? []), { intent, cancelled: behind }];
  change(turn, { deferredOrders: withEntry(turn.state.deferredOrders, key, waiting) });
}

const signedUnits = ({ side, quantity }: OrderIntent): Quantity => (side === 'buy' ? quantity : -quantity) as Quantity;

/** Whether more than what the strategy holds would be closed. */
export const opensOrAdds = ({ holdings }: Pick<StrategySlot, 'holdings'>, intent: OrderIntent): boolean =>
  !intent.reduceOnly && closingPart(signedUnits(intent), holdings.get(intent.symbol) ?? ZERO_QUANTITY) !== signedUnits(intent);

/** Others' orders that it could trade with, where all of them end in a moment; where one rests, the gate says no. */
function passingOthers(state: EngineState, intent: OrderIntent): readonly Order[] {
  const others = opposing(state, intent);
  return others.every((order) => isPassing(state, order)) ? others : [];
}

/** Another owner holds the other side: only what closes is sent. */
function placeClosing(turn: Turn, slot: StrategySlot, intent: OrderIntent, opponent: string, before: DeferredOrder['cancelled']): void {
  tellOpposed(turn, slot.config, intent.symbol, intent.id, opponent);
  const closing = closableBy(turn.state, slot, intent);
  const { takeProfit: _profit, stopLoss: _loss, protectiveStop: _stop, ...plain } = intent;
  if (closing > 0n) placeStated(turn, slot, { ...plain, quantity: closing, reduceOnly: true }, before);
}

/**
 * Own orders that a new one may not rest beside. The exits of the position give way to what the strategy states, where they are orders that it could
 * trade with: the position is watched meanwhile.
 */
function rivals(state: EngineState, strategyId: string, intent: OrderIntent): readonly Order[] {
  return ownOpenOrders(state, strategyId, intent.symbol).filter(
    (order) => order.intent.protects !== true || trackingOf(state, order.id).cancelWanted,
  );
}

function tellWaiting(turn: Turn, { id, symbol, type }: OrderIntent, opposed: readonly Order[]): void {
  const others = opposed.map((order) => order.id).join(', ');
  const detail = `It is sent when ${others} has ended: brokers refuse orders of one account that could trade with each other.`;
  raise(turn, 'OrderWaits', id, 'info', `A ${type} order of ${symbol} waits`, detail);
}

/** Of a group no more fills than of one. */
const sameGroup = ({ origin: left }: OrderIntent, { origin: right }: OrderIntent): boolean =>
  left.kind === 'strategy' && right.kind === 'strategy' && left.group !== undefined && left.group === right.group;

/** What an order may close: what is held, less what other orders of the strategy's own are about to close. The position's exits give way to it. */
function closableBy(state: EngineState, { config, holdings }: StrategySlot, intent: OrderIntent): Quantity {
  const closing = abs(closingPart(signedUnits(intent), holdings.get(intent.symbol) ?? ZERO_QUANTITY));
  const held = abs(holdings.get(intent.symbol) ?? ZERO_QUANTITY);
  const spokenFor = ownOpenOrders(state, config.id, intent.symbol)
    .filter((order) => order.intent.side === intent.side && order.intent.protects !== true && !sameGroup(order.intent, intent))
    .reduce((total, order) => total + order.intent.quantity - order.filledQuantity, 0n);
  return max(ZERO_QUANTITY, min(closing, subtract(held, spokenFor as Quantity)));
}

/** What only reduces is cut to what is held. */
function submitStated(turn: Turn, slot: StrategySlot, intent: OrderIntent): void {
  const wanted = { ...intent, createdAt: turn.state.now };
  if (!intent.reduceOnly) {
    submitIntent(turn, wanted);
    return;
  }
  const closing = closableBy(turn.state, slot, intent);
  if (closing > 0n) {
    submitIntent(turn, { ...wanted, quantity: closing });
    return;
  }
  const detail = `${intent.id} only reduces, and the strategy holds nothing that it could reduce; it was not sent.`;
  raise(turn, 'NothingToReduce', intent.id, 'warning', `Denied: ${intent.side} ${intent.type} of ${intent.symbol}`, detail);
}

/** Orders that waited for the end of another go on now, unless that one filled although it was to be cancelled. */
export function releaseStated(turn: Turn, strategyId: string, symbol: string): void {
  const key = deferredKey(strategyId, symbol);
  const waiting = turn.state.deferredOrders.get(key);
  if (waiting === undefined) return;
  change(turn, { deferredOrders: withoutEntry(turn.state.deferredOrders, key) });
  for (const deferred of waiting) {
    const slot = turn.state.strategies.get(strategyId);
    if (slot === undefined || (slot.state !== 'paper' && slot.state !== 'live')) return;
    if (isOvertaken(turn.state, deferred)) tellAbandoned(turn, deferred.intent);
    else placeStated(turn, slot, deferred.intent, deferred.cancelled);
  }
}

const isOvertaken = ({ orders }: EngineState, { cancelled }: DeferredOrder): boolean =>
  cancelled.some(({ orderId, filled }) => orders.get(orderId)?.filledQuantity !== filled);

function tellAbandoned(turn: Turn, { id, symbol, type }: OrderIntent): void {
  const detail = `An order that it was to replace filled before it was cancelled; ${id} was not sent.`;
  raise(turn, 'OrderAbandoned', id, 'warning', `A ${type} order of ${symbol} was given up`, detail);
}

/** Cancel the strategy's order of that number, or everything of the symbol: what is open, and what still waits. */
export function cancelStated(turn: Turn, strategyId: string, symbol: string, orderNumber: number | undefined): void {
  const isMeant = (intent: OrderIntent): boolean => orderNumber === undefined || orderNumberOf(intent) === orderNumber;
  const key = deferredKey(strategyId, symbol);
  const left = (turn.state.deferredOrders.get(key) ?? []).filter(({ intent }) => !isMeant(intent));
  const { deferredOrders, deferredTargets } = turn.state;
  change(turn, { deferredOrders: left.length === 0 ? withoutEntry(deferredOrders, key) : withEntry(deferredOrders, key, left) });
  if (orderNumber === undefined) change(turn, { deferredTargets: withoutEntry(deferredTargets, key) });
  for (const order of ownOpenOrders(turn.state, strategyId, symbol)) {
    // The exits of a position are no orders of the strategy's own: they end with the position.
    if (order.intent.protects !== true && isMeant(order.intent)) requestCancel(turn, order);
  }
}
