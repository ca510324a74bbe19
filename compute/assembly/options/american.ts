import { writeNothing, writeOutput } from './columns';
import { BAD_VOLATILITY, OK, Option, UNCERTAINTY_MIN, UNSTABLE_TREE, isVolatility, logRatio, problemOf } from './inputs';
import { down1, down2, middle2, price, up1, up2, walk, walkRecombining } from './tree';

const PRICE: i32 = 0;
const DELTA: i32 = 1;
const GAMMA: i32 = 2;
const AMERICAN_OUTPUTS: i32 = 3;
/** The logarithm of the tree's top over the spot: with the largest spot it is still far from overflow. */
const LOG_MAX: f64 = 500;

/** An American option by a binomial tree into the outputs of a row: price, delta, gamma. */
export function priceAmerican(option: Option, row: i32, steps: i32, leisenReimer: bool): u8 {
  const status = priceBy(option, row, steps, leisenReimer);
  if (status != OK) writeNothing(row, AMERICAN_OUTPUTS);
  return status;
}

function priceBy(option: Option, row: i32, steps: i32, leisenReimer: bool): u8 {
  const problem = problemOf(option);
  if (problem != OK) return problem;
  if (!isVolatility(option.last)) return BAD_VOLATILITY;
  if (option.last * sqrt(option.years) <= UNCERTAINTY_MIN) return priceCertain(option, row);
  return leisenReimer ? priceLeisenReimer(option, row, steps) : priceCoxRossRubinstein(option, row, steps);
}

function isProbability(value: f64): bool {
  return value > 0 && value < 1;
}

function priceCoxRossRubinstein(option: Option, row: i32, steps: i32): u8 {
  const dt = option.years / f64(steps);
  const width = option.last * sqrt(dt);
  const rise = Math.exp(width);
  const fall = 1 / rise;
  const growth = Math.exp((option.rate - option.dividendYield) * dt);
  const up = (growth - fall) / (rise - fall);
  // The forward leaves the tree where a step of volatility is shorter than one of drift; or the top of the tree is not a number.
  if (!isProbability(up) || width * f64(steps) > LOG_MAX) return UNSTABLE_TREE;
  const discount = Math.exp(-option.rate * dt);
  walkRecombining(option, steps, width, discount * up, discount * (1 - up));
  return writeDifferences(option, row, rise, fall);
}

/**
 * D. P. J. Leisen and M. Reimer, "Binomial models for option valuation: examining and improving convergence", 1996, with the second
 * inversion of Peizer and Pratt. Takes an odd number of steps: an even one is raised by one.
 */
function priceLeisenReimer(option: Option, row: i32, evenSteps: i32): u8 {
  const steps = evenSteps | 1;
  const dt = option.years / f64(steps);
  const s = option.last * sqrt(option.years);
  const carry = option.rate - option.dividendYield;
  const d2 = (logRatio(option.spot, option.strike) + carry * option.years) / s - 0.5 * s;
  const d1 = d2 + s;
  const least = tail(d2, steps);
  const leastWithSpot = tail(d1, steps);
  if (!isProbability(least) || !isProbability(leastWithSpot)) return UNSTABLE_TREE;
  const up = d2 < 0 ? least : 1 - least;
  const down = d2 < 0 ? 1 - least : least;
  const growth = Math.exp(carry * dt);
  const rise = (growth * (d1 < 0 ? leastWithSpot : 1 - leastWithSpot)) / up;
  const fall = (growth * (d1 < 0 ? 1 - leastWithSpot : leastWithSpot)) / down;
  if (!(rise > fall) || f64(steps) * max(abs(Math.log(rise)), abs(Math.log(fall))) > LOG_MAX) return UNSTABLE_TREE;
  const discount = Math.exp(-option.rate * dt);
  walk(option, steps, rise, fall, discount * up, discount * down);
  return writeDifferences(option, row, rise, fall);
}

/**
 * The smaller of the two probabilities of a step with which the tail at the middle of the tree is the normal one at z:
 * (1 − √(1 − e)) / 2 with e = exp(−…), written so that a small one keeps its digits.
 */
function tail(z: f64, steps: i32): f64 {
  const n = f64(steps);
  const scaled = z / (n + 1.0 / 3.0 + 0.1 / (n + 1));
  const exponent = -scaled * scaled * (n + 1.0 / 6.0);
  return (0.5 * Math.exp(exponent)) / (1 + sqrt(-Math.expm1(exponent)));
}

/** Differences over the first two steps: J. C. Hull, "Options, Futures, and Other Derivatives", on binomial trees. */
function writeDifferences(option: Option, row: i32, rise: f64, fall: f64): u8 {
  const spot = option.spot;
  const top = spot * rise * rise;
  const centre = spot * rise * fall;
  const bottom = spot * fall * fall;
  writeOutput(PRICE, row, price);
  writeOutput(DELTA, row, (up1 - down1) / (spot * (rise - fall)));
  const upper = (up2 - middle2) / (top - centre);
  const lower = (middle2 - down2) / (centre - bottom);
  writeOutput(GAMMA, row, (upper - lower) / (0.5 * (top - bottom)));
  return OK;
}

/**
 * At expiry, or without volatility: the best time to exercise is known now. What exercise after τ years is worth today,
 * spot·e^(−qτ) − strike·e^(−rτ) for a call, is greatest at an end or where its slope is zero.
 */
function priceCertain(option: Option, row: i32): u8 {
  const carry = option.rate - option.dividendYield;
  const turn = Math.log((option.rate * option.strike) / (option.dividendYield * option.spot)) / carry;
  let best = exerciseAfter(option, 0);
  let when: f64 = 0;
  const end = exerciseAfter(option, option.years);
  if (end > best) {
    best = end;
    when = option.years;
  }
  if (turn > 0 && turn < option.years && exerciseAfter(option, turn) > best) {
    best = exerciseAfter(option, turn);
    when = turn;
  }
  const held: f64 = best > 0 ? 1 : best == 0 ? 0.5 : 0;
  writeOutput(PRICE, row, max(0, best));
  writeOutput(DELTA, row, option.sign * held * Math.exp(-option.dividendYield * when));
  writeOutput(GAMMA, row, best == 0 ? NaN : 0);
  return OK;
}

function exerciseAfter(option: Option, years: f64): f64 {
  const spot = option.spot * Math.exp(-option.dividendYield * years);
  return option.sign * (spot - option.strike * Math.exp(-option.rate * years));
}
