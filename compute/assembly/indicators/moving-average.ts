import { Average, EXPONENTIAL } from './average';
import { Ema } from './ema';
import { Sma } from './sma';

/** The average with TA-Lib's number `kind`: `SIMPLE` or `EXPONENTIAL`. */
export function movingAverage(kind: i32, period: i32): Average {
  if (kind == EXPONENTIAL) return new Ema(period);
  return new Sma(period);
}
