import { deviationOf, meanOf } from './moments.ts';

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
