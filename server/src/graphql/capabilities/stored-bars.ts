import type { Kysely } from 'kysely';
import { ADJUSTMENTS } from '../../market-data/bar.ts';
import type { BarColumns, Timeframe } from '../../market-data/bar.ts';
import type { BarQuery } from '../../market-data/graphql.ts';
import { listSpans, loadBars } from '../../market-data/service.ts';
import type { StoredSpan } from '../../market-data/service.ts';
import type { Database } from '../../platform/database.ts';

/** Bars as they are in the database, of the past and, where the venue's clock is simulated, of its future. */
export interface StoredBars {
  read(query: BarQuery): Promise<BarColumns>;
  spanOf(symbol: string, timeframe: Timeframe): Promise<StoredSpan | undefined>;
}

/** Counting all bars is slow, and what there is changes seldom. */
const SPANS_KEPT_MS = 10_000;

const EMPTY = new Float64Array(0);
const noBars = (symbol: string, timeframe: Timeframe): BarColumns => ({
  symbol,
  timeframe,
  length: 0,
  startAtMs: EMPTY,
  open: EMPTY,
  high: EMPTY,
  low: EMPTY,
  close: EMPTY,
  volume: EMPTY,
});

/** Of several adjustments of a symbol, the one that reaches furthest. */
const bestSpan = (spans: readonly StoredSpan[], symbol: string, timeframe: Timeframe): StoredSpan | undefined =>
  spans
    .filter((span) => span.symbol === symbol && span.timeframe === timeframe)
    .sort((left, right) => Number(right.to) - Number(left.to) || right.bars - left.bars)[0];

export function storedBars(db: Kysely<Database>): StoredBars {
  let kept: { readonly spans: Promise<readonly StoredSpan[]>; readonly untilMs: number } | undefined;
  const spans = (): Promise<readonly StoredSpan[]> => {
    if (kept === undefined || performance.now() > kept.untilMs) {
      const read = listSpans(db);
      kept = { spans: read, untilMs: performance.now() + SPANS_KEPT_MS };
      read.catch(() => (kept = undefined));
    }
    return kept.spans;
  };
  const spanOf = async (symbol: string, timeframe: Timeframe): Promise<StoredSpan | undefined> =>
    bestSpan(await spans(), symbol, timeframe);
  return {
    spanOf,
    read: async ({ symbol, timeframe, from, to, last }) => {
      const span = await spanOf(symbol, timeframe);
      if (span === undefined) return noBars(symbol, timeframe);
      const adjustment = ADJUSTMENTS.find((known) => known === span.adjustment);
      if (adjustment === undefined) throw new Error(`Invariant: bars of ${symbol} are adjusted in no known way, ${span.adjustment}`);
      return loadBars(db, {
        symbol,
        timeframe,
        adjustment,
        ...(from === undefined ? {} : { fromMs: from }),
        ...(to === undefined ? {} : { toMs: to }),
        ...(last === undefined ? {} : { last }),
      });
    },
  };
}
