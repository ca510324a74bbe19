/** What all sets of a sweep have in common, as the caller lays it out in memory. Addresses are in bytes. */
@unmanaged
export class CrossoverJob {
  /** `count` closes: finite and above zero. */
  closes: usize;
  /** `count` prices at which an order fills that is due at a bar: the closes again, or the opens. */
  fillPrices: usize;
  count: i32;
  /** Bars from a signal to its fill: 0 at the same close, 1 at the next open. */
  delay: i32;
  /** `rowCount` addresses of series of `count` values; not-a-number before their first value. */
  rows: usize;
  rowCount: i32;
  /** `CROSS` or `STRICT`. */
  arm: i32;
  private reserved: i32;
  cash: f64;
  commissionRate: f64;
  /** Cash an order. */
  commissionFixed: f64;
  commissionPerUnit: f64;
  /** A fraction of the price, always against us. */
  slippage: f64;
  periodsPerYear: f64;
}

/** Enters where the fast series was at or below the slow one at the bar before and is above it now; leaves on the mirror. */
export const CROSS: i32 = 0;
/** Enters where the fast series is above and, when the two last differed, it was below; leaves on the mirror. */
export const STRICT: i32 = 1;

/** Bars that are compared at once: rows are padded to whole words. */
export const WORD: i32 = 64;
