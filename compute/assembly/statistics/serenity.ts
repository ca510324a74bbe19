import { Moments, ratio } from './moments';
import { normalQuantile } from './normal';
import { newSeries } from './series';
import { meanBelow } from './tails';
import { underwater } from './underwater';

/**
 * Sum of the returns over ulcer index (n − 1) and pitfall, where the pitfall is the mean of the distances from the high-water mark that are
 * beyond their own normal 5 % quantile, over the deviation of the returns: KeyQuant's serenity index, as quantstats has it. Not-a-number
 * without a drawdown or where nothing moves.
 */
export function serenity(returns: usize, count: i32, sum: f64, squares: f64, deviation: f64): f64 {
  if (count < 2) return NaN;
  const depths = newSeries(count);
  underwater(returns, count, depths);
  const moments = new Moments(depths, count);
  const bound = moments.mean + moments.deviation(1) * normalQuantile(0.05);
  const tail = meanBelow(depths, count, bound);
  const pitfall = ratio(isNaN(tail) ? -bound : -tail, deviation);
  return ratio(sum, sqrt(squares / f64(count - 1)) * pitfall);
}
