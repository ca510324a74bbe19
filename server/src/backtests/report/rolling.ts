import { againstBenchmark } from './benchmark.ts';
import { deviationOf, meanOf } from './moments.ts';

export interface RollingPoint {
  readonly time: string;
  /** Annualised; NaN for the Sharpe ratio of a window without movement. */
  readonly sharpe: number;
  readonly volatility: number;
  /** Against the benchmark; NaN without one, and where it does not move. */
  readonly beta: number;
}

/** Half a year of periods, but never so few that the figure is noise alone. */
export const rollingWindow = (periodsPerYear: number): number => Math.max(20, Math.round(periodsPerYear / 2));

export interface RollingOptions {
  readonly window: number;
  readonly periodsPerYear: number;
  readonly step?: number;
  /** Returns of the same bars. */
  readonly benchmark?: Float64Array | undefined;
}

/**
 * Sharpe ratio, volatility and beta of the last `window` returns, from the first full window on. Each window is summed anew: no drift.
 */
export function rollingOf(
  returns: Float64Array,
  times: readonly string[],
  { window, periodsPerYear, step = 1, benchmark }: RollingOptions,
): readonly RollingPoint[] {
  const scale = Math.sqrt(periodsPerYear);
  const points: RollingPoint[] = [];
  const first = window + ((returns.length - window) % step);
  for (let end = first; end <= returns.length; end += step) {
    const span = returns.subarray(end - window, end);
    const deviation = deviationOf(span);
    points.push({
      time: times[end - 1] ?? '',
      sharpe: deviation > 0 ? (meanOf(span) / deviation) * scale : Number.NaN,
      volatility: deviation * scale,
      beta: benchmark === undefined ? Number.NaN : againstBenchmark(span, benchmark.subarray(end - window, end), periodsPerYear).beta,
    });
  }
  return points;
}
