import type { Statistics } from '@tidemark/compute/statistics';

export interface RollingPoint {
  readonly time: string;
  /** Annualised; NaN for the Sharpe ratio of a window without movement. */
  readonly sharpe: number;
  readonly volatility: number;
  /** Against the benchmark; NaN without one, and where it does not move. */
  readonly beta: number;
}

/** As many returns as a window of the statistics can have. */
const WINDOW_MAX = 1_000_000;

/** Half a year of periods, but never so few that the figure is noise alone. */
export const rollingWindow = (periodsPerYear: number): number => Math.min(WINDOW_MAX, Math.max(20, Math.round(periodsPerYear / 2)));

export interface RollingOptions {
  readonly window: number;
  readonly periodsPerYear: number;
  readonly step?: number;
  /** Returns of the same bars. */
  readonly benchmark?: Float64Array | undefined;
}

/** Sharpe ratio, volatility and beta of the last `window` returns, from the first full window on: the newest, and every `step` before it. */
export function rollingOf(
  returns: Float64Array,
  times: readonly string[],
  { window, periodsPerYear, step = 1, benchmark }: RollingOptions,
  statistics: Statistics,
): readonly RollingPoint[] {
  if (returns.length < window) return [];
  const { sharpe, volatility } = statistics.rolling(returns, window, { periodsPerYear });
  const betas = benchmark === undefined ? undefined : statistics.rollingBeta(returns, benchmark, window);
  const points: RollingPoint[] = [];
  for (let last = window - 1 + ((returns.length - window) % step); last < returns.length; last += step) {
    points.push({
      time: times[last] ?? '',
      sharpe: sharpe[last] ?? Number.NaN,
      volatility: volatility[last] ?? Number.NaN,
      beta: betas?.[last] ?? Number.NaN,
    });
  }
  return points;
}
