import { bytes } from './indicator';

/** Within this of zero, (a − b) / (a + b) is small enough for the series below. */
const NEAR: f64 = 0.03;

/**
 * The natural logarithm of `a / b`; 0 where one of them is not above zero. Near 1 it is 2 · artanh((a − b) / (a + b)) by its series, so that the
 * return of a price of 1e12 that moves by 1 keeps all its digits, which a difference of logarithms would lose.
 */
@inline
export function logRatio(a: f64, b: f64): f64 {
  const s = (a - b) / (a + b);
  return b > 0 && abs(s) < NEAR ? nearLog(s) : farLogRatio(a, b);
}

/** 2 · artanh(s). The terms that are left out come to less than half of the last digit. */
@inline
function nearLog(s: f64): f64 {
  const z = s * s;
  const sum = z * (1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7 + z * (1.0 / 9))));
  const twice = s + s;
  return twice + twice * sum;
}

function farLogRatio(a: f64, b: f64): f64 {
  if (a <= 0 || b <= 0) return 0;
  const ratio = a / b;
  return ratio > 1e-300 && ratio < 1e300 ? Math.log(ratio) : Math.log(a) - Math.log(b);
}

@inline
function nearLogLanes(s: v128): v128 {
  const z = f64x2.mul(s, s);
  const sum = f64x2.mul(z, term(1.0 / 3, z, term(1.0 / 5, z, term(1.0 / 7, z, f64x2.splat(1.0 / 9)))));
  const twice = f64x2.add(s, s);
  return f64x2.add(twice, f64x2.mul(twice, sum));
}

@inline
function term(constant: f64, z: v128, rest: v128): v128 {
  return f64x2.add(f64x2.splat(constant), f64x2.mul(z, rest));
}

/** `output ← ln(a / b)`, as `logRatio` to the bit. */
export function logRatios(a: usize, b: usize, count: i32, output: usize): void {
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 32 <= end; i += 32) {
    const a0 = v128.load(a + i);
    const b0 = v128.load(b + i);
    const a2 = v128.load(a + i, 16);
    const b2 = v128.load(b + i, 16);
    const s0 = f64x2.div(f64x2.sub(a0, b0), f64x2.add(a0, b0));
    const s2 = f64x2.div(f64x2.sub(a2, b2), f64x2.add(a2, b2));
    // Each by itself: the larger of two of which one is not a number may be the other.
    const near = v128.and(f64x2.lt(f64x2.abs(s0), f64x2.splat(NEAR)), f64x2.lt(f64x2.abs(s2), f64x2.splat(NEAR)));
    if (i64x2.all_true(v128.and(near, f64x2.gt(f64x2.pmin(b0, b2), f64x2.splat(0))))) {
      v128.store(output + i, nearLogLanes(s0));
      v128.store(output + i, nearLogLanes(s2), 16);
    } else {
      logRatiosOneByOne(a + i, b + i, 32, output + i);
    }
  }
  logRatiosOneByOne(a + i, b + i, end - i, output + i);
}

function logRatiosOneByOne(a: usize, b: usize, size: usize, output: usize): void {
  for (let i: usize = 0; i < size; i += 8) store<f64>(output + i, logRatio(load<f64>(a + i), load<f64>(b + i)));
}
