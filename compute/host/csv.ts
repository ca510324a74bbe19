import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { formatInstant } from './csv-fields.ts';
import { RowReader } from './csv-rows.ts';
import type { BadField } from './csv-rows.ts';
import type { BarSeries } from './types.ts';

export interface CsvOptions {
  /** Columns that are not a bar's are refused unless this is set. */
  readonly ignoreExtra?: boolean;
  /** A bad row stops the reading, or is set aside and counted. */
  readonly onBad?: 'fail' | 'skip';
  /** Names the bars of a file without a symbol column; picks one symbol out of a file with one. */
  readonly symbol?: string;
  /** Spreads and synthetic series may be zero or below. */
  readonly allowNonPositive?: boolean;
}

export interface BarsFile {
  /** In the order in which they first appear. */
  readonly symbols: Map<string, BarSeries>;
  /** Rows set aside. */
  readonly skipped: number;
  /** What was wrong with the first row set aside. */
  readonly firstSkipped: string | null;
}

/** A file of bars that cannot be read: says which file, which line (from 1, the header included), which field, and what to do. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
}

const BAR_COLUMNS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'] as const;
type BarColumn = (typeof BAR_COLUMNS)[number];
const COLUMNS: readonly string[] = ['symbol', ...BAR_COLUMNS];

/** Reads `symbol,timestamp,open,high,low,close,volume` (symbol may be absent, columns in any order), plain or gzip. */
export async function readBarsCsv(path: string, options: CsvOptions = {}): Promise<BarsFile> {
  return parseBarsCsv(await readBytes(path), path, options);
}

async function readBytes(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new CsvError(`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  return promisify(gunzip)(bytes).catch((error: unknown) => {
    throw new CsvError(`${path}: damaged gzip file: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** As {@link readBarsCsv}, of bytes at hand; `path` is for messages, and names the symbol where nothing else does. */
export function parseBarsCsv(bytes: Uint8Array, path: string, options: CsvOptions = {}): BarsFile {
  const rows = new RowReader(bytes);
  const header = readHeader(rows, path, options.ignoreExtra === true);
  const only = header.symbol === undefined ? undefined : options.symbol;
  const columns = new Map<string, GrowingSeries>();
  const fallback = options.symbol ?? basename(path).replace(/(\.csv)?(\.gz)?$/i, '');
  const skip = options.onBad === 'skip';
  let skipped = 0;
  let firstSkipped: string | null = null;
  let series: GrowingSeries | undefined;
  let name = '';
  while (rows.next()) {
    if (series === undefined || (header.symbol !== undefined && !rows.equals(header.symbol, name))) {
      name = header.symbol === undefined ? fallback : rows.text(header.symbol);
      series = columns.get(name) ?? new GrowingSeries();
    }
    if (only !== undefined && name !== only) continue;
    const bad = name === '' ? { field: 'symbol', problem: 'is empty' } : series.push(rows, header, options.allowNonPositive === true);
    if (bad === undefined) {
      if (series.length === 1) columns.set(name, series);
      continue;
    }
    const message = `${path}, line ${rows.line}, field ${bad.field}: ${bad.problem}`;
    if (!skip) throw new CsvError(`${message}. Mend the row, or set bad rows aside with --on-bad skip.`);
    firstSkipped ??= message;
    skipped++;
  }
  if (only !== undefined && !columns.has(only)) throw new CsvError(`${path}: holds no bars of ${only}.`);
  return { symbols: new Map([...columns].map(([symbol, grown]) => [symbol, grown.series()])), skipped, firstSkipped };
}

interface Header {
  readonly symbol: number | undefined;
  readonly columns: Record<BarColumn, number>;
  readonly count: number;
}

function readHeader(rows: RowReader, path: string, ignoreExtra: boolean): Header {
  if (!rows.next()) throw new CsvError(`${path}: is empty. The first line must name the columns: ${COLUMNS.join(',')}.`);
  const names = Array.from({ length: rows.count }, (_, i) =>
    rows
      .text(i)
      .trim()
      .replace(/^\uFEFF/, ''),
  );
  const twice = names.find((name, i) => COLUMNS.includes(name) && names.indexOf(name) !== i);
  if (twice !== undefined) throw new CsvError(`${path}, line 1: the column ${twice} is there twice.`);
  const extra = names.filter((name) => !COLUMNS.includes(name));
  const found = extra.length === 0 ? '' : `; not known: ${extra.slice(0, 3).join(', ')}`;
  const place = (name: BarColumn): number => {
    const at = names.indexOf(name);
    if (at < 0) throw new CsvError(`${path}, line 1: the column ${name} is missing. Needed: ${BAR_COLUMNS.join(',')}${found}.`);
    return at;
  };
  const symbol = names.indexOf('symbol');
  const columns = {
    timestamp: place('timestamp'),
    open: place('open'),
    high: place('high'),
    low: place('low'),
    close: place('close'),
    volume: place('volume'),
  };
  // A name of another spelling is both unknown and missing: what is missing is said first.
  if (extra.length > 0 && !ignoreExtra)
    throw new CsvError(`${path}, line 1: unknown column ${extra.slice(0, 3).join(', ')}. Remove it, or pass --ignore-extra.`);
  return { symbol: symbol < 0 ? undefined : symbol, columns, count: names.length };
}

/** Columns that double as they fill. */
class GrowingSeries {
  length = 0;
  private startAtMs = new Float64Array(1024);
  private open = new Float64Array(1024);
  private high = new Float64Array(1024);
  private low = new Float64Array(1024);
  private close = new Float64Array(1024);
  private volume = new Float64Array(1024);

  /** Takes the row in, or says what is wrong with it and takes nothing. */
  push(rows: RowReader, header: Header, allowNonPositive: boolean): BadField | undefined {
    const { columns, count } = header;
    if (rows.count !== count) return { field: 'count', problem: `the row has ${rows.count} fields, the header ${count}` };
    const at = this.length;
    const startAtMs = rows.instantMs(columns.timestamp);
    if (Number.isNaN(startAtMs))
      return rows.bad('timestamp', columns.timestamp, 'is not an ISO-8601 instant in UTC, as 2024-01-31T14:30:00Z');
    const last = this.startAtMs[at - 1] ?? -Infinity;
    if (startAtMs === last) return rows.bad('timestamp', columns.timestamp, 'is there twice');
    if (startAtMs < last)
      return rows.bad('timestamp', columns.timestamp, `comes after ${formatInstant(last)}: rows must be in order of time`);
    const open = rows.number(columns.open);
    const high = rows.number(columns.high);
    const low = rows.number(columns.low);
    const close = rows.number(columns.close);
    const volume = rows.number(columns.volume);
    if (!(volume >= 0 && high >= low && open === open && close === close && (allowNonPositive || (low > 0 && open > 0 && close > 0)))) {
      return badPrices(rows, columns, allowNonPositive);
    }
    if (at === this.startAtMs.length) this.grow();
    this.startAtMs[at] = startAtMs;
    this.open[at] = open;
    this.high[at] = high;
    this.low[at] = low;
    this.close[at] = close;
    this.volume[at] = volume;
    this.length = at + 1;
    return undefined;
  }

  series(): BarSeries {
    const { length } = this;
    return {
      length,
      startAtMs: this.startAtMs.slice(0, length),
      open: this.open.slice(0, length),
      high: this.high.slice(0, length),
      low: this.low.slice(0, length),
      close: this.close.slice(0, length),
      volume: this.volume.slice(0, length),
    };
  }

  private grow(): void {
    this.startAtMs = doubled(this.startAtMs);
    this.open = doubled(this.open);
    this.high = doubled(this.high);
    this.low = doubled(this.low);
    this.close = doubled(this.close);
    this.volume = doubled(this.volume);
  }
}

function doubled(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const grown = new Float64Array(values.length * 2);
  grown.set(values);
  return grown;
}

function badPrices(rows: RowReader, columns: Header['columns'], allowNonPositive: boolean): BadField {
  for (const field of ['open', 'high', 'low', 'close', 'volume'] as const) {
    const value = rows.number(columns[field]);
    if (Number.isNaN(value)) return rows.bad(field, columns[field], 'is not a number');
    if (field === 'volume' && value < 0) return rows.bad(field, columns[field], 'is below zero');
    if (field !== 'volume' && value <= 0 && !allowNonPositive) return rows.bad(field, columns[field], 'is not above zero');
  }
  return rows.bad('high', columns.high, `is below low ${rows.text(columns.low)}`);
}
