import { figureOf } from '../statistics-input.ts';
import type { Figure, Statistics } from '../statistics.ts';
import type { JoinedAccount, WindowRun } from './joined-curve.ts';
import type { SelectedSet, Selection } from './selection.ts';
import type { FoldResult, JoinedFigures, WalkForwardSelection, WindowFigures } from './walk-forward-result.ts';

/** What the chosen set did where it was chosen, by the bars in which it could trade. */
export function inSampleFigures({ figures }: SelectedSet, tradable: number, periodsPerYear: number): WindowFigures {
  const totalReturn = figures.total_return ?? 0;
  const annualReturn = tradable > 0 ? (totalReturn / tradable) * periodsPerYear : 0;
  return { totalReturn, annualReturn, sharpe: figures.sharpe, maxDrawdown: figures.max_drawdown };
}

/** Figures of a window's own returns; ratios are `null` where the account was lost in it. */
export function windowFigures(equity: Float64Array, cash: number, statistics: Statistics, periodsPerYear: number): WindowFigures {
  const totalReturn = (equity.at(-1) ?? cash) / cash - 1;
  const annualReturn = (totalReturn / equity.length) * periodsPerYear;
  if (equity.some((value) => value <= 0)) return { totalReturn, annualReturn, sharpe: null, maxDrawdown: null };
  const returns = Float64Array.from(equity, (value, bar) => value / (equity[bar - 1] ?? cash) - 1);
  const { sharpe, maxDrawdown } = statistics.performance(returns, { periodsPerYear });
  return { totalReturn, annualReturn, sharpe, maxDrawdown };
}

/** `null` where the ratio has no meaning. */
export const efficiencyOf = (outside: number, inside: number): Figure => (inside > 0 ? figureOf(outside / inside) : null);

/**
 * Walk-forward efficiency over all windows: return a bar outside over return a bar inside. Pardo, The Evaluation and Optimization of Trading
 * Strategies (2008), chapter 11, has it of annualised profits; a year more or less on both sides falls out.
 */
export function wholeEfficiency(folds: readonly FoldResult[]): Figure {
  let [outside, inside, outsideBars, insideBars] = [0, 0, 0, 0];
  for (const { inSample, outOfSample, train, test, warmUp } of folds) {
    if (inSample === null || outOfSample === null) continue;
    outside += outOfSample.totalReturn;
    outsideBars += test.bars;
    inside += inSample.totalReturn;
    insideBars += train.bars - (warmUp ?? 0);
  }
  return outsideBars > 0 && insideBars > 0 ? efficiencyOf(outside / outsideBars, inside / insideBars) : null;
}

/** `timeAt` names a bar of the joined curve. */
export function joinedFigures(
  account: JoinedAccount,
  runs: readonly WindowRun[],
  { cash, periodsPerYear, statistics, timeAt }: JoinedBasis,
): JoinedFigures {
  const returns = account.returns();
  const of = returns === undefined ? undefined : statistics.performance(returns, { periodsPerYear });
  const sum = (value: (run: WindowRun) => number): number => runs.reduce((total, run) => total + value(run), 0);
  return {
    finalEquity: account.cash,
    totalReturn: account.cash / cash - 1,
    cagr: of?.annualReturn ?? null,
    volatility: of?.volatility ?? null,
    sharpe: of?.sharpe ?? null,
    sortino: of?.sortino ?? null,
    maxDrawdown: of?.maxDrawdown ?? null,
    calmar: of?.calmar ?? null,
    trades: sum(({ trades }) => trades),
    orders: sum(({ orders }) => orders),
    closingCost: sum(({ closingCost }) => closingCost),
    ruinedAt: account.ruinedAt === undefined ? null : timeAt(account.ruinedAt),
  };
}

export interface JoinedBasis {
  readonly cash: number;
  readonly periodsPerYear: number;
  readonly statistics: Statistics;
  readonly timeAt: (bar: number) => string;
}

/** PSR and DSR of returns, beside the trials that led to them. */
export function significanceOf(
  returns: Float64Array | undefined,
  { trials }: Pick<Selection, 'trials'>,
  trialsBefore: number,
  statistics: Statistics,
): WalkForwardSelection {
  const count = Math.max(1, trials.sets + trialsBefore);
  const sample = returns === undefined || returns.length < 2 ? null : statistics.sharpeSample(returns);
  const variance = trials.sharpeVariance;
  const inference = returns === undefined || sample === null ? null : statistics.sharpeInference(returns, { periodsPerYear: 1 });
  return {
    sharpe: sample?.sharpe ?? null,
    standardError: inference?.standardError ?? null,
    psr: sample === null ? null : statistics.probabilisticSharpe(sample),
    // One trial alone needs no deflation; more of them need to be known for their variance.
    dsr: sample === null || (variance === null && count > 1) ? null : statistics.deflatedSharpe(sample, variance ?? 0, count),
    trials: count,
    sharpeVariance: variance,
    expectedMaximumSharpe: variance === null ? null : statistics.expectedMaximumSharpe(variance, count),
  };
}
