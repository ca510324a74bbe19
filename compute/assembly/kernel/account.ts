import { CASH, POSITION, recordOf, slice } from '../sdk/slice';
import { commissionFixed, commissionPerUnit, commissionRate, reduce, slippage, wholeUnits } from './options';
import { Table } from './table';
import { addLot, closeLots } from './trades';

/** What trading has cost and moved so far, in cash. */
export let fees: f64 = 0;
export let slippageCost: f64 = 0;
export let traded: f64 = 0;
/** Orders that filled. */
export let orders: i32 = 0;
/** Symbols in which a position is held. */
export let held: i32 = 0;

/** Orders that were refused: bar, code, symbol, limit, actual. */
export const denials: Table = new Table(5);
/** The order costs more than the cash there is: limit is the cash, actual the cost with commission. */
export const INSUFFICIENT_CASH: i32 = 0;
/** The size policy comes to less than one whole unit: limit is 1, actual the units. */
export const BELOW_ONE_UNIT: i32 = 1;

/** Relative room for rounding when a size was computed from the very cash that must pay for it. */
const ROUNDING: f64 = 1e-12;

export function resetAccount(): void {
  fees = 0;
  slippageCost = 0;
  traded = 0;
  orders = 0;
  held = 0;
}

/** Units that may be traded: whole where asked for, rounded towards zero. `units` is not negative. */
export function roundUnits(units: f64): f64 {
  return wholeUnits ? Math.floor(units * (1 + ROUNDING)) : units;
}

/** The price at which a trade in this direction fills: slippage is always against us. */
export function fillPrice(arrival: f64, direction: f64): f64 {
  return arrival * (1 + direction * slippage);
}

function commissionOf(units: f64, price: f64): f64 {
  return units * price * commissionRate + commissionFixed + units * commissionPerUnit;
}

/** Units that `money` buys, commission included. */
export function affordable(money: f64, price: f64): f64 {
  return max(0, (money - commissionFixed) / (price * (1 + commissionRate) + commissionPerUnit));
}

export function deny(bar: i32, code: i32, symbol: i32, limit: f64, actual: f64): void {
  const row = denials.push();
  store<f64>(row, f64(bar));
  store<f64>(row + 8, f64(code));
  store<f64>(row + 16, f64(symbol));
  store<f64>(row + 24, limit);
  store<f64>(row + 32, actual);
}

function book(symbol: i32, direction: f64, units: f64, arrival: f64, price: f64, commission: f64): void {
  const record = recordOf(symbol);
  store<f64>(slice + CASH, load<f64>(slice + CASH) - direction * units * price - commission);
  const before = load<f64>(record + POSITION);
  const after = before + direction * units;
  store<f64>(record + POSITION, after);
  held += i32(after != 0) - i32(before != 0);
  fees += commission;
  slippageCost += units * Math.abs(price - arrival);
  traded += units * price;
  orders += 1;
}

/** Close `units` of the position, never refused: a way out is always open. */
export function closeUnits(symbol: i32, bar: i32, units: f64, arrival: f64): void {
  const position = load<f64>(recordOf(symbol) + POSITION);
  const direction: f64 = position > 0 ? -1 : 1;
  const price = fillPrice(arrival, direction);
  const commission = commissionOf(units, price);
  closeLots(symbol, bar, units, units == Math.abs(position), price, commission);
  book(symbol, direction, units, arrival, price, commission);
}

/** Open or add `units`. What cash cannot pay is refused, or reduced where the options say so. A short sale needs cash for its commission only. */
export function openUnits(symbol: i32, bar: i32, direction: f64, units: f64, arrival: f64): void {
  const price = fillPrice(arrival, direction);
  const cash = load<f64>(slice + CASH);
  let size = units;
  if (direction > 0 && reduce) size = min(size, roundUnits(affordable(cash, price)));
  const commission = commissionOf(size, price);
  const cost = direction * size * price + commission;
  if (size <= 0 || cost > cash + Math.abs(cash) * ROUNDING) {
    const wished = units == size ? cost : direction * units * price + commissionOf(units, price);
    deny(bar, INSUFFICIENT_CASH, symbol, cash, wished);
    return;
  }
  addLot(symbol, bar, direction, size, price, commission);
  book(symbol, direction, size, arrival, price, commission);
}
