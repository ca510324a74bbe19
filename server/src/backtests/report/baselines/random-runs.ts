import type { BacktestResult } from '@tidemark/compute/types';
import { quantileOf, histogramOf } from '../histogram.ts';
import type { Bin } from '../histogram.ts';
import type { MarkedPrices } from './marked-prices.ts';
import { canMove, randomPlanOf, roomOf, uniformsOf } from './random-times.ts';
import { replay } from './replay.ts';
import type { Replayed, ReplayTerms } from './replay.ts';
import { stretchesOf, tradedValueOf, tradesAtClose } from './stretches.ts';

/** How many random runs; fewer where marks × symbols × runs would pass the budget. */
const RUNS = 1_000;
const RUNS_MIN = 100;
const STEPS_MAX = 1e8;
const BINS = 31;

/** What chance makes of the same holdings, and where the run stands among it. */
export interface RandomRuns {
  readonly runs: number;
  readonly seed: number;
  readonly median: Replayed;
  /** Total return that 5 % and 95 % of the random runs stay below. */
  readonly low: number;
  readonly high: number;
  /** Share of the random runs that the run is better than; ties count by half. */
  readonly totalReturnRank: number;
  readonly sharpeRank: number;
  /** Of their total returns. */
  readonly histogram: readonly Bin[];
}

/** Or the reason why there are none. */
export type RandomOutcome = RandomRuns | { readonly reason: string };

/** Cost of a traded dollar in the run: fees and slippage over all that was traded. */
export function costRateOf(result: BacktestResult): number {
  const traded = tradedValueOf(result);
  return traded > 0 ? Math.max(0, result.metrics.fees + result.metrics.slippage) / traded : 0;
}

export const termsOf = (result: BacktestResult): ReplayTerms => ({
  cash: result.options.cash,
  costRate: costRateOf(result),
  atClose: tradesAtClose(result),
  periodsPerYear: result.options.periodsPerYear,
});

const medianOf = (values: readonly number[]): number => quantileOf(Float64Array.from(values).toSorted(), 0.5);

/** Share of `values` below `own`, half of those equal to it. What is not a number counts as below. */
export function rankOf(own: number, values: readonly number[]): number {
  let below = 0;
  for (const value of values) below += Number.isNaN(value) || value < own ? 1 : value === own ? 0.5 : 0;
  return below / values.length;
}

/**
 * Random runs with the risk of this one: the stretches over which it held something, with their side, weight, length and changes of size,
 * at times drawn by Philox from the run's seed, each symbol for itself, at the run's average cost of a traded dollar. Time in the market,
 * number of entries and turnover stay what they were; only the timing is chance. After D. Aronson, "Evidence-Based Technical Analysis"
 * (2007), chapter 5: a permutation of positions against returns.
 */
export function randomRunsOf(result: BacktestResult, prices: readonly MarkedPrices[]): RandomOutcome {
  const terms = termsOf(result);
  const all = stretchesOf(result, prices);
  if (all.every((stretches) => stretches.length === 0)) return { reason: 'there were no trades' };
  if (all.flat().some(({ weight }) => !Number.isFinite(weight))) return { reason: 'a trade has no bar of its symbol' };
  const rooms = prices.map((each, symbol) => roomOf(each, all[symbol] ?? [], terms.atClose));
  if (!all.some((stretches, symbol) => canMove(stretches, rooms[symbol] ?? { first: 0, flat: 0 }))) {
    return { reason: 'always in the market, in one stretch: there is no timing that could be random' };
  }
  const { seed } = result.options;
  const runs = Math.max(RUNS_MIN, Math.min(RUNS, Math.floor(STEPS_MAX / (result.equity.length * prices.length))));
  const outcomes = Array.from({ length: runs }, (_, draw) => {
    const uniform = uniformsOf(seed, draw);
    const plan = prices.map((each, symbol) => {
      const [stretches = [], room = { first: 0, flat: 0 }] = [all[symbol], rooms[symbol]];
      if (!canMove(stretches, room)) return { prices: each, stretches, starts: stretches.map(({ start }) => start) };
      return { prices: each, ...randomPlanOf(stretches, room, uniform) };
    });
    return replay(plan, terms);
  });
  const totals = outcomes.map(({ totalReturn }) => totalReturn);
  const sorted = Float64Array.from(totals).toSorted();
  return {
    runs,
    seed,
    median: {
      totalReturn: medianOf(totals),
      sharpe: medianOf(outcomes.map(({ sharpe }) => sharpe).filter((value) => !Number.isNaN(value))),
      volatility: medianOf(outcomes.map(({ volatility }) => volatility).filter((value) => !Number.isNaN(value))),
      maxDrawdown: medianOf(outcomes.map(({ maxDrawdown }) => maxDrawdown)),
    },
    low: quantileOf(sorted, 0.05),
    high: quantileOf(sorted, 0.95),
    totalReturnRank: rankOf(result.metrics.totalReturn, totals),
    sharpeRank: rankOf(
      result.metrics.sharpe ?? Number.NaN,
      outcomes.map(({ sharpe }) => sharpe),
    ),
    histogram: histogramOf(sorted, BINS),
  };
}

/** The run's own holdings, `delay` bars late: what its timing is worth when it is slower by so much. `undefined` where that cannot be told. */
export function replayLate(result: BacktestResult, prices: readonly MarkedPrices[], delay: number): Replayed | undefined {
  const all = stretchesOf(result, prices);
  if (all.flat().length === 0 || all.flat().some(({ weight }) => !Number.isFinite(weight))) return undefined;
  const plan = prices.map((each, symbol) => {
    const stretches = all[symbol] ?? [];
    return { prices: each, stretches, starts: stretches.map(({ start }) => start + delay) };
  });
  return replay(plan, termsOf(result));
}
