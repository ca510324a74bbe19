import { bytes } from './indicator';

/** Within this of zero, (a − b) / (a + b) is small enough for the series below. */
const NEAR: f64 = 0.1;

/**
 * The natural logarithm of `a / b`; 0 where one of them is not above zero. Near 1 it is 2 · artanh((a − b) / (a + b)) by its series, so that the
 * return of a price of 1e12 that moves by 1 keeps all its digits, which a difference of logarithms would lose.
 */
@inline
export function logRatio(a: f64, b: f64): f64 {
  const s = (a - b) / (a + b);
  return b > 0 && abs(s) < NEAR ? nearLog(s) : farLogRatio(a, b);
}

/** 2 · artanh(s). The first term that is left out is below a sixth of the last digit. */
@inline
function nearLog(s: f64): f64 {
  const z = s * s;
  const high = 1.0 / 9 + z * (1.0 / 11 + z * (1.0 / 13 + z * (1.0 / 15)));
  const low = 1.0 / 3 + z * (1.0 / 5 + z * (1.0 / 7));
  const z2 = z * z;
  return 2 * s + 2 * s * (z * (low + z * (z2 * high)));
}

function farLogRatio(a: f64, b: f64): f64 {
  return a <= 0 || b <= 0 ? 0 : Math.log(a) - Math.log(b);
}

/** `output ← ln(a / b)`, as `logRatio` to the bit. */
export function logRatios(a: usize, b: usize, count: i32, output: usize): void {
  for (let i: usize = 0; i < bytes(count); i += 8) store<f64>(output + i, logRatio(load<f64>(a + i), load<f64>(b + i)));
}
