import { CASH, ENTRY_PRICE, POSITION, VOLUME, priceOf, recordOf, slice } from '../sdk/slice';
import { NOT_CHARGED, affordable, chargedAfter, commissionOf, fillPrice } from './costs';
import { BELOW_ONE_UNIT, BUYING_POWER, INSUFFICIENT_CASH, deny } from './denials';
import { VOLUME_SHARE, fillModel, leverage, reduce, volumeLimit, wholeUnits } from './options';
import { equityAt, grossAt } from './exposure';
import { limitsAllow } from './limits';
import { addLot, closeLots } from './trades';
import { addHeld, removeHeld } from './holdings';

/** What trading has cost and moved so far, in cash. */
export let fees: f64 = 0;
export let slippageCost: f64 = 0;
export let traded: f64 = 0;
/** Orders that filled; parts of one order count singly. */
export let orders: i32 = 0;

/** Relative room for rounding when a size was computed from the very cash that must pay for it. */
const ROUNDING: f64 = 1e-12;

/** Whether so many units, next to so many others, are nothing but what rounding left. */
export function isCrumb(units: f64, others: f64): bool {
  return units <= others * ROUNDING;
}

const REFUSED: f64 = -1;

/** Of the order that filled last, what its next part must know: see `chargedAfter`. */
export let charged: f64 = NOT_CHARGED;

/** Units of each symbol that filled in this bar already. */
let filled: StaticArray<f64> = [];

export function openAccount(symbols: i32): void {
  fees = 0;
  slippageCost = 0;
  traded = 0;
  orders = 0;
  filled = new StaticArray<f64>(symbols);
}

/** With a new slice, a new volume. */
export function resetCapacity(): void {
  if (fillModel == VOLUME_SHARE) memory.fill(changetype<usize>(filled), 0, usize(filled.length) << 3);
}

/** Units that this bar's volume still allows. */
function capacityOf(symbol: i32): f64 {
  if (fillModel != VOLUME_SHARE) return Infinity;
  const room = volumeLimit * priceOf(recordOf(symbol), VOLUME);
  const left = room - filled[symbol];
  return isCrumb(left, room) ? 0 : roundUnits(left);
}

/** Units that may be traded: whole where asked for, rounded towards zero. `units` is not negative. */
export function roundUnits(units: f64): f64 {
  return wholeUnits ? Math.floor(units * (1 + ROUNDING)) : units;
}

function book(symbol: i32, direction: f64, units: f64, arrival: f64, price: f64, commission: f64): void {
  const record = recordOf(symbol);
  store<f64>(slice + CASH, load<f64>(slice + CASH) - direction * units * price - commission);
  const before = load<f64>(record + POSITION);
  const after = before + direction * units;
  store<f64>(record + POSITION, after);
  if (before == 0) {
    store<f64>(record + ENTRY_PRICE, price);
    addHeld(symbol);
  } else if (after == 0) {
    store<f64>(record + ENTRY_PRICE, NaN);
    removeHeld(symbol);
  } else if (before * direction > 0) {
    const held = Math.abs(before);
    store<f64>(record + ENTRY_PRICE, (load<f64>(record + ENTRY_PRICE) * held + price * units) / (held + units));
  }
  fees += commission;
  slippageCost += units * Math.abs(price - arrival);
  traded += units * price;
  orders += 1;
  if (fillModel == VOLUME_SHARE) filled[symbol] += units;
}

/**
 * Close `units` of the position, never refused: a way out is always open. Answers the units closed: fewer where volume is limited.
 * `atLimit`: the price is exactly `arrival`. `before`: `charged` after the order's part before this one.
 */
export function closeUnits(symbol: i32, bar: i32, units: f64, arrival: f64, atLimit: bool = false, before: f64 = NOT_CHARGED): f64 {
  charged = before;
  const position = load<f64>(recordOf(symbol) + POSITION);
  const direction: f64 = position > 0 ? -1 : 1;
  const held = Math.abs(position);
  let size = min(units, capacityOf(symbol));
  if (size <= 0) return 0;
  if (isCrumb(held - size, held)) size = held;
  const price = atLimit ? arrival : fillPrice(symbol, arrival, direction, size);
  const commission = commissionOf(direction, size, price, before);
  charged = chargedAfter(size, price, before);
  closeLots(symbol, bar, size, size == held, price, commission);
  book(symbol, direction, size, arrival, price, commission);
  return size;
}

/**
 * Open or add `units`; answers the units opened: 0 where the bar has no volume left, below zero where the order is refused. What cash cannot pay is refused, or reduced where the options say so. In a
 * cash account a short sale needs cash for its commission only; with leverage, gross exposure is kept below its multiple of equity.
 */
export function openUnits(
  symbol: i32,
  bar: i32,
  direction: f64,
  units: f64,
  arrival: f64,
  stopLoss: f64,
  atLimit: bool = false,
  before: f64 = NOT_CHARGED,
): f64 {
  charged = before;
  let size = min(units, capacityOf(symbol));
  if (size <= 0) return 0;
  const price = atLimit ? arrival : fillPrice(symbol, arrival, direction, size);
  const cash = load<f64>(slice + CASH);
  const money = leverage > 0 ? max(0, equityAt(symbol, price) * leverage - grossAt(symbol, price)) : cash;
  if (reduce && (direction > 0 || leverage > 0)) size = min(size, roundUnits(affordable(money, price)));
  const commission = commissionOf(direction, size, price, before);
  const sign = leverage > 0 ? 1 : direction;
  const cost = sign * size * price + commission;
  // What rounding left of the cash buys nothing.
  if (isCrumb(size, units) || cost > money + Math.abs(money) * ROUNDING) {
    const wished = units == size ? cost : sign * units * price + commissionOf(direction, units, price, before);
    deny(bar, leverage > 0 ? BUYING_POWER : INSUFFICIENT_CASH, symbol, money, wished);
    return REFUSED;
  }
  if (!limitsAllow(symbol, bar, direction, size, price, stopLoss)) return REFUSED;
  charged = chargedAfter(size, price, before);
  addLot(symbol, bar, direction, size, price, commission);
  book(symbol, direction, size, arrival, price, commission);
  return size;
}

/** The size policy comes to less than a unit. */
export function denyBelowOneUnit(symbol: i32, bar: i32, units: f64): void {
  deny(bar, BELOW_ONE_UNIT, symbol, 1, units);
}

/** Cash that comes or goes without a trade: dividends, interest, borrow. */
export function addCash(amount: f64): void {
  store<f64>(slice + CASH, load<f64>(slice + CASH) + amount);
}
