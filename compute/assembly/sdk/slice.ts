/**
 * The slice of the market that a strategy sees, in plain memory that the host or the kernel fills:
 * time, cash and equity; then one record a symbol. A record keeps its last bar while the symbol has none.
 */
export const TIME: usize = 0;
export const CASH: usize = 8;
export const EQUITY: usize = 16;
export const HEADER_BYTES: usize = 64;

export const OPEN: usize = 0;
export const HIGH: usize = 8;
export const LOW: usize = 16;
export const CLOSE: usize = 24;
export const VOLUME: usize = 32;
/** Signed units held, after this bar's fills. */
export const POSITION: usize = 40;
/** 1 where the symbol has a bar in this slice, else 0. */
export const PRESENT: usize = 48;
export const RECORD_BYTES: usize = 64;

export let slice: usize = 0;
export let records: usize = 0;
export let symbolCount: i32 = 0;

export function openSlice(symbols: i32): void {
  const bytes = HEADER_BYTES + usize(symbols) * RECORD_BYTES;
  slice = heap.alloc(bytes);
  memory.fill(slice, 0, bytes);
  records = slice + HEADER_BYTES;
  symbolCount = symbols;
  for (let symbol = 0; symbol < symbols; symbol++) {
    const record = recordOf(symbol);
    for (let field = OPEN; field <= VOLUME; field += 8) store<f64>(record + field, NaN);
  }
}

export function recordOf(symbol: i32): usize {
  return records + usize(symbol) * RECORD_BYTES;
}
