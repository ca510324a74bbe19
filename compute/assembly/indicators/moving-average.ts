import { Ema } from './ema';
import { EXPONENTIAL, Filter } from './filter';
import { Sma } from './sma';

/** The average with TA-Lib's number `kind`: `SIMPLE` or `EXPONENTIAL`. */
export function movingAverage(kind: i32, period: i32): Filter {
  if (kind == EXPONENTIAL) return new Ema(period);
  return new Sma(period);
}
