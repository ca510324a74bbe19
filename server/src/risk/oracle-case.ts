import { F, R, ZERO } from './rational.ts';
import { LIMIT_DEFINITIONS } from './limit-definitions.ts';
import type { Limits } from './limits.ts';
import { oracleStress } from './oracle-tail.ts';
import type { DenialCode, OrderIntent, Side } from '../orders/order.ts';
import type { RiskContext } from './types.ts';

export type Maybe = R | undefined;

/** One order in the sequence in which orders use up what may be closed. The last is the one that is asked about. */
export interface Line {
  readonly intent: OrderIntent;
  readonly units: R;
  readonly held: boolean;
  readonly increase: R;
}

export interface Case {
  readonly intent: OrderIntent;
  readonly context: RiskContext;
  readonly limits: Limits;
  readonly lines: readonly Line[];
  readonly own: Line;
  readonly reference: Maybe;
  readonly equity: Maybe;
  readonly half: boolean;
  readonly liquid: boolean;
}

export const maybe = (value: bigint | undefined): Maybe => (value === undefined ? undefined : F(value));
export const top = (...list: readonly Maybe[]): Maybe =>
  list.reduce<Maybe>((high, each) => (each === undefined || (high !== undefined && high.gte(each)) ? high : each), undefined);

export function referenceOf({ marks }: RiskContext, symbol: string): Maybe {
  const mark = marks.get(symbol);
  if (mark === undefined) return undefined;
  const { price, bid, ask, basis } = mark;
  if ([price, bid, ask].some((each) => each !== undefined && each <= 0n)) return undefined;
  if (bid === undefined || ask === undefined) return F(price);
  if (bid > ask) return undefined;
  if (basis !== 'quote') return F(price);
  // The middle, to the even nano-dollar where it lies between two.
  const sum = bid + ask;
  const below = sum / 2n;
  return F(sum % 2n === 0n || below % 2n === 0n ? below : below + 1n);
}

export function countedOf(context: RiskContext, symbol: string): Maybe {
  const raw = context.marks.get(symbol)?.price;
  return referenceOf(context, symbol) ?? (raw !== undefined && raw > 0n ? F(raw) : undefined);
}

export const isOption = (symbol: string): boolean => symbol.length > 15 && /^[A-Z]+[0-9]{6}[CP][0-9]{8}$/.test(symbol);

/** Dollars of one unit at a price: an option's price is for one of a hundred shares. */
export const dollars = (symbol: string, at: R): R => (isOption(symbol) ? at.times(R.of(100n, 1n)) : at);

/** An option is judged by what it is written on. */
export const judgedBy = ({ options }: RiskContext, symbol: string): string => options?.contracts.get(symbol)?.underlying ?? symbol;

export const positionOf = ({ positions }: RiskContext, symbol: string): R => maybe(positions.get(symbol)?.quantity) ?? ZERO;

/** An order in another's place, without what that one has filled of it. */
export const stillOf = (intent: OrderIntent, { carried }: RiskContext): R => F(intent.quantity).minus(maybe(carried) ?? ZERO);

function linesOf(intent: OrderIntent, context: RiskContext): Line[] {
  const others = context.openOrders.filter((open) => open.remaining > 0n && open.intent.id !== intent.id);
  const all = [
    ...others.map((open) => ({ intent: open.intent, units: F(open.remaining), held: open.heldByBroker === true })),
    { intent, units: stillOf(intent, context), held: false },
  ];
  const lines: Line[] = [];
  for (const line of all) {
    const { symbol, side } = line.intent;
    const position = positionOf(context, symbol);
    const closes = side === 'buy' ? position.lt(ZERO) : position.gt(ZERO);
    let free = position.abs();
    for (const earlier of lines) if (earlier.intent.symbol === symbol && earlier.intent.side === side) free = free.minus(earlier.units);
    const spare = free.gt(ZERO) ? free : ZERO;
    const increase = !closes ? line.units : line.units.gt(spare) ? line.units.minus(spare) : ZERO;
    lines.push({ ...line, increase });
  }
  return lines;
}

function limitsOf({ limits, layers }: RiskContext, { origin }: OrderIntent): Limits {
  const layer = layers.get(origin.kind === 'strategy' ? `strategy:${origin.strategyId}` : origin.principal);
  const merged: Record<string, bigint | number | true> = { ...limits };
  for (const { name, looser } of LIMIT_DEFINITIONS) {
    const own = layer?.get(name);
    if (own === undefined) continue;
    if (looser === 'higher' ? own < limits[name] : own > limits[name]) merged[name] = own;
  }
  return merged as unknown as Limits;
}

export const worstPriceOf = ({ intent }: Line, context: RiskContext): Maybe =>
  top(countedOf(context, intent.symbol), maybe(intent.limitPrice), maybe(intent.stopPrice));

export const symbolsOf = ({ context, lines }: Case): string[] => {
  const held = [...context.positions.values()].filter(({ quantity }) => quantity !== 0n).map(({ symbol }) => symbol);
  return [...new Set([...held, ...lines.map(({ intent }) => intent.symbol)])];
};

/** Value held, and values of all buys and all sells, of one symbol. */
export function sumsOf(symbol: string, { context, lines }: Case): { readonly value: R; readonly buys: R; readonly sells: R } | undefined {
  const position = positionOf(context, symbol);
  const at = countedOf(context, symbol);
  if (!position.isZero() && at === undefined) return undefined;
  const sums: Record<Side, R> = { buy: ZERO, sell: ZERO };
  for (const line of lines) {
    if (line.intent.symbol !== symbol) continue;
    const worst = worstPriceOf(line, context);
    if (worst === undefined) return undefined;
    sums[line.intent.side] = sums[line.intent.side].plus(line.units.times(dollars(symbol, worst)));
  }
  return { value: position.times(dollars(symbol, at ?? ZERO)), buys: sums.buy, sells: sums.sell };
}

export function worstOf(symbol: string, of: Case): Maybe {
  const sums = sumsOf(symbol, of);
  return sums === undefined ? undefined : top(sums.value.plus(sums.buys), sums.sells.minus(sums.value));
}

/** Σ of something over symbols; unknown where it is so for one, or where any price of the account is missing. */
export function total(of: Case, each: (symbol: string) => Maybe, within: (symbol: string) => boolean = () => true): Maybe {
  let sum = ZERO;
  for (const symbol of symbolsOf(of)) {
    if (!within(symbol)) continue;
    const part = each(symbol);
    if (part === undefined) return undefined;
    sum = sum.plus(part);
  }
  return sum;
}

export const allPriced = (of: Case): boolean => symbolsOf(of).every((symbol) => sumsOf(symbol, of) !== undefined);

export function riskOf(side: Side, stop: bigint | undefined, units: R, reference: R, symbol: string, context: RiskContext): R {
  const increase = dollars(symbol, units);
  if (stop !== undefined) {
    const fees = increase.times(reference).times(maybe(context.feeRate) ?? ZERO);
    return increase
      .times(reference.minus(F(stop)).abs())
      .times(R.of(5n, 4n))
      .plus(fees);
  }
  return increase.times(reference).times(oracleStress(side, context.profiles.get(symbol)?.dailyVolatility60));
}

export function heatOf(of: Case): Maybe {
  const { context, lines, intent } = of;
  let sum = ZERO;
  for (const { symbol, quantity } of context.positions.values()) {
    if (quantity === 0n) continue;
    const reference = referenceOf(context, symbol);
    const side: Side = quantity > 0n ? 'buy' : 'sell';
    let bare = F(quantity).abs();
    if (reference === undefined) return undefined;
    for (const open of context.openOrders) {
      const { stopPrice } = open.intent;
      if (
        open.intent.symbol !== symbol ||
        open.intent.side === side ||
        stopPrice === undefined ||
        open.remaining <= 0n ||
        open.id === intent.id
      )
        continue;
      const covered = F(open.remaining).lt(bare) ? F(open.remaining) : bare;
      const beyond = side === 'buy' ? !F(stopPrice).lt(reference) : F(stopPrice).lt(reference);
      const equal = F(stopPrice).eq(reference);
      const stop = beyond || equal ? reference.nano() : stopPrice;
      sum = sum.plus(riskOf(side, stop, covered, reference, symbol, context));
      bare = bare.minus(covered);
    }
    sum = sum.plus(riskOf(side, undefined, bare, reference, symbol, context));
  }
  for (const line of lines) {
    if (line.increase.isZero()) continue;
    const reference = referenceOf(context, line.intent.symbol);
    if (reference === undefined) return undefined;
    sum = sum.plus(riskOf(line.intent.side, line.intent.protectiveStop, line.increase, reference, line.intent.symbol, context));
  }
  return sum;
}

export function caseOf(intent: OrderIntent, context: RiskContext): Case {
  const lines = linesOf(intent, context);
  const own = lines.at(-1);
  if (own === undefined) throw new Error('Invariant: the order itself is a line');
  const { equity, equityAt, now, tradingState, brakes } = context;
  const known = equity !== undefined && equity > 0n && equityAt !== undefined && now - equityAt >= -1_000 && now - equityAt <= 60_000;
  const halves = brakes.some(
    ({ effect, scope }) =>
      effect === 'half' &&
      (scope.kind === 'account' ||
        (scope.kind === 'symbol' && scope.symbol === intent.symbol) ||
        (scope.kind === 'strategy' && intent.origin.kind === 'strategy' && intent.origin.strategyId === scope.strategyId)),
  );
  return {
    intent,
    context,
    limits: limitsOf(context, intent),
    lines,
    own,
    reference: referenceOf(context, intent.symbol),
    equity: known ? F(equity) : undefined,
    half: tradingState === 'HALF' || halves,
    liquid: (context.profiles.get(intent.symbol)?.averageDollarVolume20 ?? 0n) >= 50_000_000_000_000_000n,
  };
}

export type Say = (code: DenialCode, limit: string, actual: string) => void;

export const UNKNOWN = 'unknown';
