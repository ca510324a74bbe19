import { AT, CLOSE, HIGH, LOW, OPEN, OWN_BAR, PRESENT, VOLUME, recordOf, symbolCount } from '../sdk/slice';

/** Where each symbol's five columns begin, one after the other, and how many bars they have. */
let columns: StaticArray<usize> = [];
let lengths: StaticArray<i32> = [];
/** Per slice and symbol, its bar's index or -1. 0: every symbol has a bar in every slice. */
let bars: usize = 0;

/** Finer bars of a symbol: columns open, high, low; and for each bar the index of its first finer bar, with one index more at the end. */
let fineColumns: StaticArray<usize> = [];
let fineLengths: StaticArray<i32> = [];
let fineStarts: StaticArray<usize> = [];

export function openMarket(symbols: i32, barsAt: usize): void {
  columns = new StaticArray<usize>(symbols);
  lengths = new StaticArray<i32>(symbols);
  fineColumns = new StaticArray<usize>(symbols);
  fineLengths = new StaticArray<i32>(symbols);
  fineStarts = new StaticArray<usize>(symbols);
  bars = barsAt;
}

export function setColumns(symbol: i32, address: usize, length: i32): void {
  columns[symbol] = address;
  lengths[symbol] = length;
}

export function setFineColumns(symbol: i32, address: usize, length: i32, startsAt: usize): void {
  fineColumns[symbol] = address;
  fineLengths[symbol] = length;
  fineStarts[symbol] = startsAt;
}

/** The record's pointers go to the symbol's own columns with its first bar: before it there is nothing to see. */
function attach(symbol: i32, record: usize): void {
  const stride = usize(lengths[symbol]) << 3;
  const first = columns[symbol];
  store<usize>(record + OPEN, first);
  store<usize>(record + HIGH, first + stride);
  store<usize>(record + LOW, first + 2 * stride);
  store<usize>(record + CLOSE, first + 3 * stride);
  store<usize>(record + VOLUME, first + 4 * stride);
}

/** Before the first slice: nothing is in view. */
export function hideBars(): void {
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    const record = recordOf(symbol);
    for (let field: usize = 0; field < 5; field++) store<usize>(record + OPEN + (field << 2), record + OWN_BAR + (field << 3));
    store<usize>(record + AT, 0);
    store<f64>(record + PRESENT, 0);
  }
}

@inline
function showBar(symbol: i32, bar: i32): void {
  const record = recordOf(symbol);
  if (load<usize>(record + OPEN) == record + OWN_BAR) attach(symbol, record);
  store<usize>(record + AT, usize(bar) << 3);
  store<f64>(record + PRESENT, 1);
}

/** Bring the bars of a slice into view. */
export function showBars(at: i32): void {
  if (bars == 0) {
    for (let symbol = 0; symbol < symbolCount; symbol++) showBar(symbol, at);
    return;
  }
  const row = bars + ((usize(at) * usize(symbolCount)) << 2);
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    const bar = load<i32>(row + (usize(symbol) << 2));
    if (bar >= 0) showBar(symbol, bar);
    else store<f64>(recordOf(symbol) + PRESENT, 0);
  }
}

/** Bars of the symbol before the one in view. */
export function barsSeen(symbol: i32): i32 {
  return i32(load<usize>(recordOf(symbol) + AT) >> 3);
}

/** The close `back` bars before the one in view. */
export function closeBefore(symbol: i32, back: i32): f64 {
  const record = recordOf(symbol);
  return load<f64>(load<usize>(record + CLOSE) + load<usize>(record + AT) - (usize(back) << 3));
}

export function volumeBefore(symbol: i32, back: i32): f64 {
  const record = recordOf(symbol);
  return load<f64>(load<usize>(record + VOLUME) + load<usize>(record + AT) - (usize(back) << 3));
}

export function hasFineBars(symbol: i32): bool {
  return unchecked(fineStarts[symbol]) != 0;
}

/** Whether there are finer bars for the bar in view: where they are missing, the bar itself tells. */
export function isFine(symbol: i32): bool {
  return hasFineBars(symbol) && fineStart(symbol, 0) < fineStart(symbol, 1);
}

/** Index of the first finer bar of the bar in view; `next` for the first one after it. */
export function fineStart(symbol: i32, next: i32): i32 {
  return load<i32>(fineStarts[symbol] + (usize(barsSeen(symbol) + next) << 2));
}

/** A price of a finer bar: `column` 0 open, 1 high, 2 low. */
export function finePrice(symbol: i32, index: i32, column: i32): f64 {
  return load<f64>(fineColumns[symbol] + ((usize(column) * usize(fineLengths[symbol]) + usize(index)) << 3));
}

/** The opens of the only symbol from a slice on. */
export function opensFrom(at: i32): usize {
  return columns[0] + (usize(at) << 3);
}

/** The closes of the only symbol from a slice on: for spans that are worked out at once. */
export function closesFrom(at: i32): usize {
  return columns[0] + ((3 * usize(lengths[0]) + usize(at)) << 3);
}
