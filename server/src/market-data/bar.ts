import type { Instant } from '../money/instant.ts';

/** How much time one bar covers. */
export const TIMEFRAMES = ['1Min', '5Min', '15Min', '30Min', '1Hour', '1Day'] as const;
export type Timeframe = (typeof TIMEFRAMES)[number];

export const ADJUSTMENTS = ['raw', 'split', 'all'] as const;
/** What the prices have been adjusted for: nothing, splits, or splits and dividends. */
export type Adjustment = (typeof ADJUSTMENTS)[number];

/** One interval of trading, `[startAt, startAt + timeframe)` in UTC; known only at its end. Daily bars carry the trading date at 00:00Z. */
export interface Bar {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly startAt: Instant;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Columns of one symbol's bars in time order; all of one length. Times are UTC milliseconds. */
export interface BarColumns {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly length: number;
  readonly startAtMs: Float64Array;
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
  readonly volume: Float64Array;
}
