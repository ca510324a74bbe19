import type { BacktestResult } from '@tidemark/compute/types';
import { againstBenchmark } from '../benchmark.ts';
import type { AgainstBenchmark } from '../benchmark.ts';
import { drawdownsOf, returnsOf } from '../equity-curve.ts';
import type { EquityPoint } from '../equity-curve.ts';
import { deviationOf } from '../moments.ts';
import { sharpeInferenceOf } from '../sharpe.ts';
import { cashOf, holdingOf } from './holding.ts';
import type { MarkedPrices } from './marked-prices.ts';
import { randomRunsOf } from './random-runs.ts';
import type { RandomOutcome } from './random-runs.ts';

/** Something that needs no skill, over the same marks. */
export interface Baseline {
  readonly name: string;
  readonly totalReturn: number;
  /** NaN where nothing moves. */
  readonly sharpe: number;
  readonly volatility: number;
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

function baselineOf(
  name: string,
  curve: readonly EquityPoint[],
  { options, metrics }: BacktestResult,
): Baseline & { returns: Float64Array } {
  const returns = returnsOf(curve, options.cash);
  const totalReturn = (curve.at(-1)?.equity ?? options.cash) / options.cash - 1;
  const [deepest] = drawdownsOf([{ time: '', equity: options.cash }, ...curve]);
  const { sharpe } = sharpeInferenceOf(returns, options.periodsPerYear);
  const volatility = deviationOf(returns) * Math.sqrt(options.periodsPerYear);
  return { name, totalReturn, sharpe, volatility, maxDrawdown: deepest?.depth ?? 0, regret: totalReturn - metrics.totalReturn, returns };
}

const holdingName = (symbols: readonly string[]): string =>
  symbols.length > 3 ? `Buy and hold, ${symbols.length} symbols in equal parts` : `Buy and hold ${symbols.join(' + ')}`;

/** `prices`: of every symbol of the run, or the reason why they are not there. */
export function baselinesOf(result: BacktestResult, prices: readonly MarkedPrices[] | { readonly reason: string }): Baselines {
  const { equity, options } = result;
  const { returns: _returns, ...cash } = baselineOf('Cash', cashOf(equity, options.cash, options.cashRate), result);
  if ('reason' in prices) return { cash, holding: prices, random: prices };
  const curve = holdingOf(equity, options.cash, prices);
  const random = randomRunsOf(result, prices);
  if (curve === undefined) return { cash, holding: { reason: 'there is no price at the first mark of the run' }, random };
  const { returns, ...holding } = baselineOf(holdingName(prices.map(({ symbol }) => symbol)), curve, result);
  const against = againstBenchmark(returnsOf(equity, options.cash), returns, options.periodsPerYear);
  return { cash, holding: { ...holding, ...against, curve }, random };
}
