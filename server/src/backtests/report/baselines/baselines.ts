import { returnsOf } from '@tidemark/compute';
import type { AgainstBenchmark, Figure, Statistics } from '@tidemark/compute/statistics';
import type { BacktestResult } from '@tidemark/compute/types';
import type { EquityPoint } from '../equity-curve.ts';
import { cashOf, holdingOf } from './holding.ts';
import type { MarkedPrices } from './marked-prices.ts';
import { randomRunsOf } from './random-runs.ts';
import type { RandomOutcome } from './random-runs.ts';

/** Something that needs no skill, over the same marks. */
export interface Baseline {
  readonly name: string;
  readonly totalReturn: number;
  /** `null` where nothing moves. */
  readonly sharpe: Figure;
  readonly volatility: Figure;
  /** Negative or 0. */
  readonly maxDrawdown: number;
  /** Total return of the baseline less that of the run: above 0, the run was the worse choice. */
  readonly regret: number;
}

export interface Holding extends Baseline, AgainstBenchmark {
  readonly curve: readonly EquityPoint[];
}

export interface Baselines {
  readonly cash: Baseline;
  /** Or the reason why there is none. */
  readonly holding: Holding | { readonly reason: string };
  readonly random: RandomOutcome;
}

export const isHolding = (holding: Baselines['holding']): holding is Holding => 'curve' in holding;

/** What is held loses less than everything: its returns are known. */
const returnsOfCurve = (curve: readonly EquityPoint[], { options }: BacktestResult): Float64Array =>
  returnsOf({ equity: curve, options }) ?? new Float64Array();

function baselineOf(name: string, curve: readonly EquityPoint[], result: BacktestResult, statistics: Statistics): Baseline {
  const { options, metrics } = result;
  const totalReturn = (curve.at(-1)?.equity ?? options.cash) / options.cash - 1;
  const { periodsPerYear } = options;
  const { sharpe, volatility, maxDrawdown } = statistics.performance(returnsOfCurve(curve, result), { periodsPerYear });
  return { name, totalReturn, sharpe, volatility, maxDrawdown: maxDrawdown ?? 0, regret: totalReturn - metrics.totalReturn };
}

const holdingName = (symbols: readonly string[]): string =>
  symbols.length > 3 ? `Buy and hold, ${symbols.length} symbols in equal parts` : `Buy and hold ${symbols.join(' + ')}`;

/** `prices`: of every symbol of the run, or the reason why they are not there. `returns` are the run's own; without them there is no price. */
export function baselinesOf(
  result: BacktestResult,
  returns: Float64Array | undefined,
  prices: readonly MarkedPrices[] | { readonly reason: string },
  statistics: Statistics,
): Baselines {
  const { equity, options } = result;
  const cash = baselineOf('Cash', cashOf(equity, options.cash, options.cashRate), result, statistics);
  if ('reason' in prices) return { cash, holding: prices, random: prices };
  const curve = holdingOf(equity, options.cash, prices);
  const random = randomRunsOf(result, prices);
  if (curve === undefined || returns === undefined)
    return { cash, holding: { reason: 'there is no price at the first mark of the run' }, random };
  const name = holdingName(prices.map(({ symbol }) => symbol));
  const { periodsPerYear } = options;
  const against = statistics.againstBenchmark(returns, returnsOfCurve(curve, result), { periodsPerYear });
  return { cash, holding: { ...baselineOf(name, curve, result, statistics), ...against, curve }, random };
}
