import { VOLUME, priceOf, recordOf } from '../sdk/slice';
import {
  SPREAD_MODEL,
  SQUARE_ROOT,
  VOLUME_SHARE,
  commissionFixed,
  commissionMinimum,
  commissionPerUnit,
  commissionRate,
  fillModel,
  impact,
  periodsPerYear,
  regulatoryFees,
  slippage,
  spread,
} from './options';
import { barsSeen, closeBefore, volumeBefore } from './market';

/**
 * What US regulators take on a fill, as Alpaca passes it on, at the rates of 2026: section 31 of the Securities Exchange Act (20.60 dollars a
 * million sold), FINRA's trading activity fee (a share sold, capped), the consolidated audit trail (a share, both sides). Unrounded.
 */
const SECTION_31: f64 = 0.0000206;
const TRADING_ACTIVITY: f64 = 0.000195;
const TRADING_ACTIVITY_MAX: f64 = 9.79;
const AUDIT_TRAIL: f64 = 0.000003;

const TRADING_DAYS: f64 = 252;

/** An order of which nothing has filled yet. */
export const NOT_CHARGED: f64 = -1;

/** The commission of an order so far, its minimum not regarded, after a fill. `charged`: the same before it; below zero at the first. */
export function chargedAfter(units: f64, price: f64, charged: f64): f64 {
  const part = units * price * commissionRate + (charged < 0 ? commissionFixed : 0) + units * commissionPerUnit;
  return charged < 0 ? part : charged + part;
}

/** What a fill costs apart from its price. Parts of one order share its fixed part and its minimum: see `chargedAfter`. */
export function commissionOf(direction: f64, units: f64, price: f64, charged: f64): f64 {
  const plain = chargedAfter(units, price, charged);
  const due = plain < commissionMinimum ? commissionMinimum : plain;
  const commission = charged < 0 ? due : due - max(charged, commissionMinimum);
  return regulatoryFees ? commission + feesOf(direction, units, price) : commission;
}

function feesOf(direction: f64, units: f64, price: f64): f64 {
  const audit = units * AUDIT_TRAIL;
  return direction > 0 ? audit : audit + min(units * TRADING_ACTIVITY, TRADING_ACTIVITY_MAX) + units * price * SECTION_31;
}

/** Units that `money` buys, commission included. A minimum and fees are left out: the order is checked again with them. */
export function affordable(money: f64, price: f64): f64 {
  return max(0, (money - commissionFixed) / (price * (1 + commissionRate) + commissionPerUnit));
}

/** However large an order, and whatever a model of its impact says, nobody has to pay to sell: this part of the price is left. */
const PRICE_LEFT: f64 = 0.0001;

/** The price at which a market or stop order of `units` fills that arrives at `arrival`: all that the fill model adds is against us. */
export function fillPrice(symbol: i32, arrival: f64, direction: f64, units: f64): f64 {
  return arrival * max(PRICE_LEFT, 1 + direction * (slippage + modelCost(symbol, units)));
}

function modelCost(symbol: i32, units: f64): f64 {
  if (fillModel == SPREAD_MODEL) return spread / 2;
  if (fillModel == VOLUME_SHARE) return volumeShareCost(symbol, units);
  if (fillModel == SQUARE_ROOT) return squareRootCost(symbol, units);
  return 0;
}

/** Impact × (units / the bar's volume)². */
function volumeShareCost(symbol: i32, units: f64): f64 {
  const share = units / priceOf(recordOf(symbol), VOLUME);
  return share < Infinity ? impact * share * share : 0;
}

/** Impact × daily volatility × √(units / average daily volume): the square-root law, from the 20 days before this bar. */
function squareRootCost(symbol: i32, units: f64): f64 {
  const volume = dailyVolume(symbol);
  const volatility = dailyVolatility(symbol, 20);
  return volume > 0 && volatility == volatility ? impact * volatility * Math.sqrt(units / volume) : 0;
}

/** Bars that `days` trading days have: one at least. */
export function barsOf(days: f64): i32 {
  return max(1, i32(min(100000, Math.round((days * periodsPerYear) / TRADING_DAYS))));
}

/** Average volume a day over the 20 days before this bar; not-a-number while there is no bar before. */
export function dailyVolume(symbol: i32): f64 {
  const count = min(barsOf(20), barsSeen(symbol));
  let sum: f64 = 0;
  for (let back = 1; back <= count; back++) sum += volumeBefore(symbol, back);
  return (sum / f64(count)) * max(1, periodsPerYear / TRADING_DAYS);
}

/** Average of close × volume a day over the 20 days before this bar. */
export function dailyDollarVolume(symbol: i32): f64 {
  const count = min(barsOf(20), barsSeen(symbol));
  let sum: f64 = 0;
  for (let back = 1; back <= count; back++) sum += volumeBefore(symbol, back) * closeBefore(symbol, back);
  return (sum / f64(count)) * max(1, periodsPerYear / TRADING_DAYS);
}

/** Sample standard deviation of a day's return over the `days` before this bar; not-a-number while those are not there. */
export function dailyVolatility(symbol: i32, days: f64): f64 {
  const count = max(2, barsOf(days));
  if (barsSeen(symbol) <= count) return NaN;
  let sum: f64 = 0;
  let squares: f64 = 0;
  for (let back = 1; back <= count; back++) {
    const change = closeBefore(symbol, back) / closeBefore(symbol, back + 1) - 1;
    sum += change;
    squares += change * change;
  }
  const variance = (squares - (sum * sum) / f64(count)) / f64(count - 1);
  return Math.sqrt(max(0, variance) * max(1, periodsPerYear / TRADING_DAYS));
}
