import { CASH, CLOSE, ENTRY_PRICE, POSITION, PRESENT, priceOf, recordOf, slice, symbolCount } from '../sdk/slice';
import { addCash } from './account';
import { held, heldSymbol } from './holdings';
import { borrowRate, cashRate, debitRate } from './options';
import { splitProtection } from './protection';
import { splitOrders } from './resting';
import { splitLots } from './trades';
import { splitTarget } from './waiting-targets';

const YEAR_MS: f64 = 31536000000;

/** Interest and borrow so far, signed: what was earned. */
export let financing: f64 = 0;
/** Dividends so far, signed: a short pays them. */
export let dividends: f64 = 0;
let before: f64 = NaN;

/** Corporate actions of each symbol: rows of time, split ratio (new units for an old one), dividend a unit; by time. */
let actions: StaticArray<usize> = [];
let counts: StaticArray<i32> = [];
let places: StaticArray<i32> = [];
/** Actions that are still to come. */
export let actionsLeft: i32 = 0;
const ACTION_BYTES: usize = 24;

export function openCarry(symbols: i32): void {
  financing = 0;
  dividends = 0;
  before = NaN;
  actions = new StaticArray<usize>(symbols);
  counts = new StaticArray<i32>(symbols);
  places = new StaticArray<i32>(symbols);
  actionsLeft = 0;
}

export function setActions(symbol: i32, address: usize, count: i32): void {
  actions[symbol] = address;
  counts[symbol] = count;
  actionsLeft += count;
}

/** Interest on cash and the price of borrowed shares, simple, for the time since the slice before, at its closes. */
export function accrue(timeMs: f64): void {
  const years = before == before ? (timeMs - before) / YEAR_MS : 0;
  before = timeMs;
  if (years == 0) return;
  const cash = load<f64>(slice + CASH);
  let earned = cash * (cash > 0 ? cashRate : debitRate) * years;
  for (let i = 0; i < held; i++) {
    const record = recordOf(heldSymbol(i));
    const position = load<f64>(record + POSITION);
    if (position < 0) earned += position * priceOf(record, CLOSE) * borrowRate * years;
  }
  financing += earned;
  addCash(earned);
}

/** What falls due with this slice's bars, before anything trades: dividends on what was held, then splits. */
export function applyActions(timeMs: f64): void {
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    if (load<f64>(recordOf(symbol) + PRESENT) == 0) continue;
    while (places[symbol] < counts[symbol]) {
      const row = actions[symbol] + usize(places[symbol]) * ACTION_BYTES;
      if (load<f64>(row) > timeMs) break;
      apply(symbol, load<f64>(row + 8), load<f64>(row + 16));
      places[symbol] += 1;
      actionsLeft -= 1;
    }
  }
}

function apply(symbol: i32, ratio: f64, dividend: f64): void {
  const record = recordOf(symbol);
  const position = load<f64>(record + POSITION);
  const paid = position * dividend;
  dividends += paid;
  addCash(paid);
  if (ratio == 1) return;
  store<f64>(record + POSITION, position * ratio);
  store<f64>(record + ENTRY_PRICE, load<f64>(record + ENTRY_PRICE) / ratio);
  splitLots(symbol, ratio);
  splitTarget(symbol, ratio);
  splitProtection(symbol, ratio);
  splitOrders(symbol, ratio);
}
