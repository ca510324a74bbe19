import { CLOSE, HIGH, LOW, OPEN, POSITION, PRESENT, TIME, WORKING, priceOf, recordOf, slice } from '../sdk/slice';
import {
  AMOUNT,
  DAY,
  GROUP,
  KIND,
  LIMIT,
  LIMIT_ORDER,
  MARKET_ORDER,
  MEASURE,
  ORDER_ID,
  REDUCE_ONLY,
  STOP,
  STOP_LIMIT_ORDER,
  STOP_LOSS,
  STOP_ORDER,
  SYMBOL,
  TAKE_PROFIT,
  TRAIL,
  TRAILING_ORDER,
  TRAIL_FRACTION,
  WISH_BYTES,
} from '../sdk/wishes';
import { charged, closeUnits, denyBelowOneUnit, isCrumb, openUnits, roundUnits } from './account';
import { NOT_CHARGED } from './costs';
import { fineStart, finePrice, hasFineBars } from './market';
import { VOLUME_SHARE, fillModel, protectNextBar } from './options';
import { protectPosition, touchAfterEntry, unprotect } from './protection';
import { unitsAtFill, unitsAtSignal } from './sizing';
import { Table } from './table';

/** Orders that a strategy stated itself, as it stated them, and then: */
const WISHED: usize = WISH_BYTES;
/** Units that filled already. */
const FILLED: usize = WISH_BYTES + 8;
/** 1 once the stop of a stop-limit order was touched. */
const TRIGGERED: usize = WISH_BYTES + 16;
/** The best price since the order was placed, which a trailing stop follows. */
const BEST: usize = WISH_BYTES + 24;
/** The day on which the order was first at work; not-a-number before. */
const FIRST_DAY: usize = WISH_BYTES + 32;
const IS_ALIVE: usize = WISH_BYTES + 40;
/** What the parts so far that closed or opened were charged: each side is an order. */
const CLOSING: usize = WISH_BYTES + 48;
const OPENING: usize = WISH_BYTES + 56;
const ROW_FIELDS: i32 = i32(WISH_BYTES >> 3) + 8;
const DAY_MS: f64 = 86400000;

const rows: Table = new Table(ROW_FIELDS);
export let resting: i32 = 0;

export function openResting(): void {
  rows.clear();
  resting = 0;
}

export function placeOrder(symbol: i32, wish: usize): void {
  // Market orders are gone before rows are compacted.
  if (resting == 0) rows.clear();
  const row = rows.push();
  memory.copy(row, wish, WISH_BYTES);
  store<f64>(row + WISHED, unitsAtSignal(symbol, i32(load<f64>(wish + MEASURE)), load<f64>(wish + AMOUNT)));
  store<f64>(row + FILLED, 0);
  store<f64>(row + TRIGGERED, 0);
  store<f64>(row + BEST, priceOf(recordOf(symbol), CLOSE));
  store<f64>(row + FIRST_DAY, NaN);
  store<f64>(row + IS_ALIVE, 1);
  store<f64>(row + CLOSING, NOT_CHARGED);
  store<f64>(row + OPENING, NOT_CHARGED);
  count(symbol, 1);
}

function count(symbol: i32, change: i32): void {
  const record = recordOf(symbol);
  store<f64>(record + WORKING, load<f64>(record + WORKING) + f64(change));
  resting += change;
}

function symbolOf(row: usize): i32 {
  return i32(load<f64>(row + SYMBOL));
}

function isAlive(row: usize): bool {
  return load<f64>(row + IS_ALIVE) != 0;
}

function end(row: usize): void {
  if (!isAlive(row)) return;
  store<f64>(row + IS_ALIVE, 0);
  count(symbolOf(row), -1);
}

/** `id` 0 is every order of the symbol. */
export function cancelOrders(symbol: i32, id: i32): void {
  for (let i = 0; i < rows.count; i++) {
    const row = rows.row(i);
    if (symbolOf(row) == symbol && (id == 0 || i32(load<f64>(row + ORDER_ID)) == id)) end(row);
  }
}

/** Whoever fills first cancels the others of its group. */
function cancelGroup(row: usize): void {
  const group = load<f64>(row + GROUP);
  if (group == 0) return;
  for (let i = 0; i < rows.count; i++) {
    const other = rows.row(i);
    if (other != row && load<f64>(other + GROUP) == group) end(other);
  }
}

export function splitOrders(symbol: i32, ratio: f64): void {
  for (let i = 0; i < rows.count; i++) {
    const row = rows.row(i);
    if (symbolOf(row) != symbol) continue;
    store<f64>(row + WISHED, load<f64>(row + WISHED) * ratio);
    store<f64>(row + FILLED, load<f64>(row + FILLED) * ratio);
    dividePrices(row, ratio);
  }
}

function dividePrices(row: usize, ratio: f64): void {
  store<f64>(row + LIMIT, load<f64>(row + LIMIT) / ratio);
  store<f64>(row + STOP, load<f64>(row + STOP) / ratio);
  store<f64>(row + TRAIL, load<f64>(row + TRAIL) / ratio);
  store<f64>(row + STOP_LOSS, load<f64>(row + STOP_LOSS) / ratio);
  store<f64>(row + TAKE_PROFIT, load<f64>(row + TAKE_PROFIT) / ratio);
  store<f64>(row + BEST, load<f64>(row + BEST) / ratio);
}

/** Day orders of days before end. Before anything of the slice fills. */
export function expireOrders(): void {
  const today = Math.floor(load<f64>(slice + TIME) / DAY_MS);
  for (let i = 0; i < rows.count; i++) {
    const row = rows.row(i);
    if (load<f64>(row + DAY) == 0 || load<f64>(recordOf(symbolOf(row)) + PRESENT) == 0) continue;
    const first = load<f64>(row + FIRST_DAY);
    if (first != first) store<f64>(row + FIRST_DAY, today);
    else if (first != today) end(row);
  }
}

/** Market orders, in the order in which they were given. `column`: OPEN or CLOSE; `from`: the slice from which their protective orders are live. */
export function fillMarketOrders(bar: i32, column: usize, from: i32): void {
  for (let i = 0; i < rows.count; i++) {
    const row = rows.row(i);
    const record = recordOf(symbolOf(row));
    if (i32(load<f64>(row + KIND)) != MARKET_ORDER || !isAlive(row) || load<f64>(record + PRESENT) == 0) continue;
    trade(row, bar, priceOf(record, column), false, from);
  }
}

/** Limits and stops over the bars in view: stops first, which is the worse of two orders that one bar touches. */
export function runResting(bar: i32): void {
  for (let pass = 0; pass < 2; pass++) {
    for (let i = 0; i < rows.count; i++) {
      const row = rows.row(i);
      if (!isAlive(row) || (load<f64>(row + KIND) == f64(LIMIT_ORDER)) != (pass == 1)) continue;
      if (load<f64>(recordOf(symbolOf(row)) + PRESENT) != 0) runBar(row, bar);
    }
  }
  compact();
}

function runBar(row: usize, bar: i32): void {
  const symbol = symbolOf(row);
  const record = recordOf(symbol);
  if (!hasFineBars(symbol)) {
    touch(row, bar, priceOf(record, OPEN), priceOf(record, HIGH), priceOf(record, LOW), priceOf(record, CLOSE));
    return;
  }
  const after = fineStart(symbol, 1);
  for (let fine = fineStart(symbol, 0); fine < after && isAlive(row); fine++) {
    const close = fine + 1 < after ? finePrice(symbol, fine + 1, 0) : priceOf(record, CLOSE);
    touch(row, bar, finePrice(symbol, fine, 0), finePrice(symbol, fine, 1), finePrice(symbol, fine, 2), close);
  }
}

/** One bar, coarse or fine. A gap fills at the open, for better or worse; an exact touch counts. */
function touch(row: usize, bar: i32, open: f64, high: f64, low: f64, close: f64): void {
  const buys = load<f64>(row + AMOUNT) > 0;
  const kind = i32(load<f64>(row + KIND));
  if (kind == LIMIT_ORDER || load<f64>(row + TRIGGERED) != 0) {
    touchLimit(row, bar, buys, open, high, low);
  } else if (kind == STOP_ORDER) {
    touchStop(row, bar, buys, load<f64>(row + STOP), open, high, low);
  } else if (kind == STOP_LIMIT_ORDER) {
    touchStopLimit(row, bar, buys, open, high, low, close);
  } else if (kind == TRAILING_ORDER) {
    touchStop(row, bar, buys, trailingStop(row, buys), open, high, low);
    const best = load<f64>(row + BEST);
    store<f64>(row + BEST, buys ? min(best, low) : max(best, high));
  }
}

function touchLimit(row: usize, bar: i32, buys: bool, open: f64, high: f64, low: f64): void {
  const limit = load<f64>(row + LIMIT);
  if (buys ? low > limit : high < limit) return;
  const price = buys ? min(open, limit) : max(open, limit);
  tradeInside(row, bar, price, true, high, low);
}

function touchStop(row: usize, bar: i32, buys: bool, stop: f64, open: f64, high: f64, low: f64): void {
  if (buys ? high < stop : low > stop) return;
  tradeInside(row, bar, buys ? max(open, stop) : min(open, stop), false, high, low);
  // What the bar's volume left over is a market order from now on.
  store<f64>(row + KIND, f64(MARKET_ORDER));
}

/** At the touch the order becomes a limit order: it fills at once where the limit allows the price of the touch; else only what is sure counts. */
function touchStopLimit(row: usize, bar: i32, buys: bool, open: f64, high: f64, low: f64, close: f64): void {
  const stop = load<f64>(row + STOP);
  const limit = load<f64>(row + LIMIT);
  if (buys ? high < stop : low > stop) return;
  store<f64>(row + TRIGGERED, 1);
  const gapped = buys ? open >= stop : open <= stop;
  if (gapped) {
    touchLimit(row, bar, buys, open, high, low);
  } else if (buys ? limit >= stop : limit <= stop) {
    tradeInside(row, bar, stop, true, high, low);
  } else if (buys ? close <= limit : close >= limit) {
    // The price ended beyond the limit, so that it came back through it after the touch.
    tradeInside(row, bar, limit, true, high, low);
  }
}

function trailingStop(row: usize, buys: bool): f64 {
  const best = load<f64>(row + BEST);
  const fraction = load<f64>(row + TRAIL_FRACTION);
  const distance = fraction == fraction ? best * fraction : load<f64>(row + TRAIL);
  return buys ? best + distance : best - distance;
}

function tradeInside(row: usize, bar: i32, price: f64, atLimit: bool, high: f64, low: f64): void {
  const symbol = symbolOf(row);
  const before = load<f64>(recordOf(symbol) + POSITION);
  trade(row, bar, price, atLimit, protectNextBar ? bar + 1 : bar);
  const after = load<f64>(recordOf(symbol) + POSITION);
  // Protective orders that were there before have had their turn: a trailing one has moved with this bar, for later ones.
  const hasOpened = after != before && after * load<f64>(row + AMOUNT) > 0;
  if (hasOpened && load<f64>(row + STOP_LOSS) == load<f64>(row + STOP_LOSS)) touchAfterEntry(symbol, bar, price, high, low);
}

/** Fill an order at a price: first what closes, then what opens, unless it may only reduce. */
function trade(row: usize, bar: i32, price: f64, atLimit: bool, from: i32): void {
  const symbol = symbolOf(row);
  const direction: f64 = load<f64>(row + AMOUNT) > 0 ? 1 : -1;
  const wished = load<f64>(row + WISHED);
  const exact = wished == wished ? wished : unitsAtFill(symbol, load<f64>(row + AMOUNT), price, atLimit);
  const all = roundUnits(exact);
  if (all == 0) {
    denyBelowOneUnit(symbol, bar, exact);
    end(row);
    return;
  }
  const left = all - load<f64>(row + FILLED);
  const closed = closePart(row, symbol, bar, direction, left, price, atLimit);
  let opened: f64 = 0;
  const position = load<f64>(recordOf(symbol) + POSITION);
  const mayOpen = load<f64>(row + REDUCE_ONLY) == 0 && position * direction >= 0 && !isCrumb(left - closed, all);
  if (mayOpen) opened = openPart(row, symbol, bar, direction, left - closed, price, atLimit, from);
  const refused = opened < 0;
  const traded = closed + max(0, opened);
  if (traded > 0) cancelGroup(row);
  store<f64>(row + WISHED, all);
  store<f64>(row + FILLED, all - left + traded);
  // An order that may only reduce, with nothing left to reduce, would otherwise lie in wait for a later position.
  const spent = load<f64>(row + REDUCE_ONLY) != 0 && position * direction >= 0;
  const done = isCrumb(left - traded, all) || refused || spent || fillModel != VOLUME_SHARE;
  if (done) end(row);
}

function closePart(row: usize, symbol: i32, bar: i32, direction: f64, units: f64, price: f64, atLimit: bool): f64 {
  const position = load<f64>(recordOf(symbol) + POSITION);
  if (position * direction >= 0) return 0;
  const closed = closeUnits(symbol, bar, min(units, Math.abs(position)), price, atLimit, load<f64>(row + CLOSING));
  store<f64>(row + CLOSING, charged);
  if (load<f64>(recordOf(symbol) + POSITION) == 0) unprotect(symbol);
  return closed;
}

function openPart(row: usize, symbol: i32, bar: i32, direction: f64, units: f64, price: f64, atLimit: bool, from: i32): f64 {
  const stopLoss = load<f64>(row + STOP_LOSS);
  const takeProfit = load<f64>(row + TAKE_PROFIT);
  const opened = openUnits(symbol, bar, direction, units, price, stopLoss, atLimit, load<f64>(row + OPENING));
  store<f64>(row + OPENING, charged);
  if (opened > 0 && (stopLoss == stopLoss || takeProfit == takeProfit)) {
    protectPosition(symbol, stopLoss, takeProfit, NaN, from);
  }
  return opened;
}

/** Rows that ended make room, in the order of the rest. */
function compact(): void {
  if (rows.count == resting) return;
  let kept = 0;
  for (let i = 0; i < rows.count; i++) {
    const row = rows.row(i);
    if (!isAlive(row)) continue;
    if (kept != i) memory.copy(rows.row(kept), row, usize(ROW_FIELDS) << 3);
    kept += 1;
  }
  rows.count = kept;
}
