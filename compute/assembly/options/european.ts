import { timeValue } from './black';
import { writeNothing, writeOutput } from './columns';
import { BAD_VOLATILITY, OK, Option, UNCERTAINTY_MIN, isVolatility, logRatio, problemOf } from './inputs';
import { density, mills } from './normal';

const PRICE: i32 = 0;
const DELTA: i32 = 1;
const GAMMA: i32 = 2;
const VEGA: i32 = 3;
const THETA: i32 = 4;
const RHO: i32 = 5;
const PHI: i32 = 6;
const VANNA: i32 = 7;
const VOLGA: i32 = 8;
const CHARM: i32 = 9;
export const EUROPEAN_OUTPUTS: i32 = 10;
const PER_SQRT_2PI: f64 = 0.3989422804014327;

/**
 * Black–Scholes–Merton with a continuous dividend yield (R. C. Merton, "Theory of rational option pricing", 1973) into the outputs of a
 * row. Units: vega, vanna and volga per 1.00 of volatility; theta and charm per year of calendar time; rho and phi per 1.00 of rate and yield.
 */
export function priceEuropean(option: Option, row: i32): u8 {
  const problem = problemOf(option);
  const status = problem == OK && !isVolatility(option.last) ? BAD_VOLATILITY : problem;
  if (status != OK) writeNothing(row, EUROPEAN_OUTPUTS);
  else if (option.last * sqrt(option.years) <= UNCERTAINTY_MIN) priceCertain(option, row);
  else priceUncertain(option, row);
  return status;
}

function priceUncertain(option: Option, row: i32): void {
  const years = option.years;
  const volatility = option.last;
  const sign = option.sign;
  const root = sqrt(years);
  const s = volatility * root;
  const spotNow = option.spot * Math.exp(-option.dividendYield * years);
  const strikeNow = option.strike * Math.exp(-option.rate * years);
  const carry = option.rate - option.dividendYield;
  const h = (logRatio(option.spot, option.strike) + carry * years) / s;
  const t = 0.5 * s;
  const d1 = h + t;
  const d2 = h - t;
  const ratio1 = mills(abs(d1));
  const ratio2 = mills(abs(d2));
  // Spot now · density(d1) and strike now · density(d2) are one number.
  const weight = sqrt(spotNow) * sqrt(strikeNow) * density(h, t);
  const near = min(abs(d1), abs(d2)) == abs(d1) ? ratio1 : ratio2;
  const far = near == ratio1 ? ratio2 : ratio1;
  const time = timeValue(weight, min(spotNow, strikeNow), abs(h), t, near, far);
  writeOutput(PRICE, row, max(0, sign * (spotNow - strikeNow)) + time);

  // What the option holds: so much spot, and so much strike.
  const spotHeld = sign * d1 > 0 ? spotNow - weight * ratio1 : weight * ratio1;
  const strikeHeld = sign * d2 > 0 ? strikeNow - weight * ratio2 : weight * ratio2;
  writeOutput(DELTA, row, (sign * spotHeld) / option.spot);
  writeOutput(GAMMA, row, weight / (option.spot * option.spot * s));
  writeOutput(VEGA, row, weight * root);
  const decay = (-weight * volatility) / (2 * root);
  writeOutput(THETA, row, decay + sign * (option.dividendYield * spotHeld - option.rate * strikeHeld));
  writeOutput(RHO, row, sign * years * strikeHeld);
  writeOutput(PHI, row, -sign * years * spotHeld);
  if (weight == 0) return writeFlat(option.dividendYield * sign * (spotHeld / option.spot), row);
  writeOutput(VANNA, row, ((-weight / option.spot) * d2) / volatility);
  writeOutput(VOLGA, row, (weight * root * d1 * d2) / volatility);
  const drift = (2 * carry * years - d2 * s) / (2 * years * s);
  writeOutput(CHARM, row, option.dividendYield * sign * (spotHeld / option.spot) - (weight / option.spot) * drift);
}

function writeFlat(charm: f64, row: i32): void {
  writeOutput(VANNA, row, 0);
  writeOutput(VOLGA, row, 0);
  writeOutput(CHARM, row, charm);
}

/**
 * At expiry, or without volatility: the forward's intrinsic value, discounted. Exactly at the strike delta and rho are the mean of both
 * sides, vega is its limit, and what has no limit there (gamma, theta, vanna, volga, charm) is not a number.
 */
function priceCertain(option: Option, row: i32): void {
  const years = option.years;
  const sign = option.sign;
  const spotNow = option.spot * Math.exp(-option.dividendYield * years);
  const strikeNow = option.strike * Math.exp(-option.rate * years);
  const x = sign * (logRatio(option.spot, option.strike) + (option.rate - option.dividendYield) * years);
  const kink = x == 0;
  const held: f64 = x > 0 ? 1 : kink ? 0.5 : 0;
  const delta = (sign * held * spotNow) / option.spot;
  const flat: f64 = kink ? NaN : 0;
  writeOutput(PRICE, row, x > 0 ? max(0, sign * (spotNow - strikeNow)) : 0);
  writeOutput(DELTA, row, delta);
  writeOutput(GAMMA, row, flat);
  writeOutput(VEGA, row, kink ? spotNow * PER_SQRT_2PI * sqrt(years) : 0);
  writeOutput(THETA, row, flat + sign * held * (option.dividendYield * spotNow - option.rate * strikeNow));
  writeOutput(RHO, row, sign * years * held * strikeNow);
  writeOutput(PHI, row, -sign * years * held * spotNow);
  writeOutput(VANNA, row, flat);
  writeOutput(VOLGA, row, flat);
  writeOutput(CHARM, row, flat + option.dividendYield * delta);
}
