const LOG2_E: f64 = 1.4426950408889634;
/** ln 2 in two parts: the first has few digits, so that a multiple of it is exact. */
const LN2_HIGH: f64 = 0.69314718036912381649;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
/** Beyond it e^x is too near to zero for a probability to notice. */
const EXPONENT_MAX: f64 = 700;

/** 1 / (1 + e^−z), by the additions and multiplications of the host's `sigmoid`, in their order: the same bits. */
export function sigmoid(z: f64): f64 {
  const e = exponential(-min<f64>(EXPONENT_MAX, abs(z)));
  return z >= 0 ? 1 / (1 + e) : e / (1 + e);
}

/** e^x for x from −700 to 0: Taylor's series after taking a multiple of ln 2 away. */
function exponential(x: f64): f64 {
  const k = Math.floor(x * LOG2_E + 0.5);
  const rest = x - k * LN2_HIGH - k * LN2_LOW;
  let sum: f64 = 1.0 / 6227020800;
  sum = sum * rest + 1.0 / 479001600;
  sum = sum * rest + 1.0 / 39916800;
  sum = sum * rest + 1.0 / 3628800;
  sum = sum * rest + 1.0 / 362880;
  sum = sum * rest + 1.0 / 40320;
  sum = sum * rest + 1.0 / 5040;
  sum = sum * rest + 1.0 / 720;
  sum = sum * rest + 1.0 / 120;
  sum = sum * rest + 1.0 / 24;
  sum = sum * rest + 1.0 / 6;
  sum = sum * rest + 0.5;
  sum = sum * rest + 1;
  sum = sum * rest + 1;
  // k is at least −1010: a power of two that has all its digits.
  return sum * reinterpret<f64>((i64(k) + 1023) << 52);
}
