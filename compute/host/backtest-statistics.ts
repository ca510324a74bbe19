import type { Performance, SharpeInference, Statistics, TailRisk } from './statistics.ts';
import type { BacktestResult } from './types.ts';

/** A fall from a high-water mark. Times are of bars; the peak is `null` where the run begins under water. */
export interface BacktestDrawdown {
  /** Negative, as a fraction. */
  readonly depth: number;
  readonly peakTime: string | null;
  readonly troughTime: string | null;
  /** `null` while not recovered. */
  readonly recoveryTime: string | null;
  /** From the peak to the trough, and from the peak to the recovery or the end of the data. */
  readonly barsToTrough: number;
  readonly bars: number;
}

/** Further figures of a run's returns from bar to bar, by the statistics core: `docs/statistics.md` defines each. */
export interface BacktestStatistics {
  readonly performance: Performance;
  /** Value at risk and expected shortfall of one bar, at 95 % and 99 %; losses are negative. */
  readonly tailRisk95: TailRisk;
  readonly tailRisk99: TailRisk;
  /** Confidence interval of the Sharpe ratio, PSR and minimum track record; `null` where the returns do not move. */
  readonly sharpeInference: SharpeInference | null;
  /** The five deepest. */
  readonly drawdowns: readonly BacktestDrawdown[];
}

const DRAWDOWNS = 5;

/** Equity at the close of each bar, and what it began with. */
export interface EquityCurve extends Pick<BacktestResult, 'equity'> {
  readonly options: Pick<BacktestResult['options'], 'cash'>;
}

/** Simple returns of equity from bar to bar, the first against the initial cash; `undefined` after a ruin, when there is nothing to divide by. */
export function returnsOf({ equity, options }: EquityCurve): Float64Array | undefined {
  const returns = new Float64Array(equity.length);
  let before = options.cash;
  for (const [index, { equity: value }] of equity.entries()) {
    if (!(before > 0) || !(value >= 0)) return undefined;
    returns[index] = value / before - 1;
    before = value;
  }
  return returns;
}

/** `null` for a run without bars, and for one that was ruined: its returns have no meaning. */
export function backtestStatistics(result: BacktestResult, statistics: Statistics): BacktestStatistics | null {
  const returns = returnsOf(result);
  if (returns === undefined || returns.length === 0) return null;
  const { periodsPerYear } = result.options;
  const timeAt = (index: number | null): string | null => (index === null ? null : (result.equity[index]?.time ?? null));
  return {
    performance: statistics.performance(returns, { periodsPerYear }),
    tailRisk95: statistics.tailRisk(returns, 0.95),
    tailRisk99: statistics.tailRisk(returns, 0.99),
    sharpeInference: statistics.sharpeInference(returns, { periodsPerYear }),
    drawdowns: statistics.drawdowns(returns, DRAWDOWNS).map(({ depth, peak, trough, recovery }) => ({
      depth,
      peakTime: timeAt(peak),
      troughTime: timeAt(trough),
      recoveryTime: timeAt(recovery),
      barsToTrough: trough - peak,
      bars: (recovery ?? returns.length - 1) - peak,
    })),
  };
}
