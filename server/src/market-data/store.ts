import { sql } from 'kysely';
import type { Generated, Kysely, Transaction } from 'kysely';
import type { Adjustment, BarColumns, Timeframe } from './bar.ts';

interface BarRow {
  readonly symbol: string;
  readonly timeframe: string;
  readonly adjustment: string;
  readonly start_at: Date;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly provider: Generated<string>;
}

export interface MarketDataTables {
  readonly bars: BarRow;
}

/** What an import did: rows new, rows whose values were replaced, rows already there with the same values. */
export interface UpsertCounts {
  readonly inserted: number;
  readonly changed: number;
  readonly unchanged: number;
}

const CHUNK = 5_000;

/** One statement a chunk: arrays through `unnest`, which both stores run an order of magnitude faster than row values. */
async function upsertChunk(
  trx: Transaction<MarketDataTables>,
  bars: BarColumns,
  adjustment: Adjustment,
  provider: string,
  from: number,
  to: number,
): Promise<{ inserted: number; changed: number }> {
  const column = (values: Float64Array): number[] => Array.from(values.subarray(from, to));
  const result = await sql<{ inserted: boolean }>`
    insert into bars (symbol, timeframe, adjustment, start_at, open, high, low, close, volume, provider)
    select ${bars.symbol}, ${bars.timeframe}, ${adjustment}, to_timestamp(t / 1000.0), o, h, l, c, v, ${provider}
    from unnest(
      ${column(bars.startAtMs)}::double precision[], ${column(bars.open)}::double precision[], ${column(bars.high)}::double precision[],
      ${column(bars.low)}::double precision[], ${column(bars.close)}::double precision[], ${column(bars.volume)}::double precision[]
    ) as incoming(t, o, h, l, c, v)
    on conflict (symbol, timeframe, adjustment, start_at) do update
      set open = excluded.open, high = excluded.high, low = excluded.low, close = excluded.close, volume = excluded.volume, provider = excluded.provider
      where (bars.open, bars.high, bars.low, bars.close, bars.volume)
        is distinct from (excluded.open, excluded.high, excluded.low, excluded.close, excluded.volume)
    returning (xmax = 0) as inserted`.execute(trx);
  const inserted = result.rows.filter((row) => row.inserted).length;
  return { inserted, changed: result.rows.length - inserted };
}

const FIELDS = ['startAtMs', 'open', 'high', 'low', 'close', 'volume'] as const;

/** The database orders NaN and infinity above every number, so its own checks let some of them pass. */
function assertFinite(bars: BarColumns): void {
  for (const field of FIELDS) {
    const row = bars[field].findIndex((value) => !Number.isFinite(value));
    if (row >= 0) throw new Error(`Invariant: bars are validated before they are stored; row ${row + 1} of ${bars.symbol} has no ${field}`);
  }
}

/** All of the columns, or none. */
export async function upsertBars(
  db: Kysely<MarketDataTables>,
  bars: BarColumns,
  adjustment: Adjustment,
  provider: string,
): Promise<UpsertCounts> {
  assertFinite(bars);
  return db.transaction().execute(async (trx) => {
    let inserted = 0;
    let changed = 0;
    for (let from = 0; from < bars.length; from += CHUNK) {
      const counts = await upsertChunk(trx, bars, adjustment, provider, from, Math.min(from + CHUNK, bars.length));
      inserted += counts.inserted;
      changed += counts.changed;
    }
    return { inserted, changed, unchanged: bars.length - inserted - changed };
  });
}

export interface BarRange {
  readonly symbol: string;
  readonly timeframe: Timeframe;
  readonly adjustment: Adjustment;
  /** Milliseconds UTC, included. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Only the newest so many. */
  readonly last?: number;
}

interface BarArrays {
  readonly t: number[] | null;
  readonly o: number[] | null;
  readonly h: number[] | null;
  readonly l: number[] | null;
  readonly c: number[] | null;
  readonly v: number[] | null;
}

/** One row of arrays: parsing one row is several times quicker than parsing thousands. */
export async function selectBars(db: Kysely<MarketDataTables>, range: BarRange): Promise<BarColumns> {
  const lower = range.fromMs === undefined ? sql`` : sql`and start_at >= to_timestamp(${range.fromMs} / 1000.0)`;
  const upper = range.toMs === undefined ? sql`` : sql`and start_at <= to_timestamp(${range.toMs} / 1000.0)`;
  const limit = range.last === undefined ? sql`` : sql`limit ${range.last}`;
  const result = await sql<BarArrays>`
    select array_agg((extract(epoch from start_at) * 1000)::double precision order by start_at) as t,
      array_agg(open order by start_at) as o, array_agg(high order by start_at) as h, array_agg(low order by start_at) as l,
      array_agg(close order by start_at) as c, array_agg(volume order by start_at) as v
    from (
      select start_at, open, high, low, close, volume from bars
      where symbol = ${range.symbol} and timeframe = ${range.timeframe} and adjustment = ${range.adjustment} ${lower} ${upper}
      order by start_at desc ${limit}
    ) as newest`.execute(db);
  const row = result.rows[0];
  const column = (values: number[] | null | undefined): Float64Array => Float64Array.from(values ?? []);
  return {
    symbol: range.symbol,
    timeframe: range.timeframe,
    length: row?.t?.length ?? 0,
    startAtMs: column(row?.t),
    open: column(row?.o),
    high: column(row?.h),
    low: column(row?.l),
    close: column(row?.c),
    volume: column(row?.v),
  };
}

/** A span in milliseconds UTC, both ends included; all where absent. */
export interface CountedBars extends Pick<BarRange, 'symbol' | 'timeframe'> {
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** How many bars there are of the adjustment that has the most: what is read is of one. */
export async function countBars(db: Kysely<MarketDataTables>, { symbol, timeframe, fromMs, toMs }: CountedBars): Promise<number> {
  let query = db
    .selectFrom('bars')
    .select(sql<number>`count(*)::int`.as('bars'))
    .where('symbol', '=', symbol);
  if (fromMs !== undefined) query = query.where('start_at', '>=', new Date(fromMs));
  if (toMs !== undefined) query = query.where('start_at', '<=', new Date(toMs));
  const counts = await query.where('timeframe', '=', timeframe).groupBy('adjustment').execute();
  return Math.max(0, ...counts.map(({ bars }) => bars));
}

export interface StoredSpan {
  readonly symbol: string;
  readonly timeframe: string;
  readonly adjustment: string;
  readonly bars: number;
  readonly from: Date;
  readonly to: Date;
}

export async function selectSpans(db: Kysely<MarketDataTables>): Promise<readonly StoredSpan[]> {
  return db
    .selectFrom('bars')
    .select((row) => [
      'symbol',
      'timeframe',
      'adjustment',
      sql<number>`count(*)::int`.as('bars'),
      row.fn.min('start_at').as('from'),
      row.fn.max('start_at').as('to'),
    ])
    .groupBy(['symbol', 'timeframe', 'adjustment'])
    .orderBy('symbol')
    .orderBy('timeframe')
    .execute();
}
