import { CLOSE, priceOf, recordOf } from '../sdk/slice';
import { Table } from './table';

/** Round trips, matched first in, first out: closed ones in the order of their exits, then those open at the end. */
export const TRADE_SYMBOL: usize = 0;
export const TRADE_DIRECTION: usize = 8;
export const TRADE_SIZE: usize = 16;
export const TRADE_ENTRY_BAR: usize = 24;
export const TRADE_ENTRY_PRICE: usize = 32;
/** -1 while open. */
export const TRADE_EXIT_BAR: usize = 40;
/** Not-a-number while open. */
export const TRADE_EXIT_PRICE: usize = 48;
export const TRADE_GROSS_PNL: usize = 56;
export const TRADE_COMMISSION: usize = 64;
const TRADE_FIELDS: i32 = 9;

const LOT_UNITS: usize = 0;
const LOT_PRICE: usize = 8;
const LOT_COMMISSION: usize = 16;
const LOT_BAR: usize = 24;
const LOT_DIRECTION: usize = 32;
/** Index of the symbol's next lot, -1 at the last. */
const LOT_NEXT: usize = 40;
const LOT_FIELDS: i32 = 6;

export const trades: Table = new Table(TRADE_FIELDS);
const lots: Table = new Table(LOT_FIELDS);
/** Lots that are still open, of all symbols. */
let openLots: i32 = 0;
let firstLots: StaticArray<i32> = [];
let lastLots: StaticArray<i32> = [];

export function openTrades(symbols: i32): void {
  firstLots = new StaticArray<i32>(symbols).fill(-1);
  lastLots = new StaticArray<i32>(symbols).fill(-1);
  openLots = 0;
  lots.clear();
  trades.clear();
}

/** `ratio` new units for each old one: what they cost in all stays the same. */
export function splitLots(symbol: i32, ratio: f64): void {
  for (let index = firstLots[symbol]; index >= 0; index = i32(load<f64>(lots.row(index) + LOT_NEXT))) {
    const lot = lots.row(index);
    store<f64>(lot + LOT_UNITS, load<f64>(lot + LOT_UNITS) * ratio);
    store<f64>(lot + LOT_PRICE, load<f64>(lot + LOT_PRICE) / ratio);
  }
}

/** A fill that opens or adds. `units` is positive. */
export function addLot(symbol: i32, bar: i32, direction: f64, units: f64, price: f64, commission: f64): void {
  const index = lots.count;
  const lot = lots.push();
  store<f64>(lot + LOT_UNITS, units);
  store<f64>(lot + LOT_PRICE, price);
  store<f64>(lot + LOT_COMMISSION, commission);
  store<f64>(lot + LOT_BAR, f64(bar));
  store<f64>(lot + LOT_DIRECTION, direction);
  store<f64>(lot + LOT_NEXT, -1);
  const last = lastLots[symbol];
  if (last < 0) firstLots[symbol] = index;
  else store<f64>(lots.row(last) + LOT_NEXT, f64(index));
  lastLots[symbol] = index;
  openLots += 1;
}

function writeTrade(symbol: i32, lot: usize, units: f64, commission: f64, exitBar: i32, exitPrice: f64, mark: f64): void {
  const row = trades.push();
  const direction = load<f64>(lot + LOT_DIRECTION);
  const price = load<f64>(lot + LOT_PRICE);
  store<f64>(row + TRADE_SYMBOL, f64(symbol));
  store<f64>(row + TRADE_DIRECTION, direction);
  store<f64>(row + TRADE_SIZE, units);
  store<f64>(row + TRADE_ENTRY_BAR, load<f64>(lot + LOT_BAR));
  store<f64>(row + TRADE_ENTRY_PRICE, price);
  store<f64>(row + TRADE_EXIT_BAR, f64(exitBar));
  store<f64>(row + TRADE_EXIT_PRICE, exitPrice);
  // Adding zero turns a negative zero into zero.
  store<f64>(row + TRADE_GROSS_PNL, (mark - price) * units * direction + 0.0);
  store<f64>(row + TRADE_COMMISSION, commission);
}

/**
 * A fill that closes or reduces by `units`, all of the position where `whole`. Each lot that it ends, or ends in part, is a trade;
 * commissions are shared by units.
 */
export function closeLots(symbol: i32, bar: i32, units: f64, whole: bool, price: f64, commission: f64): void {
  let left = units;
  let index = firstLots[symbol];
  while (index >= 0 && (whole || left > 0)) {
    const lot = lots.row(index);
    const held = load<f64>(lot + LOT_UNITS);
    const entryCommission = load<f64>(lot + LOT_COMMISSION);
    const taken = whole ? held : min(held, left);
    const all = taken == held;
    const entryShare = all ? entryCommission : entryCommission * (taken / held);
    writeTrade(symbol, lot, taken, entryShare + commission * (taken / units), bar, price, price);
    left -= taken;
    if (!all) {
      store<f64>(lot + LOT_UNITS, held - taken);
      store<f64>(lot + LOT_COMMISSION, entryCommission - entryShare);
      return;
    }
    index = i32(load<f64>(lot + LOT_NEXT));
    firstLots[symbol] = index;
    openLots -= 1;
  }
  if (index < 0) lastLots[symbol] = -1;
  // Nothing refers to a row any more: the same memory serves again.
  if (openLots == 0) lots.clear();
}

/** At the end of the data: what is still open, marked at the last close. */
export function writeOpenTrades(symbols: i32): void {
  for (let symbol = 0; symbol < symbols; symbol++) {
    for (let index = firstLots[symbol]; index >= 0;) {
      const lot = lots.row(index);
      writeTrade(symbol, lot, load<f64>(lot + LOT_UNITS), load<f64>(lot + LOT_COMMISSION), -1, NaN, priceOf(recordOf(symbol), CLOSE));
      index = i32(load<f64>(lot + LOT_NEXT));
    }
  }
}
