import { missingValue, timeValue, valueRatio } from './black';
import { writeNothing, writeOutput } from './columns';
import {
  ABOVE_MAXIMUM,
  BAD_PRICE,
  BELOW_INTRINSIC,
  EXPIRED,
  NEGATIVE_PRICE,
  OK,
  Option,
  UNIDENTIFIABLE,
  logRatio,
  problemOf,
} from './inputs';
import { density, mills } from './normal';

const VOLATILITY: i32 = 0;
const UNCERTAINTY: i32 = 1;
const IMPLIED_OUTPUTS: i32 = 2;
/** A unit in the last place of 1. */
const ULP: f64 = 2.220446049250313e-16;
/** A volatility that one unit in the last place of the inputs moves by more than this is no answer. */
const UNCERTAINTY_MAX: f64 = 1e-3;
const ROUNDS_MAX: i32 = 100;
const FOUR_ULPS: f64 = 4 * ULP;
/** Relative; far from the root the noise seems larger than it is. */
const STEP_MIN: f64 = 1e-7;
const STEP_MAX: f64 = 1e-4;
const SMALLEST: f64 = 5e-324;
const SQRT_2PI: f64 = 2.5066282746310002;
const LOG_SQRT_2PI: f64 = 0.9189385332046728;

/**
 * The volatility at which the European price is the quoted one, into the outputs of a row, with the relative change of it that one unit in
 * the last place of the inputs makes. Never a number that the price does not determine.
 */
export function implyVolatility(option: Option, row: i32): u8 {
  const status = imply(option, row);
  if (status != OK) writeNothing(row, IMPLIED_OUTPUTS);
  return status;
}

function imply(option: Option, row: i32): u8 {
  const problem = problemOf(option);
  if (problem != OK) return problem;
  const price = option.last;
  if (price != price || abs(price) == Infinity) return BAD_PRICE;
  if (price < 0) return NEGATIVE_PRICE;
  if (option.years == 0) return EXPIRED;
  const spotNow = option.spot * Math.exp(-option.dividendYield * option.years);
  const strikeNow = option.strike * Math.exp(-option.rate * option.years);
  const forward = option.sign * (spotNow - strikeNow);
  const most = option.right == 0 ? spotNow : strikeNow;
  // An intrinsic value and a maximum are rounded themselves: within their last places nothing is known.
  const noise = max(SMALLEST, ULP * (forward > 0 ? price + spotNow + strikeNow : price));
  if (price < forward - noise) return BELOW_INTRINSIC;
  if (price >= most) return price == most || price > most * (1 + FOUR_ULPS) ? ABOVE_MAXIMUM : UNIDENTIFIABLE;
  const time = price - max(0, forward);
  if (!(time > 0)) return UNIDENTIFIABLE;
  const scale = sqrt(spotNow) * sqrt(strikeNow);
  const x = abs(logRatio(option.spot, option.strike) + (option.rate - option.dividendYield) * option.years);
  const cap = min(spotNow, strikeNow) / scale;
  const s = isSmall(x, cap, time / scale)
    ? solveSmall(x, Math.log(time) - Math.log(scale), noise / time)
    : solveLarge(x, cap, time / scale, (most - price) / scale, noise / time);
  const uncertainty = (noise / time) * elasticity;
  if (!(s > 0 && uncertainty < UNCERTAINTY_MAX)) return UNIDENTIFIABLE;
  writeOutput(VOLATILITY, row, s / sqrt(option.years));
  writeOutput(UNCERTAINTY, row, uncertainty);
  return OK;
}

/** Relative change of the volatility over that of the time value, at the last trial. */
let elasticity: f64 = 0;

/** Whether a value over √(spot now · strike now) belongs below the inflection, at a total volatility of √(2x). */
function isSmall(x: f64, cap: f64, value: f64): bool {
  if (x == 0) return false;
  const t = 0.5 * sqrt(2 * x);
  return value < timeValue(density(t, t), cap, t, t, mills(0), mills(2 * t));
}

/** Halley's step from Newton's, where it is no leap; `bend` is the second derivative over the first. */
function halley(newton: f64, bend: f64): f64 {
  const divisor = 1 + 0.5 * newton * bend;
  return divisor > 0.5 && divisor < 2 ? newton / divisor : newton;
}

/** Halley's steps cube their errors: after one this small, or within the price's own noise, the next would change nothing. */
function isLast(s: f64, next: f64, noise: f64): bool {
  return abs(next - s) <= s * max(STEP_MIN, min(STEP_MAX, noise * elasticity));
}

/**
 * Halley's method within a bracket, below the inflection. The value falls like exp(−x²/2s²) there: 1/√(−ln value) is almost a straight line
 * of s. Logarithms all the way, for densities end where a double does. Answers 0 where it does not converge.
 */
function solveSmall(x: f64, logValue: f64, noise: f64): f64 {
  const wanted = 1 / sqrt(-logValue);
  const inflection = sqrt(2 * x);
  let untried = true;
  let low: f64 = 0;
  let high = inflection;
  let s = min(0.99 * high, x * Math.SQRT1_2 * wanted);
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const z = x / s;
    const t = 0.5 * s;
    const ratio = valueRatio(z, t, mills(max(0, z - t)), mills(z + t));
    elasticity = ratio / s;
    const now = 0.5 * (z * z + t * t) + LOG_SQRT_2PI - Math.log(ratio);
    if (-now < logValue) low = s;
    else high = s;
    const bend = (z * z) / s - 0.25 * s + (1.5 / now - 1) / ratio;
    let next = s + halley((wanted * sqrt(now) - 1) * 2 * now * ratio, bend);
    if (isLast(s, next, noise)) return next;
    // Rounding may lead just over the inflection, which is then tried itself, once.
    if (untried && next >= high && high == inflection) {
      untried = false;
      next = inflection;
    } else if (!(next > low && next < high)) next = 0.5 * (low + high);
    if (high - low <= FOUR_ULPS * s) return next;
    s = next;
  }
  return 0;
}

/**
 * The same above the inflection. To half of the maximum the value itself is almost straight; beyond it √(−ln missing) is, as what is missing
 * to the maximum falls like exp(−s²/8).
 */
function solveLarge(x: f64, cap: f64, value: f64, missing: f64, noise: f64): f64 {
  const straight = value < 0.5 * cap;
  const wanted = straight ? value : sqrt(-Math.log(missing / cap));
  const inflection = sqrt(2 * x);
  let untried = inflection > 0;
  let low = inflection;
  let high = Infinity;
  let s = max(low, min(value * SQRT_2PI, 8));
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const z = x / s;
    const t = 0.5 * s;
    const slope = density(z, t);
    const near = mills(abs(z - t));
    const far = mills(z + t);
    elasticity = value / (slope * s);
    const bend = (z * z) / s - 0.25 * s;
    let next = s;
    let under: bool;
    if (straight) {
      const tried = timeValue(slope, cap, z, t, near, far);
      under = tried < value;
      next += halley((value - tried) / slope, bend);
    } else {
      const lack = missingValue(slope, cap, z, t, near, far);
      under = lack > missing;
      const now = sqrt(-Math.log(lack / cap));
      const fall = slope / lack;
      next += halley(((wanted - now) * 2 * now) / fall, bend + fall - fall / (2 * now * now));
    }
    if (under) low = s;
    else high = s;
    if (isLast(s, next, noise)) return next;
    if (untried && next <= low && low == inflection) {
      untried = false;
      next = inflection;
    } else if (!(next > low && next < high)) next = high == Infinity ? 2 * s : 0.5 * (low + high);
    if (high - low <= FOUR_ULPS * s) return next;
    s = next;
  }
  return 0;
}
