import { POSITION, PRESENT, WORKING, emptyRoom, priceOf, recordOf, symbolCount } from '../sdk/slice';
import { AMOUNT, MEASURE, STOP_LOSS, TAKE_PROFIT } from '../sdk/wishes';
import { charged, closeUnits, denyBelowOneUnit, isCrumb, openUnits, roundUnits } from './account';
import { NOT_CHARGED } from './costs';
import { VOLUME_SHARE, fillModel } from './options';
import { protectPosition, unprotect } from './protection';
import { unitsAtFill, unitsAtSignal } from './sizing';

/** One waiting target a symbol: a later one replaces it. It is traded towards until it is reached, refused, or replaced. */
const TARGET_MEASURE: usize = 0;
const TARGET_AMOUNT: usize = 8;
/** Units wished for, not negative; not-a-number where they are only known at the fill. */
const WISHED: usize = 16;
const WAITING: usize = 24;
const TARGET_STOP_LOSS: usize = 32;
const TARGET_TAKE_PROFIT: usize = 40;
/** What the parts so far that closed or opened were charged: each side is an order. */
const CLOSING: usize = 48;
const OPENING: usize = 56;
/** 1 for an exit that the kernel itself has placed: a strategy can put a target in its place, and not cancel it. That of a margin call is neither replaced. */
const IS_FORCED: usize = 64;
const MARGIN_CALLED: f64 = 2;
const TARGET_BYTES: usize = 72;

let pending: usize = 0;
export let waiting: i32 = 0;

export function openTargets(symbols: i32): void {
  pending = emptyRoom(pending, usize(symbols) * TARGET_BYTES);
  waiting = 0;
}

@inline
function targetOf(symbol: i32): usize {
  return pending + usize(symbol) * TARGET_BYTES;
}

function setWaiting(symbol: i32, isWaiting: bool): void {
  const target = targetOf(symbol);
  const change = i32(isWaiting) - i32(load<f64>(target + WAITING) != 0);
  if (change == 0) return;
  store<f64>(target + WAITING, f64(isWaiting));
  const record = recordOf(symbol);
  store<f64>(record + WORKING, load<f64>(record + WORKING) + f64(change));
  waiting += change;
}

/** Keep a target until it is reached; the exit of a margin call goes before it. Sizes that depend on the signal are fixed here. `wish` is a row of the strategy's wishes. */
export function placeTarget(symbol: i32, wish: usize): void {
  const measure = i32(load<f64>(wish + MEASURE));
  const amount = load<f64>(wish + AMOUNT);
  const target = targetOf(symbol);
  if (load<f64>(target + WAITING) != 0 && load<f64>(target + IS_FORCED) == MARGIN_CALLED) return;
  store<f64>(target + TARGET_MEASURE, f64(measure));
  store<f64>(target + TARGET_AMOUNT, amount);
  store<f64>(target + WISHED, unitsAtSignal(symbol, measure, amount));
  store<f64>(target + TARGET_STOP_LOSS, load<f64>(wish + STOP_LOSS));
  store<f64>(target + TARGET_TAKE_PROFIT, load<f64>(wish + TAKE_PROFIT));
  store<f64>(target + CLOSING, NOT_CHARGED);
  store<f64>(target + OPENING, NOT_CHARGED);
  store<f64>(target + IS_FORCED, 0);
  setWaiting(symbol, true);
}

/** A target to be flat, from the kernel itself: a protective order that filled in part only and was charged for it. */
export function placeExit(symbol: i32, before: f64 = NOT_CHARGED): void {
  const target = targetOf(symbol);
  store<f64>(target + TARGET_AMOUNT, 0);
  store<f64>(target + WISHED, 0);
  store<f64>(target + TARGET_STOP_LOSS, NaN);
  store<f64>(target + TARGET_TAKE_PROFIT, NaN);
  store<f64>(target + CLOSING, before);
  const isCalled = load<f64>(target + WAITING) != 0 && load<f64>(target + IS_FORCED) == MARGIN_CALLED;
  store<f64>(target + IS_FORCED, isCalled ? MARGIN_CALLED : 1);
  setWaiting(symbol, true);
}

/** As `placeExit`, and nothing that the strategy wishes for replaces or cancels it: a margin call. */
export function forceExit(symbol: i32): void {
  placeExit(symbol);
  store<f64>(targetOf(symbol) + IS_FORCED, MARGIN_CALLED);
}

export function cancelTarget(symbol: i32): void {
  if (load<f64>(targetOf(symbol) + IS_FORCED) == 0) setWaiting(symbol, false);
}

/** A split changes what units are: `ratio` new ones for each old one. */
export function splitTarget(symbol: i32, ratio: f64): void {
  const target = targetOf(symbol);
  store<f64>(target + WISHED, load<f64>(target + WISHED) * ratio);
  store<f64>(target + TARGET_STOP_LOSS, load<f64>(target + TARGET_STOP_LOSS) / ratio);
  store<f64>(target + TARGET_TAKE_PROFIT, load<f64>(target + TARGET_TAKE_PROFIT) / ratio);
}

/**
 * First what closes, of all symbols, so that its cash can pay for what opens; then what opens. `column` is OPEN or CLOSE: where in its
 * bar the price is taken; `from`: the slice from which protective orders of what opens are live.
 */
export function fillTargets(bar: i32, column: usize, from: i32): void {
  if (symbolCount > 1) {
    for (let symbol = 0; symbol < symbolCount; symbol++) {
      if (isDue(symbol)) closeFirst(symbol, bar, priceOf(recordOf(symbol), column));
    }
  } else if (isDue(0)) closeFirst(0, bar, priceOf(recordOf(0), column));
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    if (isDue(symbol)) adjust(symbol, bar, priceOf(recordOf(symbol), column), from);
  }
}

function isDue(symbol: i32): bool {
  return load<f64>(targetOf(symbol) + WAITING) != 0 && load<f64>(recordOf(symbol) + PRESENT) != 0;
}

function closePart(symbol: i32, bar: i32, units: f64, arrival: f64): f64 {
  const target = targetOf(symbol);
  const closed = closeUnits(symbol, bar, units, arrival, false, load<f64>(target + CLOSING));
  store<f64>(target + CLOSING, charged);
  return closed;
}

/** Close a position that the target turns away from, or the part that is already known to be too much. */
function closeFirst(symbol: i32, bar: i32, arrival: f64): void {
  const position = load<f64>(recordOf(symbol) + POSITION);
  if (position == 0) return;
  const target = targetOf(symbol);
  const amount = load<f64>(target + TARGET_AMOUNT);
  const held = Math.abs(position);
  if (amount * position <= 0) {
    unprotect(symbol);
    closePart(symbol, bar, held, arrival);
    return;
  }
  const wished = load<f64>(target + WISHED);
  const surplus = held - roundUnits(wished);
  if (!(surplus > 0) || isCrumb(surplus, held)) return;
  // What is held is now what was wished for but for rounding, which is nothing to trade.
  if (closePart(symbol, bar, surplus, arrival) >= surplus) setWaiting(symbol, false);
}

/** Trade from what is held to what is wished for, which lies on the same side unless volume ran out. */
function adjust(symbol: i32, bar: i32, arrival: f64, from: i32): void {
  const target = targetOf(symbol);
  const amount = load<f64>(target + TARGET_AMOUNT);
  const position = load<f64>(recordOf(symbol) + POSITION);
  if (position != 0 && amount * position <= 0) return;
  setWaiting(symbol, false);
  if (amount == 0) return;
  const known = load<f64>(target + WISHED);
  const wished = known == known ? known : unitsAtFill(symbol, amount, arrival, false, Math.abs(position));
  const units = roundUnits(wished);
  const held = Math.abs(position);
  if (units == 0 && held == 0) {
    denyBelowOneUnit(symbol, bar, wished);
    return;
  }
  if (isCrumb(Math.abs(units - held), max(units, held))) return;
  if (units > held) {
    const stopLoss = load<f64>(target + TARGET_STOP_LOSS);
    const before = load<f64>(target + OPENING);
    const opened = openUnits(symbol, bar, amount > 0 ? 1 : -1, units - held, arrival, stopLoss, false, before);
    store<f64>(target + OPENING, charged);
    const takeProfit = load<f64>(target + TARGET_TAKE_PROFIT);
    if (opened > 0 && (stopLoss == stopLoss || takeProfit == takeProfit)) protectPosition(symbol, stopLoss, takeProfit, NaN, from);
    waitForRest(symbol, units, opened >= 0 && opened < units - held);
  } else if (units < held) {
    waitForRest(symbol, units, closePart(symbol, bar, held - units, arrival) < held - units);
  }
}

/** Where the bar's volume was not enough, the rest is traded in the next one. */
function waitForRest(symbol: i32, units: f64, isPartial: bool): void {
  if (!isPartial || fillModel != VOLUME_SHARE) return;
  store<f64>(targetOf(symbol) + WISHED, units);
  setWaiting(symbol, true);
}
