import { bytes } from './indicator';

/** A base nearer to zero counts as zero: no quotient can then leave the range of numbers. */
const NO_BASE: f64 = 1e-200;

/** By how many percent `x` lies above `base`: 100 · (x − base) / base; 0 where `base` is zero, TA-Lib's convention. */
@inline
export function percentChange(x: f64, base: f64): f64 {
  return abs(base) < NO_BASE ? 0 : 100 * ((x - base) / base);
}

/** As `percentChange`, in two lanes, to the bit. */
@inline
export function percentChange2(x: v128, base: v128): v128 {
  const value = f64x2.mul(f64x2.splat(100), f64x2.div(f64x2.sub(x, base), base));
  return v128.andnot(value, f64x2.lt(f64x2.abs(base), f64x2.splat(NO_BASE)));
}

/** As `percentChange` for each of `count` values, to the bit. `output` may be either. */
export function percentChanges(x: usize, base: usize, count: i32, output: usize): void {
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) v128.store(output + i, percentChange2(v128.load(x + i), v128.load(base + i)));
  if (i < end) store<f64>(output + i, percentChange(load<f64>(x + i), load<f64>(base + i)));
}
