/**
 * The slice of the market that a strategy sees: time, cash and equity, then one record a symbol. Bars are read in place: a record says where
 * its symbol's columns stand and how far into them the slice in view is, so that showing a bar copies nothing. The engine writes
 * its bars into a column of one; the backtest moves through columns of many. A record stays on its last bar while the symbol has none.
 */
export const TIME: usize = 0;
export const CASH: usize = 8;
export const EQUITY: usize = 16;
export const HEADER_BYTES: usize = 64;

/** Signed units held, after this bar's fills. */
export const POSITION: usize = 0;
/** 1 where the symbol has a bar in this slice, else 0. */
export const PRESENT: usize = 8;
/** Average price of the units held; not-a-number while flat. */
export const ENTRY_PRICE: usize = 16;
/** Orders at rest: waiting targets counted, protective orders not. */
export const WORKING: usize = 24;
/** Where the opens, highs, lows, closes and volumes begin: one pointer each. */
export const OPEN: usize = 32;
export const HIGH: usize = 36;
export const LOW: usize = 40;
export const CLOSE: usize = 44;
export const VOLUME: usize = 48;
/** Bytes from the beginning of a column to the bar in view. */
export const AT: usize = 52;
/** A column of one bar for the driver that brings bars singly. */
export const OWN_BAR: usize = 56;
export const RECORD_BYTES: usize = 96;

export let slice: usize = 0;
export let records: usize = 0;
export let symbolCount: i32 = 0;

/** Zeroed memory of so many bytes in the place of what stood at `old`: 0 for nothing. */
export function emptyRoom(old: usize, bytes: usize): usize {
  if (old != 0) heap.free(old);
  const room = heap.alloc(max(8, bytes));
  memory.fill(room, 0, bytes);
  return room;
}

export function openSlice(symbols: i32): void {
  slice = emptyRoom(slice, HEADER_BYTES + usize(symbols) * RECORD_BYTES);
  records = slice + HEADER_BYTES;
  symbolCount = symbols;
  for (let symbol = 0; symbol < symbols; symbol++) {
    const record = recordOf(symbol);
    store<f64>(record + ENTRY_PRICE, NaN);
    for (let field: usize = 0; field < 5; field++) {
      store<f64>(record + OWN_BAR + (field << 3), NaN);
      store<usize>(record + OPEN + (field << 2), record + OWN_BAR + (field << 3));
    }
  }
}

@inline
export function recordOf(symbol: i32): usize {
  return records + usize(symbol) * RECORD_BYTES;
}

/** A field of the bar in view: `column` is OPEN, HIGH, LOW, CLOSE or VOLUME. */
@inline
export function priceOf(record: usize, column: usize): f64 {
  return load<f64>(load<usize>(record + column) + load<usize>(record + AT));
}
