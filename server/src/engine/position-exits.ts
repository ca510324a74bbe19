import { worthOf } from '../instruments/worth.ts';
import { format } from '../money/fixed.ts';
import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import { abs, add, min, scale, share, subtract, ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';
import type { Order } from '../orders/order.ts';
import { holdingOf } from '../positions/sub-ledgers.ts';
import type { Position } from '../positions/position.ts';
import { exposureOf } from '../risk/exposure.ts';
import type { Exposure } from '../risk/exposure.ts';
import { isInPlace } from './families.ts';
import { isWatchedHere } from './protections.ts';
import { isWaiting, remainingIn, riskContext } from './risk-context.ts';
import { hasTakenPlace } from './successor.ts';
import type { EngineState } from './state.ts';
import { openOrders } from './turn.ts';

/** What would close some of a position at a price: a working order, or a price that is watched here. */
export interface PositionExit {
  /** `undefined` of a stop that the broker moves: only the broker knows where it stands. */
  readonly price: Price | undefined;
  /** Units that it would close; positive. */
  readonly quantity: Quantity;
  /** `undefined` of what is watched here. */
  readonly orderId: string | undefined;
  /** It follows the best price. */
  readonly trails: boolean;
  /** Of a stop: how far the mark may move against the position before it is touched, for one unit; at most, where the broker moves it. `undefined` without a mark. */
  readonly distance: Price | undefined;
}

export interface PositionExits {
  /** The nearest to the mark first. */
  readonly stops: readonly PositionExit[];
  readonly targets: readonly PositionExit[];
}

const NO_PRICE = 0n as Price;
const exposures = new WeakMap<EngineState, Exposure>();

/** Units of a position that a new order may still close, as the risk gate counts them: open orders that close it hold back theirs. */
export function availableOf({ symbol }: Position, state: EngineState): Quantity {
  const exposure = exposures.get(state) ?? exposureOf(riskContext(state));
  exposures.set(state, exposure);
  return exposure.bySymbol.get(symbol)?.closable ?? ZERO_QUANTITY;
}

/** Against the position, and 0 where the mark is beyond the price. */
function against(position: Position, mark: Price | undefined, price: Price): Price | undefined {
  if (mark === undefined) return undefined;
  const away = position.quantity > 0n ? subtract(mark, price) : subtract(price, mark);
  return away > 0n ? away : NO_PRICE;
}

/** A stop that the broker moves is never further from the mark than its trail: the best price is the mark or better. */
const trailed = ({ intent: { trail, trailRatio } }: Order, mark: Price | undefined): Price | undefined =>
  trail ?? (mark === undefined || trailRatio === undefined ? undefined : scale(mark, trailRatio, 'ceil'));

/** Working orders that would close some of it. */
function closingOrders({ symbol, quantity }: Position, state: EngineState): readonly Order[] {
  const closes = quantity > 0n ? 'sell' : 'buy';
  const open = openOrders(state).filter(({ intent }) => intent.symbol === symbol && intent.side === closes);
  const gone = new Set(open.filter(hasTakenPlace).map(({ intent }) => intent.replaces));
  const waits = (order: Order): boolean => order.intent.leg !== undefined && isWaiting(state, order);
  return open.filter((order) => remainingIn(state, order) > 0n && !gone.has(order.id) && isInPlace(state, order) && !waits(order));
}

/** Stops that this program moves after the market, and those whose place the moved ones are about to take. */
function movedHere({ protections, trailing, orders }: EngineState): ReadonlySet<string> {
  const kept = [...protections.values()].flatMap(({ trail, exitId }) => (trail === undefined || exitId === undefined ? [] : [exitId]));
  const moved = [...kept, ...[...trailing.values()].map(({ orderId }) => orderId)];
  return new Set([...moved, ...moved.flatMap((id) => orders.get(id)?.intent.replaces ?? [])]);
}

function byOrders(position: Position, state: EngineState, mark: Price | undefined): PositionExits {
  const moved = movedHere(state);
  const stops: PositionExit[] = [];
  const targets: PositionExit[] = [];
  for (const order of closingOrders(position, state)) {
    const { type, stopPrice, limitPrice, leg } = order.intent;
    const base = { quantity: remainingIn(state, order), orderId: order.id };
    const trails = type === 'trailing_stop' || moved.has(order.id) || (leg !== undefined && moved.has(leg.parentId));
    if (type === 'trailing_stop' && stopPrice === undefined)
      stops.push({ ...base, price: undefined, trails, distance: trailed(order, mark) });
    else if (stopPrice !== undefined) stops.push({ ...base, price: stopPrice, trails, distance: against(position, mark, stopPrice) });
    else if (type === 'limit' && limitPrice !== undefined) targets.push({ ...base, price: limitPrice, trails: false, distance: undefined });
  }
  return { stops, targets };
}

/** What the broker does not hold: this program sends it when a price touches it. */
function watchedHere(position: Position, state: EngineState, mark: Price | undefined): PositionExits {
  const watched = [...state.protections.values()].filter((one) => one.symbol === position.symbol && isWatchedHere(state, one));
  const base = ({ owner, symbol }: (typeof watched)[number]) => ({
    quantity: abs(holdingOf(state.ledgers, owner, symbol)),
    orderId: undefined,
  });
  const exit = (one: (typeof watched)[number], price: Price, distance: Price | undefined) => ({ ...base(one), price, distance });
  return {
    stops: watched.flatMap((one) =>
      one.stopPrice === undefined
        ? []
        : [{ ...exit(one, one.stopPrice, against(position, mark, one.stopPrice)), trails: one.trail !== undefined }],
    ),
    targets: watched.flatMap((one) => (one.takeProfit === undefined ? [] : [{ ...exit(one, one.takeProfit, undefined), trails: false }])),
  };
}

const compared = (left: bigint, right: bigint): number => (left < right ? -1 : left > right ? 1 : 0);

/** Where a position would be closed: by working orders, and by prices that are watched here. Exits of an entry that has not filled are none yet. */
export function exitsOf(position: Position, state: EngineState): PositionExits {
  const mark = state.marks.get(position.symbol)?.price;
  const [orders, watched] = [byOrders(position, state, mark), watchedHere(position, state, mark)];
  const towards = position.quantity > 0n ? 1 : -1;
  const byPrice = (left: PositionExit, right: PositionExit): number => towards * compared(left.price ?? NO_PRICE, right.price ?? NO_PRICE);
  const nearest = (left: PositionExit, right: PositionExit): number =>
    compared(left.distance ?? NO_PRICE, right.distance ?? NO_PRICE) || -byPrice(left, right);
  return {
    stops: [...orders.stops, ...watched.stops].toSorted(nearest),
    targets: [...orders.targets, ...watched.targets].toSorted(byPrice),
  };
}

/** What a position loses when its stops are touched, and what the figure counts. */
export interface MoneyAtRisk {
  /** `undefined` where there is no mark, or no bound. */
  readonly amount: Money | undefined;
  readonly ratio: Ratio | undefined;
  /** What the figure is, or why there is none. */
  readonly basis: string;
}

const none = (basis: string): MoneyAtRisk => ({ amount: undefined, ratio: undefined, basis });

function basisOf(covered: Quantity, size: Quantity, stops: readonly PositionExit[]): string {
  if (covered === 0n) return 'the whole value: there is no stop';
  const moving = stops.some(({ price }) => price === undefined) ? ', at most the trail where the broker moves it' : '';
  const here = stops.some(({ orderId }) => orderId === undefined) ? '; a stop is watched here, not at the broker' : '';
  if (covered === size) return `from the mark to the stop, without gaps and fees${moving}${here}`;
  return `${format(covered)} of ${format(size)} units from the mark to the stop, the whole value of the rest${moving}${here}`;
}

/**
 * Σ distance from the mark to the stop × units, the nearest stops first; the whole value of what no stop covers. A short without a stop has no
 * bound, and so no figure. Limits do not use it: the gate's own figure adds a margin for gaps, and stress where there is no stop.
 */
export function moneyAtRisk(position: Position, { stops }: PositionExits, state: EngineState): MoneyAtRisk {
  const { symbol, quantity } = position;
  const mark = state.marks.get(symbol)?.price;
  if (mark === undefined) return none('no price seen yet');
  const size = abs(quantity);
  let bare = size;
  let amount = ZERO_MONEY;
  for (const stop of stops) {
    const covered = min(stop.quantity, bare);
    if (stop.distance === undefined) continue;
    amount = add(amount, worthOf(symbol, covered, stop.distance));
    bare = subtract(bare, covered);
  }
  if (bare > 0n && quantity < 0n)
    return none(
      bare === size
        ? 'a short without a stop has no bound'
        : `${format(bare)} of ${format(size)} units short have no stop, and so no bound`,
    );
  amount = add(amount, worthOf(symbol, bare, mark));
  const ratio = state.equity === undefined ? undefined : share(amount, state.equity.equity, 'ceil');
  return { amount, ratio, basis: basisOf(subtract(size, bare), size, stops) };
}
