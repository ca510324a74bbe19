const LOG2_E: f64 = 1.4426950408889634;
/** ln 2 in two parts: the first has few digits, so that a multiple of it is exact. */
const LN2_HIGH: f64 = 0.6931471803691238;
const LN2_LOW: f64 = 1.9082149292705877e-10;
/** Beyond it a probability is 0 or 1 to the last place. */
const LARGEST: f64 = 708;

@inline
function next(sum: v128, rest: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.mul(sum, rest), f64x2.splat(coefficient));
}

/** e^x of two numbers, held within -708 and 708: Taylor's series after taking a multiple of ln 2 away. */
export function exponentials(x: v128): v128 {
  const held = f64x2.max(f64x2.splat(-LARGEST), f64x2.min(f64x2.splat(LARGEST), x));
  const k = f64x2.nearest(f64x2.mul(held, f64x2.splat(LOG2_E)));
  const rest = f64x2.sub(f64x2.sub(held, f64x2.mul(k, f64x2.splat(LN2_HIGH))), f64x2.mul(k, f64x2.splat(LN2_LOW)));
  let sum = f64x2.splat(1.0 / 6227020800);
  sum = next(sum, rest, 1.0 / 479001600);
  sum = next(sum, rest, 1.0 / 39916800);
  sum = next(sum, rest, 1.0 / 3628800);
  sum = next(sum, rest, 1.0 / 362880);
  sum = next(sum, rest, 1.0 / 40320);
  sum = next(sum, rest, 1.0 / 5040);
  sum = next(sum, rest, 1.0 / 720);
  sum = next(sum, rest, 1.0 / 120);
  sum = next(sum, rest, 1.0 / 24);
  sum = next(sum, rest, 1.0 / 6);
  sum = next(sum, rest, 0.5);
  sum = next(sum, rest, 1);
  sum = next(sum, rest, 1);
  const exponent = i64x2.extend_low_i32x4_s(i32x4.trunc_sat_f64x2_s_zero(k));
  return f64x2.mul(sum, i64x2.shl(i64x2.add(exponent, i64x2.splat(1023)), 52));
}
