import { HIGH, LOW, OPEN, POSITION, PRESENT, emptyRoom, priceOf, recordOf } from '../sdk/slice';
import { charged, closeUnits } from './account';
import { NOT_CHARGED } from './costs';
import { held, heldSymbol } from './holdings';
import { fineStart, finePrice, isFine } from './market';
import { placeExit } from './waiting-targets';

/**
 * Protective orders of a symbol's position: a stop and a take profit of which one cancels the other, and which end with the position.
 * Inside one bar the stop counts when both were touched, unless finer bars tell which came first.
 */
const STOP: usize = 0;
const TARGET: usize = 8;
/** Distance of a trailing stop as a fraction of the best price since; not-a-number for none. */
const TRAIL: usize = 16;
const BEST: usize = 24;
/** Slice from which they are live. */
const FROM: usize = 32;
const IS_ON: usize = 40;
/** What the parts so far of a take profit were charged. */
const CHARGED: usize = 48;
const PROTECTION_BYTES: usize = 56;

let protections: usize = 0;
/** Symbols that have any. */
export let protectedCount: i32 = 0;

export function openProtections(symbols: i32): void {
  protections = emptyRoom(protections, usize(symbols) * PROTECTION_BYTES);
  protectedCount = 0;
}

@inline
function protectionOf(symbol: i32): usize {
  return protections + usize(symbol) * PROTECTION_BYTES;
}

/** Replaces what there is; with nothing given, what there is ends. `from`: the slice from which it is live. */
export function protectPosition(symbol: i32, stop: f64, target: f64, trail: f64, from: i32): void {
  unprotect(symbol);
  if (stop != stop && target != target && trail != trail) return;
  const row = protectionOf(symbol);
  store<f64>(row + STOP, stop);
  store<f64>(row + TARGET, target);
  store<f64>(row + TRAIL, trail);
  store<f64>(row + BEST, NaN);
  store<f64>(row + FROM, f64(from));
  store<f64>(row + IS_ON, 1);
  store<f64>(row + CHARGED, NOT_CHARGED);
  protectedCount += 1;
}

/** The best price that a trailing stop follows begins here. */
export function startTrail(symbol: i32, price: f64): void {
  const row = protectionOf(symbol);
  const trail = load<f64>(row + TRAIL);
  if (trail != trail) return;
  store<f64>(row + BEST, price);
  const direction: f64 = load<f64>(recordOf(symbol) + POSITION) > 0 ? 1 : -1;
  store<f64>(row + STOP, price * (1 - direction * trail));
}

export function unprotect(symbol: i32): void {
  const row = protectionOf(symbol);
  if (load<f64>(row + IS_ON) == 0) return;
  store<f64>(row + IS_ON, 0);
  protectedCount -= 1;
}

export function splitProtection(symbol: i32, ratio: f64): void {
  const row = protectionOf(symbol);
  for (let field = STOP; field <= BEST; field += 8) {
    if (field != TRAIL) store<f64>(row + field, load<f64>(row + field) / ratio);
  }
}

/** The protective orders of all positions over the bars in view. `withOrders`: where there are finer bars, `runResting` takes their turns. */
export function runProtections(bar: i32, withOrders: bool): void {
  for (let i = held - 1; i >= 0; i--) {
    const symbol = heldSymbol(i);
    if (isLive(symbol, bar) && !(withOrders && isFine(symbol))) runBar(symbol, bar);
  }
}

/** The protective orders of one position over one finer bar. */
export function touchFine(symbol: i32, bar: i32, fine: i32): void {
  if (isLive(symbol, bar)) touch(symbol, bar, finePrice(symbol, fine, 0), finePrice(symbol, fine, 1), finePrice(symbol, fine, 2));
}

function isLive(symbol: i32, bar: i32): bool {
  const row = protectionOf(symbol);
  return load<f64>(row + IS_ON) != 0 && load<f64>(row + FROM) <= f64(bar) && load<f64>(recordOf(symbol) + PRESENT) != 0;
}

/** Whether a bar does anything to protective orders that are live: a trailing stop follows at every bar. */
export function isTouched(symbol: i32): bool {
  const row = protectionOf(symbol);
  const record = recordOf(symbol);
  if (load<f64>(row + TRAIL) == load<f64>(row + TRAIL)) return true;
  const high = priceOf(record, HIGH);
  const low = priceOf(record, LOW);
  const stop = load<f64>(row + STOP);
  const target = load<f64>(row + TARGET);
  return load<f64>(record + POSITION) > 0 ? low <= stop || high >= target : high >= stop || low <= target;
}

function runBar(symbol: i32, bar: i32): void {
  const record = recordOf(symbol);
  if (!isFine(symbol)) {
    touch(symbol, bar, priceOf(record, OPEN), priceOf(record, HIGH), priceOf(record, LOW));
    return;
  }
  const end = fineStart(symbol, 1);
  for (let fine = fineStart(symbol, 0); fine < end; fine++) touchFine(symbol, bar, fine);
}

/** One bar, coarse or fine: the stop first. A gap fills at the open. An exact touch counts. */
function touch(symbol: i32, bar: i32, open: f64, high: f64, low: f64): void {
  const row = protectionOf(symbol);
  const stop = load<f64>(row + STOP);
  const target = load<f64>(row + TARGET);
  if (load<f64>(recordOf(symbol) + POSITION) > 0) {
    if (low <= stop) exit(symbol, bar, open < stop ? open : stop, false);
    else if (high >= target) exit(symbol, bar, open > target ? open : target, true);
    else follow(row, high, 1);
  } else {
    if (high >= stop) exit(symbol, bar, open > stop ? open : stop, false);
    else if (low <= target) exit(symbol, bar, open < target ? open : target, true);
    else follow(row, low, -1);
  }
}

/** A trailing stop moves with the bar's best price, for the bars after it. */
function follow(row: usize, price: f64, direction: f64): void {
  const trail = load<f64>(row + TRAIL);
  if (trail != trail) return;
  const best = load<f64>(row + BEST);
  if (direction * (price - best) <= 0) return;
  store<f64>(row + BEST, price);
  store<f64>(row + STOP, price * (1 - direction * trail));
}

function exit(symbol: i32, bar: i32, price: f64, atLimit: bool): void {
  const units = Math.abs(load<f64>(recordOf(symbol) + POSITION));
  const row = protectionOf(symbol);
  const closed = closeUnits(symbol, bar, units, price, atLimit, load<f64>(row + CHARGED));
  store<f64>(row + CHARGED, charged);
  if (closed == units) {
    unprotect(symbol);
  } else if (!atLimit) {
    // A stop that was touched is a market order from then on.
    unprotect(symbol);
    placeExit(symbol, charged);
  }
}

/**
 * A position that opened inside this bar at `price`: what came after in the bar is not known, so that a stop inside the bar's range counts as
 * touched, and a take profit does not.
 */
export function touchAfterEntry(symbol: i32, bar: i32, price: f64, high: f64, low: f64): void {
  if (!isLive(symbol, bar)) return;
  const stop = load<f64>(protectionOf(symbol) + STOP);
  if (load<f64>(recordOf(symbol) + POSITION) > 0) {
    if (low <= stop) exit(symbol, bar, price < stop ? price : stop, false);
  } else if (high >= stop) exit(symbol, bar, price > stop ? price : stop, false);
}
