import { normalCdf, normalQuantile } from './normal';

const EULER_MASCHERONI: f64 = 0.5772156649015329;

/**
 * Variance of a Sharpe ratio of one period, times n - 1: 1 − γ₃·SR + (γ₄ − 1)/4·SR². Never negative for moments that a sample can have.
 * A. Lo, "The Statistics of Sharpe Ratios", 2002; E. Mertens, 2002.
 */
@inline
export function sharpeSpread(sharpe: f64, skew: f64, kurtosis: f64): f64 {
  return max(0, 1 - skew * sharpe + ((kurtosis - 1) / 4) * sharpe * sharpe);
}

/** Probability that the true ratio is above the benchmark. Bailey and López de Prado, "The Sharpe Ratio Efficient Frontier", 2012. */
export function probabilisticSharpe(sharpe: f64, benchmark: f64, count: f64, skew: f64, kurtosis: f64): f64 {
  return normalCdf((sharpe - benchmark) * sqrt((count - 1) / sharpeSpread(sharpe, skew, kurtosis)));
}

/** Periods until a ratio like this one is above the benchmark with this confidence; the same source. Not-a-number if it is not above. */
export function trackRecordMin(sharpe: f64, benchmark: f64, skew: f64, kurtosis: f64, confidence: f64): f64 {
  if (!(sharpe > benchmark)) return NaN;
  const distance = normalQuantile(confidence) / (sharpe - benchmark);
  return 1 + sharpeSpread(sharpe, skew, kurtosis) * distance * distance;
}

/**
 * Expected largest of the ratios of so many trials without skill, whose ratios have this variance. Bailey and López de Prado, "The
 * Deflated Sharpe Ratio", 2014. Of a single trial it is 0: nothing was chosen.
 */
export function expectedMaximumSharpe(variance: f64, trials: f64): f64 {
  if (trials == 1) return 0;
  const usual = -normalQuantile(1 / trials);
  const late = -normalQuantile(1 / (trials * Math.E));
  return sqrt(variance) * ((1 - EULER_MASCHERONI) * usual + EULER_MASCHERONI * late);
}
