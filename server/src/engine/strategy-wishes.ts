import { quantity, toNumber } from '../money/fixed.ts';
import type { Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { ZERO_QUANTITY } from '../money/money.ts';
import type { OrderType } from '../orders/order.ts';
import type { Wish } from '../strategies/strategy.ts';
import { protect, steppedExits, trailFrom } from './protections.ts';
import { rebalanceTo } from './rebalance.ts';
import { sizedByCapital } from './capital.ts';
import { desiredUnits } from './sizing.ts';
import { ownOpenOrders } from './own-orders.ts';
import { wishInShadow } from './shadow.ts';
import type { EngineState, StrategySlot } from './state.ts';
import { cancelStated, closingPart, ORDER_TYPES, placeStated, statedIntent } from './stated-orders.ts';
import { beginTrailing, trailedPrice } from './trailing-orders.ts';
import { raise } from './turn.ts';
import type { Turn } from './turn.ts';

const WHOLE_LOT: Quantity = quantity('1');

/** Which wish of which bar: what ids derive from. */
export interface Occasion {
  readonly barAt: Instant;
  /** Place of the wish in the decision. */
  readonly index: number;
}

/** In shadow a strategy's wishes go to the market too for as long as there is something to get out of: what would open is not sent. */
const isReallyThere = (state: EngineState, { config, holdings }: StrategySlot, symbol: string): boolean =>
  (holdings.get(symbol) ?? ZERO_QUANTITY) !== 0n || ownOpenOrders(state, config.id, symbol).length > 0;

/** Carry one wish out. Exits are never held up. */
export function act(turn: Turn, strategyId: string, wish: Wish, occasion: Occasion): void {
  const slot = turn.state.strategies.get(strategyId);
  if (slot === undefined) return;
  if (slot.shadow !== undefined) {
    const counts = wish.kind !== 'cancel' && wish.kind !== 'protect';
    wishInShadow(turn, strategyId, wish, counts ? unitsOf(turn, slot, wish, occasion) : undefined);
    if (!isReallyThere(turn.state, slot, wish.symbol)) return;
  }
  if (wish.kind === 'cancel') cancelStated(turn, strategyId, wish.symbol, wish.orderNumber);
  else if (wish.kind === 'protect') protectHeld(turn, slot, wish, occasion);
  else if (wish.kind === 'target') seek(turn, slot, wish, occasion);
  else if (wish.kind === 'trailing') trail(turn, slot, wish, occasion);
  else {
    const type = ORDER_TYPES[wish.kind];
    if (type !== undefined) state(turn, slot, { ...wish, type }, occasion);
  }
}

/** Other exits for what is held, from the next bar on. Nothing held: nothing to protect. */
function protectHeld(turn: Turn, slot: StrategySlot, wish: Wish, { barAt, index }: Occasion): void {
  const { symbol, stopLoss, takeProfit, trailFraction, reason } = wish;
  const held = slot.holdings.get(symbol) ?? ZERO_QUANTITY;
  const close = slot.signal?.closes.get(symbol);
  if (held === 0n) return;
  const long = held > 0n;
  const exits = steppedExits(turn.state, symbol, long, { stopLoss, takeProfit });
  const { id, version } = slot.config;
  const follows =
    trailFraction === undefined || close === undefined ? {} : trailFrom(turn.state, symbol, long, trailFraction, toNumber(close));
  protect(turn, {
    owner: id,
    symbol,
    long,
    ...(exits.stopLoss === undefined ? {} : { stopPrice: exits.stopLoss }),
    ...(exits.takeProfit === undefined ? {} : { takeProfit: exits.takeProfit }),
    ...follows,
    origin: { kind: 'strategy', strategyId: id, version },
    reason,
    stem: `${id}-${barAt}-${symbol}-protect-${index}`,
  });
}

/** A stop that follows the best price of the bars: moved at each close, so that it is touched where the backtest's was. */
function trail(turn: Turn, slot: StrategySlot, wish: Wish, occasion: Occasion): void {
  const close = slot.signal?.closes.get(wish.symbol);
  if (close === undefined) {
    unitsOf(turn, slot, { ...wish, measure: 'notional' }, occasion);
    return;
  }
  const { trail: distance, trailFraction: fraction } = wish;
  const follows = {
    best: toNumber(close),
    ...(distance === undefined ? {} : { distance }),
    ...(fraction === undefined ? {} : { fraction }),
  };
  const stop = trailedPrice(follows, wish.amount > 0);
  if (stop <= 0) return;
  const orderId = state(turn, slot, { ...wish, type: 'stop', stop }, occasion);
  if (orderId !== undefined) beginTrailing(turn, { orderId, ...follows });
}

function unitsOf(turn: Turn, slot: StrategySlot, wish: Wish, { barAt, index }: Occasion): Quantity | undefined {
  const { symbol, kind } = wish;
  const lot = turn.state.instruments.get(symbol)?.lot ?? WHOLE_LOT;
  const units = desiredUnits(sizedByCapital(turn.state, slot.config), wish, slot.signal, lot);
  const isTarget = kind === 'target';
  if (typeof units !== 'string' && (isTarget || units !== 0n)) return units;
  const why = typeof units === 'string' ? units : 'less than one unit';
  const [code, subject, what] = isTarget
    ? ['TargetUnsizable', `${slot.config.id}-${symbol}-${barAt}`, 'target']
    : ['OrderUnsizable', `${slot.config.id}-${symbol}-${barAt}-${index}`, `${kind} order`];
  raise(turn, code, subject, 'warning', `A ${what} of ${symbol} could not be sized`, `There is ${why}.`);
  return undefined;
}

function seek(turn: Turn, slot: StrategySlot, wish: Wish, occasion: Occasion): void {
  const desired = unitsOf(turn, slot, wish, occasion);
  if (desired === undefined) return;
  const exits = steppedExits(turn.state, wish.symbol, desired > 0n, wish);
  rebalanceTo(turn, slot, {
    strategyId: slot.config.id,
    symbol: wish.symbol,
    desired,
    reason: wish.reason,
    barAt: occasion.barAt,
    ...exits,
  });
}

/** Unlike a target, an order says nothing of where it leads: decided on another holding, it could come on top of what has just filled. */
function tellOvertaken(turn: Turn, { config }: StrategySlot, { symbol, kind }: Wish, { barAt, index }: Occasion): void {
  const detail = `What ${config.name} holds of ${symbol} changed while it decided: only what closes is sent.`;
  raise(
    turn,
    'OrderAbandoned',
    `${config.id}-${symbol}-${barAt}-${index}`,
    'warning',
    `A ${kind} order of ${symbol} was overtaken`,
    detail,
  );
}

/** Gives the id of the order where there is one to send. */
function state(turn: Turn, slot: StrategySlot, wish: Wish & { readonly type: OrderType }, occasion: Occasion): string | undefined {
  const wanted = unitsOf(turn, slot, wish, occasion);
  if (wanted === undefined) return undefined;
  const held = slot.holdings.get(wish.symbol) ?? ZERO_QUANTITY;
  const overtaken = held !== (slot.signal?.holdings.get(wish.symbol) ?? ZERO_QUANTITY);
  if (overtaken) tellOvertaken(turn, slot, wish, occasion);
  const units = overtaken ? closingPart(wanted, held) : wanted;
  if (units === 0n) return undefined;
  const order = overtaken ? { ...wish, reduceOnly: true } : wish;
  const intent = statedIntent(turn.state, slot.config, order, units, occasion.barAt);
  placeStated(turn, slot, intent);
  return intent.id;
}
