/** What is said of each row. The host knows the same numbers. */
export const OK: u8 = 0;
export const BAD_RIGHT: u8 = 1;
export const BAD_SPOT: u8 = 2;
export const BAD_STRIKE: u8 = 3;
export const BAD_YEARS: u8 = 4;
export const BAD_RATE: u8 = 5;
export const BAD_DIVIDEND_YIELD: u8 = 6;
export const BAD_VOLATILITY: u8 = 7;
export const BAD_PRICE: u8 = 8;
export const NEGATIVE_PRICE: u8 = 9;
export const EXPIRED: u8 = 10;
export const BELOW_INTRINSIC: u8 = 11;
export const ABOVE_MAXIMUM: u8 = 12;
export const UNIDENTIFIABLE: u8 = 13;
export const UNSTABLE_TREE: u8 = 14;

const PRICE_MIN: f64 = 1e-50;
const PRICE_MAX: f64 = 1e50;
const YEARS_MAX: f64 = 10_000;
const RATE_MAX: f64 = 100;
/** Rate times years: e^100 is a number whose products with the largest price are far from overflow. */
const GROWTH_MAX: f64 = 100;
const VOLATILITY_MAX: f64 = 1000;
/** Below it volatility·√years is no uncertainty at all. */
export const UNCERTAINTY_MIN: f64 = 1e-30;

/** Comparisons with what is not a number are false, so that this refuses it. */
function within(value: f64, least: f64, most: f64): bool {
  return value >= least && value <= most;
}

/** One option; the last column, a volatility or a price, is checked by who reads it. */
@unmanaged
export class Option {
  right: f64;
  spot: f64;
  strike: f64;
  years: f64;
  rate: f64;
  dividendYield: f64;
  last: f64;

  /** 1 for a call, −1 for a put. */
  get sign(): f64 {
    return 1 - 2 * this.right;
  }
}

/** The first thing that is wrong with an option, its last column aside. */
export function problemOf(option: Option): u8 {
  if (option.right != 0 && option.right != 1) return BAD_RIGHT;
  if (!within(option.spot, PRICE_MIN, PRICE_MAX)) return BAD_SPOT;
  if (!within(option.strike, PRICE_MIN, PRICE_MAX)) return BAD_STRIKE;
  if (!within(option.years, 0, YEARS_MAX)) return BAD_YEARS;
  if (!grows(option.rate, option.years)) return BAD_RATE;
  return grows(option.dividendYield, option.years) ? OK : BAD_DIVIDEND_YIELD;
}

function grows(rate: f64, years: f64): bool {
  return within(abs(rate), 0, RATE_MAX) && abs(rate * years) <= GROWTH_MAX;
}

export function isVolatility(value: f64): bool {
  return within(value, 0, VOLATILITY_MAX);
}

/** ln(spot / strike) keeps its digits where the two are close: their difference is exact there. */
export function logRatio(spot: f64, strike: f64): f64 {
  const close = spot > 0.5 * strike && spot < 2 * strike;
  return close ? Math.log1p((spot - strike) / strike) : Math.log(spot / strike);
}
