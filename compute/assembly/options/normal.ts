const SQRT_HALF_PI: f64 = 1.2533141373155003;
const SQRT_HALF: f64 = 0.7071067811865476;
const PER_SQRT_2PI: f64 = 0.3989422804014327;
const PER_SQRT_PI: f64 = 0.5641895835477563;
/** Half the square of the farthest argument whose density is not zero in a double. */
const EXPONENT_MAX: f64 = 745.2;
/** 2^27 + 1: cuts a double in two halves whose products are exact. */
const SPLITTER: f64 = 134217729;

/**
 * exp(x²)·erfc(x) for x ≥ 0, to a few units in the last place however large x is. The rational approximations are those of W. J. Cody,
 * "Rational Chebyshev approximations for the error function", Mathematics of Computation 23 (1969), 631–637.
 */
export function scaledErfc(x: f64): f64 {
  if (x <= 0.46875) return Math.exp(x * x) * (1 - smallErf(x));
  return x <= 4 ? middleScaledErfc(x) : largeScaledErfc(x);
}

function smallErf(x: f64): f64 {
  const y = x * x;
  const above = (((1.85777706184603153e-1 * y + 3.1611237438705656) * y + 1.13864154151050156e2) * y + 3.77485237685302021e2) * y + 3.20937758913846947e3;
  const below = (((y + 2.36012909523441209e1) * y + 2.44024637934444173e2) * y + 1.28261652607737228e3) * y + 2.84423683343917062e3;
  return (x * above) / below;
}

function middleScaledErfc(y: f64): f64 {
  let above = 2.15311535474403846e-8 * y + 5.64188496988670089e-1;
  above = (above * y + 8.88314979438837594) * y + 6.61191906371416295e1;
  above = (above * y + 2.98635138197400131e2) * y + 8.81952221241769090e2;
  above = (above * y + 1.71204761263407058e3) * y + 2.05107837782607147e3;
  above = above * y + 1.23033935479799725e3;
  let below = (y + 1.57449261107098347e1) * y + 1.17693950891312499e2;
  below = (below * y + 5.37181101862009858e2) * y + 1.62138957456669019e3;
  below = (below * y + 3.29079923573345963e3) * y + 4.36261909014324716e3;
  below = (below * y + 3.43936767414372164e3) * y + 1.23033935480374942e3;
  return above / below;
}

function largeScaledErfc(x: f64): f64 {
  const y = 1 / (x * x);
  let above = (1.63153871373020978e-2 * y + 3.05326634961232344e-1) * y + 3.60344899949804439e-1;
  above = ((above * y + 1.25781726111229246e-1) * y + 1.60837851487422766e-2) * y + 6.58749161529837803e-4;
  let below = (y + 2.56852019228982242) * y + 1.87295284992346725;
  below = ((below * y + 5.27905102951428412e-1) * y + 6.05183413124413191e-2) * y + 2.33520497626869185e-3;
  return (PER_SQRT_PI - (y * above) / below) / x;
}

/** Mills' ratio: the upper tail of the standard normal distribution over its density, for z ≥ 0. */
export function mills(z: f64): f64 {
  return SQRT_HALF_PI * scaledErfc(z * SQRT_HALF);
}

/** What rounding took from x·x: T. J. Dekker, "A floating-point technique for extending the available precision", 1971. */
function squareError(x: f64, square: f64): f64 {
  const cut = SPLITTER * x;
  const high = cut - (cut - x);
  const low = x - high;
  return high * high - square + 2 * high * low + low * low;
}

/** exp(−(a² + b²)/2) / √(2π). The squares' rounding errors are put back: far out they would be many units in the last place. */
export function density(a: f64, b: f64): f64 {
  const first = a * a;
  const second = b * b;
  const sum = first + second;
  if (!(sum < 2 * EXPONENT_MAX)) return 0;
  const larger = max(first, second);
  const lost = min(first, second) - (sum - larger) + squareError(a, first) + squareError(b, second);
  return PER_SQRT_2PI * Math.exp(-0.5 * sum) * (1 - 0.5 * lost);
}

/** The standard normal distribution function, accurate in both tails. */
export function cumulative(z: f64): f64 {
  const tail = density(z, 0) * mills(abs(z));
  return z > 0 ? 1 - tail : tail;
}
