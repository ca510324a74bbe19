import type { StrategyFill } from '../engine/strategy-results.ts';
import { worthOf } from '../instruments/worth.ts';
import { moneyFromNumber, priceFromNumber, quantityFromNumber, toNumber } from '../money/fixed.ts';
import type { Money, Price, Quantity, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { add, negate, scale, subtract, ZERO_MONEY, ZERO_QUANTITY } from '../money/money.ts';
import { slicesOf, startOf } from './traded-span.ts';
import type { TradedSpan } from './traded-span.ts';

/** Money of a strategy beside fills: a dividend, a charge. */
export interface OwnMove {
  readonly at: Instant;
  readonly amount: Money;
}

/** What a strategy did, with all that its result follows from. */
export interface LiveTrading {
  readonly span: TradedSpan;
  readonly moves: readonly OwnMove[];
  /** Share of the account's equity that it may hold. */
  readonly share: Ratio;
  /** What it holds now by the books. */
  readonly held: ReadonlyMap<string, Quantity>;
}

/** What a strategy has gained at the close of a bar since the close of the first one that it was asked about; a fraction of its capital. */
export interface LiveStep {
  readonly at: Instant;
  readonly gained: number;
}

export interface LiveCurve {
  /** Close of the first bar that it was asked about; its first order can come after it. */
  readonly from: Instant;
  /** Start of that bar: what a backtest knew before it was known before the strategy traded. */
  readonly firstBarAt: Instant;
  /** Its share of the account's equity then. */
  readonly capital: Money;
  /** One a bar after the first, oldest first. */
  readonly steps: readonly LiveStep[];
}

/** Or why none can be told. */
export type LiveOutcome = LiveCurve | { readonly reason: string };

const signed = ({ side, quantity }: StrategyFill): Quantity => (side === 'buy' ? quantity : negate(quantity));

/** Units and money of a strategy as its own fills leave them, from what it held at the first bar. */
class Book {
  readonly units: Map<string, Quantity>;
  readonly closes = new Map<string, Price>();
  private money = ZERO_MONEY;

  constructor(units: ReadonlyMap<string, Quantity>) {
    this.units = new Map(units);
  }

  pay(amount: Money): void {
    this.money = add(this.money, amount);
  }

  fill(fill: StrategyFill): void {
    const { symbol, price, fee } = fill;
    this.units.set(symbol, add(this.units.get(symbol) ?? ZERO_QUANTITY, signed(fill)));
    this.pay(subtract(negate(worthOf(symbol, signed(fill), price)), fee));
  }

  /** `undefined` where something is held of which no close is known. */
  worth(): Money | undefined {
    let total = this.money;
    for (const [symbol, units] of this.units) {
      if (units === 0n) continue;
      const close = this.closes.get(symbol);
      if (close === undefined) return undefined;
      total = add(total, worthOf(symbol, units, close));
    }
    return total;
  }
}

/** True where its own fills lead to what the books say: nothing was sold for it, split or turned into something else. */
function leadsTo(book: Book, held: ReadonlyMap<string, Quantity>): boolean {
  const symbols = new Set([...book.units.keys(), ...held.keys()]);
  return [...symbols].every((symbol) => (book.units.get(symbol) ?? 0n) === (held.get(symbol) ?? 0n));
}

type Happening = { readonly at: Instant; readonly take: (book: Book) => void };

/** Fills and moves of money after an instant, in the order of time. */
const happenings = ({ span, moves }: LiveTrading, after: Instant): readonly Happening[] =>
  [
    ...span.fills.map((fill): Happening => ({ at: fill.filledAt, take: (book) => book.fill(fill) })),
    ...moves.map(({ at, amount }): Happening => ({ at, take: (book) => book.pay(amount) })),
  ]
    .filter(({ at }) => at > after)
    .toSorted((left, right) => left.at - right.at);

/**
 * What a strategy has gained, bar by bar, in fixed point: the cash of its fills and its dividends, with what it holds marked at each bar's close. A bar
 * that it was fed without being asked, for the server was off, is a step as all others. A symbol without a bar keeps its last close.
 */
export function liveCurveOf(trading: LiveTrading): LiveOutcome {
  const { span, share, held } = trading;
  const [first] = span.asked;
  const firstBarAt = first === undefined ? undefined : startOf(first);
  if (first === undefined || firstBarAt === undefined) return { reason: 'it was never asked about a bar' };
  const capital = scale(moneyFromNumber(first.equity), share);
  if (capital <= 0n) return { reason: 'it had no capital when it began' };
  const book = new Book(new Map(span.config.symbols.map((symbol, index) => [symbol, quantityFromNumber(first.holding[index] ?? 0)])));
  const waiting = [...happenings(trading, first.at)];
  const steps: LiveStep[] = [];
  let begun: Money | undefined;
  for (const slice of slicesOf(span)) {
    const start = startOf(slice);
    if (start === undefined) continue;
    for (const { symbol, close } of slice.bars) book.closes.set(symbol, priceFromNumber(close));
    if (start < firstBarAt) continue;
    while (waiting[0] !== undefined && waiting[0].at <= slice.at) waiting.shift()?.take(book);
    const worth = book.worth();
    if (worth === undefined) return { reason: 'no close is known of something that it holds' };
    if (begun === undefined) begun = worth;
    else steps.push({ at: slice.at, gained: toNumber(subtract(worth, begun)) / toNumber(capital) });
  }
  for (const { take } of waiting) take(book);
  if (!leadsTo(book, held))
    return { reason: 'not all that it holds comes from its own orders: units of it were traded by others, split or converted' };
  return { from: first.at, firstBarAt, capital, steps };
}
