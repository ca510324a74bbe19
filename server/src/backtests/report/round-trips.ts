import type { BacktestOptions, BacktestTrade, BarSeries } from '@tidemark/compute/types';
import type { SymbolBars } from './baselines/marked-prices.ts';

/** A round trip with what follows from it. */
export interface RoundTrip {
  readonly trade: BacktestTrade;
  /** After commission; of an open trade, at its last mark. */
  readonly netPnl: number;
  /** Net P&L over the cost of the entry. */
  readonly return: number;
  /** `null` while open. */
  readonly barsHeld: number | null;
  /** Worst and best price while held, against the entry price, as fractions: ≤ 0 and ≥ 0. `null` without bars of the symbol. */
  readonly adverse: number | null;
  readonly favourable: number | null;
}

export interface RoundTripSummary {
  readonly closed: number;
  readonly open: number;
  readonly wins: number;
  readonly losses: number;
  readonly winStreakMax: number;
  readonly lossStreakMax: number;
  /** Medians over all trades whose bars are known, open ones included. */
  readonly adverseMedian: number | null;
  readonly favourableMedian: number | null;
  readonly barsHeldMean: number | null;
  readonly barsHeldMedian: number | null;
  readonly barsHeldMax: number | null;
  readonly netPnlMean: number | null;
  readonly best: number | null;
  readonly worst: number | null;
  /** Share of all winnings that the single best trade brought. */
  readonly bestShare: number | null;
  /** Net P&L of all closed trades but the best one. */
  readonly netWithoutBest: number | null;
}

/**
 * How far the price went against and with each trade. Entered and left at the open, the bar of the exit counts with its open alone;
 * entered and left at the close, the bar of the entry does not count.
 */
function excursion(trade: BacktestTrade, bars: BarSeries, fill: BacktestOptions['fill'], barAt: (atMs: number) => number | undefined) {
  const entry = barAt(Date.parse(trade.entryTime));
  const exit = trade.exitTime === null ? bars.length - 1 : barAt(Date.parse(trade.exitTime));
  if (entry === undefined || exit === undefined) return { adverse: null, favourable: null };
  const atOpen = fill !== 'same-close';
  const from = atOpen ? entry : entry + 1;
  const to = atOpen && trade.exitTime !== null ? exit - 1 : exit;
  let [low, high] = [trade.entryPrice, trade.entryPrice];
  for (let bar = from; bar <= to; bar += 1) {
    low = Math.min(low, bars.low[bar] ?? low);
    high = Math.max(high, bars.high[bar] ?? high);
  }
  if (trade.exitPrice !== null) [low, high] = [Math.min(low, trade.exitPrice), Math.max(high, trade.exitPrice)];
  const [down, up] = [low / trade.entryPrice - 1, high / trade.entryPrice - 1];
  return trade.direction === 'long' ? { adverse: down, favourable: up } : { adverse: -up, favourable: -down };
}

/** `series`: the bars of the symbols that the trades are of. */
export function roundTripsOf(
  trades: readonly BacktestTrade[],
  fill: BacktestOptions['fill'],
  series: readonly SymbolBars[] | undefined,
): readonly RoundTrip[] {
  const known = new Map(
    (series ?? []).map(({ symbol, bars }) => {
      const indexOf = new Map(Array.from(bars.startAtMs, (atMs, index) => [atMs, index] as const));
      return [symbol, { bars, barAt: (atMs: number): number | undefined => indexOf.get(atMs) }] as const;
    }),
  );
  return trades.map((trade) => {
    const netPnl = trade.grossPnl - trade.commission;
    const cost = trade.size * trade.entryPrice;
    const own = known.get(trade.symbol);
    return {
      trade,
      netPnl,
      return: cost > 0 ? netPnl / cost : Number.NaN,
      barsHeld: trade.exitBar === null ? null : trade.exitBar - trade.entryBar,
      ...(own === undefined ? { adverse: null, favourable: null } : excursion(trade, own.bars, fill, own.barAt)),
    };
  });
}

function longestStreak(values: readonly number[], counts: (value: number) => boolean): number {
  let longest = 0;
  let current = 0;
  for (const value of values) {
    current = counts(value) ? current + 1 : 0;
    longest = Math.max(longest, current);
  }
  return longest;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? Number.NaN) + (sorted[Math.floor(middle)] ?? Number.NaN)) / 2;
}

function medianKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length > 0 ? medianOf(known) : null;
}

const maxOf = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, value), -Infinity);
const sumOf = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** Of the closed trades, in order of exit: a trade of zero ends both streaks. */
export function summariseRoundTrips(trips: readonly RoundTrip[]): RoundTripSummary {
  const closed = trips
    .filter(({ trade }) => trade.status === 'closed')
    .toSorted((a, b) => (a.trade.exitBar ?? Infinity) - (b.trade.exitBar ?? Infinity));
  const nets = closed.map(({ netPnl }) => netPnl);
  const held = closed.map(({ barsHeld }) => barsHeld ?? 0);
  const some = <T>(value: T): T | null => (closed.length > 0 ? value : null);
  const winnings = nets.filter((net) => net > 0);
  return {
    closed: closed.length,
    open: trips.length - closed.length,
    wins: winnings.length,
    losses: nets.filter((net) => net < 0).length,
    winStreakMax: longestStreak(nets, (net) => net > 0),
    lossStreakMax: longestStreak(nets, (net) => net < 0),
    adverseMedian: medianKnown(trips.map(({ adverse }) => adverse)),
    favourableMedian: medianKnown(trips.map(({ favourable }) => favourable)),
    barsHeldMean: some(sumOf(held) / held.length),
    barsHeldMedian: some(medianOf(held)),
    barsHeldMax: some(maxOf(held)),
    netPnlMean: some(sumOf(nets) / nets.length),
    best: some(maxOf(nets)),
    worst: some(-maxOf(nets.map((net) => -net))),
    bestShare: winnings.length > 0 ? maxOf(winnings) / sumOf(winnings) : null,
    netWithoutBest: some(sumOf(nets) - maxOf(nets)),
  };
}
