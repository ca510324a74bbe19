import { readBarsCsv } from '@tidemark/compute/csv';
import type { Kysely } from 'kysely';
import { ensureInstruments, saveInstruments } from '../instruments/service.ts';
import type { InstrumentTables } from '../instruments/service.ts';
import { formatInstant, instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { Adjustment, Bar, BarColumns, Timeframe } from './bar.ts';
import type { Provider, RefusedBar } from './provider.ts';
import { loadSampleData } from './sample-data.ts';
import { selectBars, selectSpans, upsertBars } from './store.ts';
import type { BarRange, MarketDataTables, StoredSpan, UpsertCounts } from './store.ts';
import { symbolIn } from './symbol-of-file.ts';
import { validateBar } from './validate-bar.ts';

export { countBars } from './store.ts';
export type { BarRange, MarketDataTables, StoredSpan, UpsertCounts } from './store.ts';

type Tables = MarketDataTables & InstrumentTables;

export const loadBars = (db: Kysely<Tables>, range: BarRange): Promise<BarColumns> => selectBars(db, range);

/** Writes one symbol's bars; the same bars again change nothing. */
export const saveBars = (db: Kysely<Tables>, bars: BarColumns, adjustment: Adjustment, provider: string): Promise<UpsertCounts> =>
  upsertBars(db, bars, adjustment, provider);

export const listSpans = (db: Kysely<Tables>): Promise<readonly StoredSpan[]> => selectSpans(db);

export interface SymbolCounts extends UpsertCounts {
  readonly symbol: string;
}

export interface ImportReport {
  readonly symbols: readonly SymbolCounts[];
  /** Bad rows that were set aside. */
  readonly skipped: number;
  readonly refused: readonly RefusedBar[];
}

export interface CsvImport {
  readonly path: string;
  readonly timeframe: Timeframe;
  readonly adjustment: Adjustment;
  /** For files without a symbol column. */
  readonly symbol?: string;
  readonly onBad: 'fail' | 'skip';
  readonly ignoreExtra?: boolean;
}

async function saveColumns(
  db: Kysely<Tables>,
  columns: readonly BarColumns[],
  adjustment: Adjustment,
  provider: string,
  signal?: AbortSignal,
): Promise<SymbolCounts[]> {
  const counts: SymbolCounts[] = [];
  for (const bars of columns) {
    signal?.throwIfAborted();
    counts.push({ symbol: bars.symbol, ...(await upsertBars(db, bars, adjustment, provider)) });
  }
  return counts;
}

/** The bars of a file, believed whole: nothing of it has been written yet. */
export interface ReadImport {
  readonly columns: readonly BarColumns[];
  readonly skipped: number;
}

/** Reads and validates a file whole. Throws on the first bad row unless `onBad` is `skip`. */
export async function readImport({ path, timeframe, onBad, symbol, ignoreExtra }: CsvImport): Promise<ReadImport> {
  const read = await readBarsCsv(path, {
    onBad,
    ignoreExtra: ignoreExtra ?? false,
    ...(symbol === undefined ? {} : { symbol }),
  });
  if (read.symbols.size === 0) throw new Error(`${path}: holds no bars${read.skipped > 0 ? `; ${read.skipped} bad rows set aside` : ''}`);
  const named = [...read.symbols].map(([found, series]): BarColumns => ({ symbol: symbolIn(path, found), timeframe, ...series }));
  const columns = named.map((bars) => believableBars(bars, path, onBad));
  const skipped = named.reduce((total, bars, index) => total + bars.length - (columns[index]?.length ?? 0), read.skipped);
  return { columns, skipped };
}

/** Writes what was read, a symbol at a time; the same again adds nothing. Aborting ends it before the next symbol. */
export async function saveImport(
  db: Kysely<Tables>,
  { columns, skipped }: ReadImport,
  adjustment: Adjustment,
  signal?: AbortSignal,
): Promise<ImportReport> {
  await ensureInstruments(
    db,
    columns.map((bars) => bars.symbol),
  );
  return { symbols: await saveColumns(db, columns, adjustment, 'csv', signal), skipped, refused: [] };
}

/** {@link readImport}, then {@link saveImport}: a file with a bad row writes nothing. */
export const importCsv = async (db: Kysely<Tables>, request: CsvImport): Promise<ImportReport> =>
  saveImport(db, await readImport(request), request.adjustment);

/** The reader has checked prices and order; whether open and close lie between low and high, and times fit the timeframe, it does not ask. */
function believableBars(bars: BarColumns, path: string, onBad: CsvImport['onBad']): BarColumns {
  const rows: number[] = [];
  for (let row = 0; row < bars.length; row += 1) {
    const verdict = validateBar(barAt(bars, row), { allowNonPositive: true });
    if (verdict.ok) rows.push(row);
    else if (onBad === 'fail') {
      const when = formatInstant(instantFromMs(bars.startAtMs[row] ?? Number.NaN));
      throw new Error(
        `${path}: row ${row + 1} of ${bars.symbol}, at ${when}: ${verdict.reason}. Mend the row, or set bad rows aside with --on-bad skip.`,
      );
    }
  }
  return rows.length === bars.length ? bars : pick(bars, rows);
}

function pick(bars: BarColumns, rows: readonly number[]): BarColumns {
  const column = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row] ?? Number.NaN);
  return {
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    length: rows.length,
    startAtMs: column(bars.startAtMs),
    open: column(bars.open),
    high: column(bars.high),
    low: column(bars.low),
    close: column(bars.close),
    volume: column(bars.volume),
  };
}

/** One row of columns as a bar. */
export function barAt(bars: BarColumns, row: number): Bar {
  const at = (column: Float64Array): number => column[row] ?? Number.NaN;
  return {
    symbol: bars.symbol,
    timeframe: bars.timeframe,
    startAt: instantFromMs(at(bars.startAtMs)),
    open: at(bars.open),
    high: at(bars.high),
    low: at(bars.low),
    close: at(bars.close),
    volume: at(bars.volume),
  };
}

/** Rows of one symbol as columns. Times must rise. */
export function columnsOf(symbol: string, timeframe: Timeframe, bars: readonly Bar[]): BarColumns {
  const column = (read: (bar: Bar) => number): Float64Array => Float64Array.from(bars, read);
  return {
    symbol,
    timeframe,
    length: bars.length,
    startAtMs: column((bar) => bar.startAt),
    open: column((bar) => bar.open),
    high: column((bar) => bar.high),
    low: column((bar) => bar.low),
    close: column((bar) => bar.close),
    volume: column((bar) => bar.volume),
  };
}

export interface FetchRequest {
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly from: Instant;
  readonly to?: Instant;
  readonly adjustment: Adjustment;
  readonly signal?: AbortSignal;
  readonly onPage?: (bars: number) => void;
}

/** Fetches history page by page and writes each page as it comes, so that an interrupted fetch goes on where it was. */
export async function fetchBars(db: Kysely<Tables>, provider: Provider, request: FetchRequest): Promise<ImportReport> {
  const totals = new Map<string, SymbolCounts>(
    request.symbols.map((symbol) => [symbol, { symbol, inserted: 0, changed: 0, unchanged: 0 }]),
  );
  const refused: RefusedBar[] = [];
  for await (const page of provider.history(request)) {
    refused.push(...page.refused);
    const bySymbol = Map.groupBy(page.bars, (bar) => bar.symbol);
    await ensureInstruments(db, [...bySymbol.keys()]);
    const columns = [...bySymbol].map(([symbol, bars]) => columnsOf(symbol, request.timeframe, bars));
    for (const counts of await saveColumns(db, columns, request.adjustment, provider.name)) {
      const before = totals.get(counts.symbol) ?? { inserted: 0, changed: 0, unchanged: 0 };
      totals.set(counts.symbol, {
        symbol: counts.symbol,
        inserted: before.inserted + counts.inserted,
        changed: before.changed + counts.changed,
        unchanged: before.unchanged + counts.unchanged,
      });
    }
    request.onPage?.(page.bars.length);
  }
  return { symbols: [...totals.values()], skipped: 0, refused };
}

/** Writes the sample instruments and their bars; nothing is added the second time. */
export async function importSampleData(db: Kysely<Tables>): Promise<readonly SymbolCounts[]> {
  const sample = await loadSampleData();
  await saveInstruments(db, sample.instruments);
  return saveColumns(db, [...sample.daily, ...sample.minutes], 'split', 'sample');
}
