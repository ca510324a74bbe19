import { mills } from './normal';

/** Beyond it the density is zero in a double. */
const FAR: f64 = 40;
/** Below it, differences of Mills' ratio come from its series. */
const SMALL: f64 = 0.02;

/**
 * mills(z − t) − mills(z + t) for small t: the odd terms of the series around z. The difference itself would lose z/(2t) units, the series
 * z². Derivatives by recursion: R′ = zR − 1 and R⁽ⁿ⁾ = zR⁽ⁿ⁻¹⁾ + (n − 1)R⁽ⁿ⁻²⁾.
 */
function millsGap(z: f64, t: f64): f64 {
  const r0 = mills(z);
  const r1 = z * r0 - 1;
  const r2 = r0 + z * r1;
  const r3 = 2 * r1 + z * r2;
  const r4 = 3 * r2 + z * r3;
  const r5 = 4 * r3 + z * r4;
  const r6 = 5 * r4 + z * r5;
  const r7 = 6 * r5 + z * r6;
  const square = t * t;
  return -2 * t * (r1 + (square / 6) * (r3 + (square / 20) * (r5 + (square / 42) * r7)));
}

/** The time value over its weight, where z ≥ t: with its logarithm values can be told that are too small for a double. */
export function valueRatio(z: f64, t: f64, near: f64, far: f64): f64 {
  return t < SMALL && z * t < 0.5 ? millsGap(z, t) : near - far;
}

/**
 * Value of the option that is out of the money, of a pair with this strike. With x = |ln(forward / strike)| and s = volatility·√years:
 * z = x/s, t = s/2; `cap` is the most that it can be worth, min(spot·e^(−qT), strike·e^(−rT)); `weight` is √(both)·density(z, t); `near`
 * and `far` are mills(|z − t|) and mills(z + t). Nothing cancels that would be small against the result.
 */
export function timeValue(weight: f64, cap: f64, z: f64, t: f64, near: f64, far: f64): f64 {
  if (weight == 0 || z > FAR) return z >= t ? 0 : cap;
  if (z >= t || (t < SMALL && z * t < 0.5)) return weight * valueRatio(z, t, near, far);
  return cap - weight * (near + far);
}

/** `cap` less the time value, without the subtraction where there is a better way. */
export function missingValue(weight: f64, cap: f64, z: f64, t: f64, near: f64, far: f64): f64 {
  if (z < t) return weight * (near + far);
  return cap - timeValue(weight, cap, z, t, near, far);
}
