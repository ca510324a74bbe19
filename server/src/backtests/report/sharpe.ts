import { deviationOf, meanOf, shapeOf } from './moments.ts';

/** Two-sided 95 % and one-sided 95 % of the normal distribution. */
const Z_TWO_SIDED = 1.959963984540054;
const Z_ONE_SIDED = 1.6448536269514722;

/** Φ by the series of G. Marsaglia, "Evaluating the Normal Distribution" (2004): to 1e-15 in absolute terms. */
export function normalCdf(z: number): number {
  if (Number.isNaN(z)) return z;
  if (z < -8) return 0;
  if (z > 8) return 1;
  let sum = 0;
  let term = z;
  for (let power = 3; sum + term !== sum; power += 2) {
    sum += term;
    term *= (z * z) / power;
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

export interface SharpeInference {
  /** Annualised; the interval holds the true ratio with 95 % confidence. */
  readonly sharpe: number;
  readonly low: number;
  readonly high: number;
  /** Probability that the true Sharpe ratio is above 0. */
  readonly psr: number;
  /** Periods needed until a ratio like this one is above 0 with 95 % confidence; NaN for a ratio that is not positive. */
  readonly trackRecordMin: number;
}

/**
 * How sure a Sharpe ratio is, with skew and kurtosis of the returns. Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier",
 * J. Risk 15(2), 2012. `returns` are per period. NaN throughout for a constant series.
 */
export function sharpeInferenceOf(returns: Float64Array, periodsPerYear: number): SharpeInference {
  const n = returns.length;
  const deviation = deviationOf(returns);
  const sharpe = deviation > 0 ? meanOf(returns) / deviation : Number.NaN;
  const { skewBiased, kurtosisBiased } = shapeOf(returns);
  const spread = 1 - skewBiased * sharpe + ((kurtosisBiased - 1) / 4) * sharpe * sharpe;
  const error = Math.sqrt(spread / (n - 1));
  const scale = Math.sqrt(periodsPerYear);
  return {
    sharpe: sharpe * scale,
    low: (sharpe - Z_TWO_SIDED * error) * scale,
    high: (sharpe + Z_TWO_SIDED * error) * scale,
    psr: normalCdf(sharpe / error),
    trackRecordMin: sharpe > 0 ? 1 + spread * (Z_ONE_SIDED / sharpe) ** 2 : Number.NaN,
  };
}
