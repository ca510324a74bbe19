import { CASH, CLOSE, EQUITY, HIGH, LOW, OPEN, POSITION, PRESENT, TIME, VOLUME, recordOf, slice, symbolCount } from '../sdk/slice';
import { clearTargets, targetCount, targetExposure, targetReason, targetSymbol } from '../sdk/targets';
import { held, resetAccount } from './account';
import { recordDecision } from './decisions';
import { decide } from './decide';
import { writeMetrics } from './metrics';
import { initialCash, readOptions, sameClose } from './options';
import { fillOrders, openOrders, ordersWait, placeOrder } from './orders';
import { openTrades, writeOpenTrades } from './trades';

/** Where each symbol's five columns begin, one after the other, and how many bars they have. */
let columns: StaticArray<usize> = [];
let lengths: StaticArray<i32> = [];
/** Per slice and symbol, its bar's index or -1. No table of bars: one symbol, a bar a slice. */
let bars: usize = 0;
let sliceCount: i32 = 0;
let done: i32 = 0;
let exposed: i32 = 0;
/**
 * Equity at the close of each slice, before orders that fill at that same close are booked. It begins as the times of the slices:
 * each is read once, and equity takes its place, for memory that was never touched is slow.
 */
export let equity: usize = 0;
/** Equity with those orders booked, which metrics are of: the same curve where orders fill at the next open. */
let booked: usize = 0;

export function openRun(symbols: i32, slices: i32, timesAt: usize, barsAt: usize): void {
  columns = new StaticArray<usize>(symbols);
  lengths = new StaticArray<i32>(symbols);
  bars = barsAt;
  sliceCount = slices;
  done = 0;
  exposed = 0;
  equity = timesAt;
  readOptions();
  booked = sameClose ? heap.alloc(max(8, usize(slices) << 3)) : equity;
  resetAccount();
  openTrades(symbols);
  openOrders(symbols);
  store<f64>(slice + CASH, initialCash);
  store<f64>(slice + EQUITY, initialCash);
}

export function setSeries(symbol: i32, address: usize, length: i32): void {
  columns[symbol] = address;
  lengths[symbol] = length;
}

/** Bring one bar into the strategy's view. */
function showBar(symbol: i32, bar: i32): void {
  const record = recordOf(symbol);
  const stride = usize(unchecked(lengths[symbol])) << 3;
  const open = unchecked(columns[symbol]) + (usize(bar) << 3);
  const low = open + 2 * stride;
  store<f64>(record + OPEN, load<f64>(open));
  store<f64>(record + HIGH, load<f64>(open + stride));
  store<f64>(record + LOW, load<f64>(low));
  store<f64>(record + CLOSE, load<f64>(low + stride));
  store<f64>(record + VOLUME, load<f64>(low + 2 * stride));
  store<f64>(record + PRESENT, 1);
}

function showSlice(at: i32): void {
  store<f64>(slice + TIME, load<f64>(equity + (usize(at) << 3)));
  if (bars == 0) {
    showBar(0, at);
    return;
  }
  const row = bars + ((usize(at) * usize(symbolCount)) << 2);
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    const bar = load<i32>(row + (usize(symbol) << 2));
    if (bar >= 0) showBar(symbol, bar);
    else store<f64>(recordOf(symbol) + PRESENT, 0);
  }
}

/** Equity at the closes: cash and every position at its symbol's last close. */
function mark(): void {
  let value = load<f64>(slice + CASH);
  for (let symbol = 0, left = held; left > 0; symbol++) {
    const record = recordOf(symbol);
    const position = load<f64>(record + POSITION);
    if (position == 0) continue;
    value += position * load<f64>(record + CLOSE);
    left -= 1;
  }
  store<f64>(slice + EQUITY, value);
}

function takeTargets(at: i32): void {
  for (let i = 0; i < targetCount; i++) {
    const symbol = targetSymbol(i);
    const exposure = targetExposure(i);
    recordDecision(at, symbol, exposure, targetReason(i));
    placeOrder(symbol, exposure);
  }
  clearTargets();
}

function runSlice(at: i32): void {
  showSlice(at);
  if (ordersWait()) fillOrders(at, OPEN);
  mark();
  store<f64>(equity + (usize(at) << 3), load<f64>(slice + EQUITY));
  decide();
  if (targetCount > 0) {
    takeTargets(at);
    if (sameClose) {
      fillOrders(at, CLOSE);
      mark();
    }
  }
  if (sameClose) store<f64>(booked + (usize(at) << 3), load<f64>(slice + EQUITY));
  exposed += i32(held > 0);
}

/** Runs up to `count` more slices; answers how many are done in all. */
export function advanceRun(count: i32): i32 {
  const end = min(sliceCount, done + count);
  for (let at = done; at < end; at++) runSlice(at);
  done = end;
  return done;
}

export function finishRun(): void {
  writeOpenTrades(symbolCount);
  writeMetrics(booked, sliceCount, exposed);
}
