import { EQUITY, POSITION, recordOf, slice } from '../sdk/slice';
import { dailyDollarVolume, dailyVolatility, dailyVolume } from './costs';
import * as denial from './denials';
import { costOfPositions, equityAt, grossAt, netAt, shortAt } from './exposure';
import { held } from './holdings';
import {
  concentrationMax,
  dailyLossMax,
  deployedMax,
  drawdownMax,
  grossMax,
  initialCash,
  liquidityMin,
  netMax,
  orderNotionalMax,
  orderRiskMax,
  orderVolumeMax,
  orderWeightMax,
  positionsMax,
  priceMin,
  riskOn,
  shortMax,
} from './options';

/** What an order is supposed to lose where no stop says otherwise: this much, or so many daily deviations, whichever is more. */
const STRESS_MIN: f64 = 0.2;
const STRESS_DEVIATIONS: f64 = 6;
/** A short can lose more than it is worth; a stop may fill beyond its price. */
const SHORT_STRESS: f64 = 1.5;
const STOP_GAP: f64 = 1.25;
const DAY_MS: f64 = 86400000;

let highWaterMark: f64 = 0;
/** Equity at the last close of the day before. */
let dayStart: f64 = 0;
let day: f64 = NaN;
let isAllowed: bool = true;

export function openLimits(): void {
  highWaterMark = initialCash;
  dayStart = initialCash;
  day = NaN;
}

/** Before each slice: `equity` is the one of the last close. */
export function watchEquity(timeMs: f64, equity: f64): void {
  if (!riskOn) return;
  highWaterMark = max(highWaterMark, equity);
  const today = Math.floor(timeMs / DAY_MS);
  if (today == day) return;
  day = today;
  dayStart = equity;
}

function require(bar: i32, code: i32, symbol: i32, holds: bool, limit: f64, actual: f64): void {
  if (holds) return;
  isAllowed = false;
  denial.deny(bar, code, symbol, limit, actual);
}

/** What the order can lose, in money: by its stop, or under stress; all of it where volatility is not known yet. */
function riskOf(symbol: i32, direction: f64, units: f64, price: f64, stopLoss: f64): f64 {
  if (stopLoss == stopLoss) return units * Math.abs(price - stopLoss) * STOP_GAP;
  const volatility = dailyVolatility(symbol, 60);
  let stress = volatility == volatility ? max(STRESS_MIN, STRESS_DEVIATIONS * volatility) : 1;
  stress = direction > 0 ? min(1, stress) : stress * SHORT_STRESS;
  return units * price * stress;
}

/** Every control that makes sense in a backtest, by the formulas of the risk policy; each one that is violated is recorded. */
export function limitsAllow(symbol: i32, bar: i32, direction: f64, units: f64, price: f64, stopLoss: f64): bool {
  if (!riskOn) return true;
  isAllowed = true;
  const equity = equityAt(symbol, price);
  checkOrder(symbol, bar, direction, units, price, stopLoss, equity);
  checkExposure(symbol, bar, direction, units, price, equity);
  const marked = load<f64>(slice + EQUITY);
  const loss = 1 - marked / dayStart;
  require(bar, denial.DAILY_LOSS, symbol, loss < dailyLossMax, dailyLossMax, loss);
  const drawdown = 1 - marked / highWaterMark;
  require(bar, denial.DRAWDOWN, symbol, drawdown < drawdownMax, drawdownMax, drawdown);
  return isAllowed;
}

function checkOrder(symbol: i32, bar: i32, direction: f64, units: f64, price: f64, stopLoss: f64, equity: f64): void {
  const notional = units * price;
  const risk = riskOf(symbol, direction, units, price, stopLoss) / equity;
  require(bar, denial.ORDER_RISK, symbol, risk <= orderRiskMax, orderRiskMax, risk);
  const most = min(orderNotionalMax, orderWeightMax * equity);
  require(bar, denial.ORDER_NOTIONAL, symbol, notional <= most, most, notional);
  if (orderVolumeMax < Infinity) {
    const share = units / dailyVolume(symbol);
    require(bar, denial.ORDER_VOLUME, symbol, share <= orderVolumeMax, orderVolumeMax, share);
  }
  if (liquidityMin > 0) {
    const liquidity = dailyDollarVolume(symbol);
    require(bar, denial.MINIMUM_LIQUIDITY, symbol, liquidity >= liquidityMin, liquidityMin, liquidity);
  }
  require(bar, denial.MINIMUM_PRICE, symbol, price >= priceMin, priceMin, price);
}

function checkExposure(symbol: i32, bar: i32, direction: f64, units: f64, price: f64, equity: f64): void {
  const notional = units * price;
  const position = load<f64>(recordOf(symbol) + POSITION);
  const concentration = Math.abs(position * price + direction * notional) / equity;
  require(bar, denial.CONCENTRATION, symbol, concentration <= concentrationMax, concentrationMax, concentration);
  const gross = (grossAt(symbol, price) + notional) / equity;
  require(bar, denial.GROSS_EXPOSURE, symbol, gross <= grossMax, grossMax, gross);
  const net = Math.abs(netAt(symbol, price) + direction * notional) / equity;
  require(bar, denial.NET_EXPOSURE, symbol, net <= netMax, netMax, net);
  const deployed = (costOfPositions() + notional) / equity;
  require(bar, denial.CAPITAL_DEPLOYED, symbol, deployed <= deployedMax, deployedMax, deployed);
  const positions = f64(held + i32(position == 0));
  require(bar, denial.OPEN_POSITIONS, symbol, positions <= positionsMax, positionsMax, positions);
  if (direction > 0) return;
  const short = (shortAt(symbol, price) + notional) / equity;
  require(bar, denial.SHORT_SALE, symbol, short <= shortMax, shortMax, short);
}
