/**
 * A return is a ratio minus one, so it carries a rounding of about this size. A deviation that is not above it says nothing and counts as
 * zero: a ratio over it would be noise.
 */
export const NOISE: f64 = 8 * f64.EPSILON;

/** Zero for a deviation that is rounding only. */
@inline
export function quiet(deviation: f64): f64 {
  return deviation <= NOISE ? 0 : deviation;
}
