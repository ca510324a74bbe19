import type { BarSeries } from '@tidemark/compute/types';
import type { EquityPoint } from './equity-curve.ts';
import { deviationOf, meanOf } from './moments.ts';

/**
 * All cash into the instrument at the close of the first mark's bar, without costs, held to the end: an equity curve at the same times.
 * A mark without a bar takes the last close. `undefined` where the bars begin after the first mark.
 */
export function buyAndHoldOf(points: readonly EquityPoint[], cash: number, bars: BarSeries): readonly EquityPoint[] | undefined {
  let bar = -1;
  const closes = points.map(({ time }) => {
    const atMs = Date.parse(time);
    while (bar + 1 < bars.length && (bars.startAtMs[bar + 1] ?? Infinity) <= atMs) bar += 1;
    return bars.close[bar] ?? Number.NaN;
  });
  const [first] = closes;
  if (first === undefined || !(first > 0)) return undefined;
  return points.map(({ time }, index) => ({ time, equity: cash * ((closes[index] ?? Number.NaN) / first) }));
}

export interface AgainstBenchmark {
  readonly beta: number;
  /** Annual, compounded: (1 + mean of r − beta × b) ^ periods − 1, without a risk-free rate. */
  readonly alpha: number;
  readonly correlation: number;
  /** Mean of r − b over its standard deviation (ddof 1), annualised. */
  readonly informationRatio: number;
  /** Standard deviation of r − b, annualised. */
  readonly trackingError: number;
}

/** `returns` and `benchmark` are per period, at the same times. NaN where a series does not move. */
export function againstBenchmark(returns: Float64Array, benchmark: Float64Array, periodsPerYear: number): AgainstBenchmark {
  const [mean, meanOther] = [meanOf(returns), meanOf(benchmark)];
  const scale = Math.sqrt(periodsPerYear);
  let product = 0;
  for (const [index, value] of returns.entries()) product += (value - mean) * ((benchmark[index] ?? Number.NaN) - meanOther);
  const covariance = product / (returns.length - 1);
  const [deviation, deviationOther] = [deviationOf(returns), deviationOf(benchmark)];
  const beta = deviationOther > 0 ? covariance / (deviationOther * deviationOther) : Number.NaN;
  const active = returns.map((value, index) => value - (benchmark[index] ?? Number.NaN));
  const trackingError = deviationOf(active);
  return {
    beta,
    alpha: (1 + mean - beta * meanOther) ** periodsPerYear - 1,
    correlation: deviation > 0 && deviationOther > 0 ? covariance / (deviation * deviationOther) : Number.NaN,
    informationRatio: trackingError > 0 ? (meanOf(active) / trackingError) * scale : Number.NaN,
    trackingError: trackingError * scale,
  };
}
