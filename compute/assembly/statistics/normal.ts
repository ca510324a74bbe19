const ROOT_OF_TWO_PI: f64 = 2.5066282746310002;
/** From here on the continued fraction of the tail converges fast. */
const TAIL: f64 = 2.5;
/** Below, the probability is smaller than the smallest number. */
const FAR: f64 = 38.6;

export function normalDensity(z: f64): f64 {
  return Math.exp(-0.5 * z * z) / ROOT_OF_TWO_PI;
}

/** Φ(z), to about 1e-15 of its value in both tails. */
export function normalCdf(z: f64): f64 {
  if (isNaN(z)) return NaN;
  if (z > TAIL) return 1 - upperTail(z);
  if (z < -TAIL) return upperTail(-z);
  return 0.5 + normalDensity(z) * series(z);
}

/** z + z³/3 + z⁵/15 + …, which is (Φ(z) − ½) / φ(z): G. Marsaglia, "Evaluating the Normal Distribution", 2004. */
function series(z: f64): f64 {
  let sum: f64 = 0;
  let term = z;
  for (let power: f64 = 3; sum + term != sum; power += 2) {
    sum += term;
    term *= (z * z) / power;
  }
  return sum;
}

/** 1 − Φ(z) for positive z: φ(z) / (z + 1/(z + 2/(z + 3/(z + …)))), from behind. Abramowitz and Stegun 26.2.14. */
function upperTail(z: f64): f64 {
  if (z > FAR) return 0;
  let below = z;
  // Enough terms for z = TAIL; fewer would do further out.
  for (let k: f64 = 150; k > 0; k--) below = z + k / below;
  return normalDensity(z) / below;
}

/**
 * Φ⁻¹(p): a rational start (Abramowitz and Stegun 26.2.23, good to 4.5e-4), then Halley's step, which triples the correct digits.
 * Infinite at 0 and 1, not-a-number outside.
 */
export function normalQuantile(p: f64): f64 {
  if (!(p >= 0 && p <= 1)) return NaN;
  if (p == 0) return -Infinity;
  if (p == 1) return Infinity;
  if (p > 0.5) return -lowerQuantile(1 - p);
  return lowerQuantile(p);
}

function lowerQuantile(p: f64): f64 {
  const t = sqrt(-2 * Math.log(p));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  let z = above / below - t;
  for (let step = 0; step < 3; step++) {
    const change = (normalCdf(z) - p) / normalDensity(z);
    z -= change / (1 + 0.5 * z * change);
  }
  return z;
}
