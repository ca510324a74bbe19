import { AT, CASH, CLOSE, EQUITY, OPEN, POSITION, TIME, emptyRoom, priceOf, recordOf, slice, symbolCount } from '../sdk/slice';
import {
  AMOUNT,
  CANCEL,
  EXPOSURE,
  KIND,
  MEASURE,
  ORDER_ID,
  PROTECT,
  STOP_LOSS,
  SYMBOL,
  TAKE_PROFIT,
  TARGET,
  TRAIL_FRACTION,
  clearWishes,
  wishCount,
  wishReason,
  wishRow,
} from '../sdk/wishes';
import { openAccount, resetCapacity } from './account';
import { accrue, actionsLeft, applyActions, openCarry } from './carry';
import { decide } from './decide';
import { openDecisions, recordDecision } from './decisions';
import { MARGIN_CALL, denials, deny } from './denials';
import { atClose, atOpen, grossAt } from './exposure';
import { held, heldSymbol, openHoldings } from './holdings';
import { openLimits, watchEquity } from './limits';
import { hasFineBars, hideBars, openMarket, showBars } from './market';
import { writeMetrics } from './metrics';
import { VOLUME_SHARE, fillModel, hasCarry, initialCash, leverage, maintenance, protectNextBar, readOptions, riskOn, sameClose } from './options';
import { isTouched, openProtections, protectPosition, protectedCount, runProtections, startTrail } from './protection';
import { cancelOrders, expireOrders, fillMarketOrders, openResting, placeOrder, resting, runResting } from './resting';
import { fillTargets } from './targets';
import { openTrades, writeOpenTrades } from './trades';
import { cancelTarget, forceExit, openTargets, placeTarget, waiting } from './waiting-targets';

let times: usize = 0;
let sliceCount: i32 = 0;
let done: i32 = 0;
let exposed: i32 = 0;
/** Equity at the close of each slice, before orders that fill at that same close are booked. */
export let equity: usize = 0;
/** Equity with those orders booked, which metrics are of: the same curve where orders fill at the next open. */
let booked: usize = 0;
let bookedRoom: usize = 0;

/** The bars are told after this; `startRun` then begins. */
export function openRun(symbols: i32, slices: i32, timesAt: usize, barsAt: usize): void {
  openMarket(symbols, barsAt);
  openCarry(symbols);
  sliceCount = slices;
  times = timesAt;
  readOptions();
  const bytes = usize(slices) << 3;
  equity = emptyRoom(equity, bytes);
  bookedRoom = emptyRoom(bookedRoom, sameClose ? bytes : 0);
  booked = sameClose ? bookedRoom : equity;
  isPlain = !hasCarry && !riskOn && leverage == 0 && fillModel != VOLUME_SHARE;
  openAccount(symbols);
  openHoldings(symbols);
  openLimits();
  openTrades(symbols);
  openTargets(symbols);
  openProtections(symbols);
  openResting();
  openDecisions();
  denials.clear();
  hideBars();
  done = 0;
  exposed = 0;
  store<f64>(slice + CASH, initialCash);
  store<f64>(slice + EQUITY, initialCash);
}

export function slicesDone(): i32 {
  return done;
}

export function slicesInAll(): i32 {
  return sliceCount;
}

/** No costs of holding, no limits, no volume to watch: then a slice in which no order waits needs nothing but its mark. */
let isPlain: bool = false;

/** Nothing happens inside a slice but what the strategy wishes for: spans of such slices can be worked out at once. */
export function isQuiet(): bool {
  return waiting + resting + protectedCount == 0 && isPlain && actionsLeft == 0;
}

/**
 * Slices of one symbol in which no order waits: shown, marked and asked about with nothing else in between. Protective orders that are not
 * touched change nothing. Answers the first slice that needs more.
 */
function runPlainly(from: i32, to: i32): i32 {
  const record = recordOf(0);
  if (!isPlain || symbolCount != 1 || actionsLeft > 0 || sameClose || hasFineBars(0)) return from;
  showBars(from);
  let curve = equity + (usize(from) << 3);
  for (let at = from; at < to; at++, curve += 8) {
    if (waiting + resting > 0) return at;
    store<usize>(record + AT, usize(at) << 3);
    if (protectedCount > 0 && isTouched(0)) return at;
    store<f64>(slice + TIME, load<f64>(times + (usize(at) << 3)));
    const position = load<f64>(record + POSITION);
    const cash = load<f64>(slice + CASH);
    const value = position == 0 ? cash : cash + position * priceOf(record, CLOSE);
    store<f64>(slice + EQUITY, value);
    store<f64>(curve, value);
    decide();
    if (wishCount > 0) takeWishes(at);
    exposed += i32(position != 0);
  }
  return to;
}

/** Slices from `from` to `to`, in each of which the strategy is asked. */
export function runSlices(from: i32, to: i32): void {
  for (let at = from; at < to;) {
    at = runPlainly(at, to);
    if (at == to) return;
    runSlice(at, true);
    at += 1;
  }
}

/** Equity at the closes: cash and every position at its symbol's last close. */
function mark(): void {
  let value = load<f64>(slice + CASH);
  for (let i = 0; i < held; i++) {
    const record = recordOf(heldSymbol(i));
    value += load<f64>(record + POSITION) * priceOf(record, CLOSE);
  }
  store<f64>(slice + EQUITY, value);
}

function takeWish(at: i32, index: i32): void {
  const row = wishRow(index);
  const symbol = i32(load<f64>(row + SYMBOL));
  const kind = i32(load<f64>(row + KIND));
  recordDecision(at, row, wishReason(index));
  if (kind == TARGET) placeTarget(symbol, row);
  else if (kind == CANCEL) cancel(symbol, i32(load<f64>(row + ORDER_ID)));
  else if (kind == PROTECT) protect(symbol, row, at);
  else placeOrder(symbol, row);
}

function cancel(symbol: i32, id: i32): void {
  cancelOrders(symbol, id);
  if (id == 0) cancelTarget(symbol);
}

function protect(symbol: i32, row: usize, at: i32): void {
  if (load<f64>(recordOf(symbol) + POSITION) == 0) return;
  protectPosition(symbol, load<f64>(row + STOP_LOSS), load<f64>(row + TAKE_PROFIT), load<f64>(row + TRAIL_FRACTION), at + 1);
  startTrail(symbol, priceOf(recordOf(symbol), CLOSE));
}

function takeWishes(at: i32): void {
  for (let i = 0; i < wishCount; i++) takeWish(at, i);
  clearWishes();
}

/** Equity has fallen below what gross exposure needs: everything is closed. */
function checkMargin(at: i32): void {
  if (held == 0) return;
  const needed = maintenance * grossAt(-1, 0);
  const value = load<f64>(slice + EQUITY);
  if (value >= needed) return;
  deny(at, MARGIN_CALL, heldSymbol(0), needed, value);
  for (let i = 0; i < held; i++) {
    cancelOrders(heldSymbol(i), 0);
    forceExit(heldSymbol(i));
  }
}

function fillAtOpen(at: i32): void {
  const from = protectNextBar ? at + 1 : at;
  if (waiting > 0) fillTargets(at, OPEN, from);
  if (resting > 0) fillMarketOrders(at, OPEN, from);
}

function fillAtClose(at: i32): void {
  if (waiting > 0) fillTargets(at, CLOSE, at + 1);
  if (resting > 0) fillMarketOrders(at, CLOSE, at + 1);
  mark();
}

/** What happens in a slice before the strategy is asked. */
function openSlice(at: i32): void {
  const time = load<f64>(times + (usize(at) << 3));
  store<f64>(slice + TIME, time);
  // At the closes of the slice before.
  if (hasCarry) accrue(time);
  watchEquity(time, load<f64>(slice + EQUITY));
  resetCapacity();
  showBars(at);
  atOpen();
  if (actionsLeft > 0) applyActions(time);
  if (resting > 0) expireOrders();
  if (waiting + resting > 0) fillAtOpen(at);
  if (protectedCount > 0) runProtections(at, resting > 0);
  if (resting > 0) runResting(at);
  atClose();
  mark();
  if (leverage > 0) checkMargin(at);
}

/** One slice. `asks`: whether the strategy is asked; where not, it has nothing to say. */
export function runSlice(at: i32, asks: bool): void {
  openSlice(at);
  const place = usize(at) << 3;
  store<f64>(equity + place, load<f64>(slice + EQUITY));
  if (asks) {
    decide();
    closeSlice(at);
  }
  endSlice(at);
}

/** After the strategy was asked: what it wished for, filled at this close where orders fill so. */
export function closeSlice(at: i32): void {
  if (wishCount > 0) {
    takeWishes(at);
    if (sameClose) fillAtClose(at);
  }
}

export function endSlice(at: i32): void {
  if (sameClose) store<f64>(booked + (usize(at) << 3), load<f64>(slice + EQUITY));
  exposed += i32(held > 0);
}

/** The first half of a slice of which somebody else decides: it then calls `endSlice`. */
export function beginSlice(at: i32): void {
  openSlice(at);
  store<f64>(equity + (usize(at) << 3), load<f64>(slice + EQUITY));
}

/** Equity of slices in which nothing happens, all at once: the same sums as slice by slice. One symbol only. */
export function fillSpan(from: i32, to: i32, closes: usize): void {
  const cash = load<f64>(slice + CASH);
  const position = held > 0 ? load<f64>(recordOf(0) + POSITION) : 0;
  fillCurve(equity + (usize(from) << 3), to - from, closes, cash, position);
  if (sameClose) fillCurve(booked + (usize(from) << 3), to - from, closes, cash, position);
  if (held > 0) exposed += to - from;
}

function fillCurve(curve: usize, count: i32, closes: usize, cash: f64, position: f64): void {
  const end = curve + (usize(count) << 3);
  const money = f64x2.splat(cash);
  const units = f64x2.splat(position);
  if (position == 0) {
    for (; curve + 16 <= end; curve += 16) v128.store(curve, money);
    if (curve < end) store<f64>(curve, cash);
    return;
  }
  for (; curve + 16 <= end; curve += 16, closes += 16) v128.store(curve, f64x2.add(money, f64x2.mul(units, v128.load(closes))));
  if (curve < end) store<f64>(curve, cash + position * load<f64>(closes));
}

export function setDone(slices: i32): void {
  done = slices;
}

export function finishRun(): void {
  // A quiet span leaves the view behind: what is open is marked at the last close.
  if (sliceCount > 0) showBars(sliceCount - 1);
  writeOpenTrades(symbolCount);
  writeMetrics(booked, sliceCount, exposed);
}
