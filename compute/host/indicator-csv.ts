import { readFile } from 'node:fs/promises';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { readBarsCsv } from './csv.ts';
import { formatInstant } from './csv-fields.ts';
import { ParameterError } from './indicators.ts';
import type { Indicators } from './indicators.ts';
import { openIndicators } from './indicators.node.ts';
import type { BarSeries, ParameterValues } from './types.ts';

export interface IndicatorRun {
  readonly csvPath: string;
  /** JSON: `[{ "column": "SMA_30", "indicator": "SMA", "parameters": { "timeperiod": 30 } }]`. */
  readonly specPath: string;
  readonly onBad: 'fail' | 'skip';
  readonly ignoreExtra: boolean;
  /** Takes the CSV; stays open. */
  readonly out: Writable;
}

export interface IndicatorRunSummary {
  readonly rows: number;
  /** Columns beside the timestamp. */
  readonly columns: number;
  /** Rows of the input that were set aside. */
  readonly skipped: number;
  readonly firstSkipped: string | null;
}

/** A list of indicators that cannot be run: says which file, which entry (from 1), what is wrong. */
export class SpecError extends Error {
  override readonly name = 'SpecError';
}

interface Entry {
  readonly column: string;
  readonly indicator: string;
  readonly parameters: ParameterValues;
}

interface Column {
  readonly name: string;
  readonly values: Float64Array;
}

const ROWS_AT_A_TIME = 2_000;

/**
 * Runs a list of indicators over a file of bars and writes one CSV: the timestamp, then a column per output. Numbers are the shortest that
 * read back the same; a cell is empty where there is no value. Prices of zero and below are taken. Throws {@link SpecError} or `CsvError`.
 */
export async function runIndicatorSpec(run: IndicatorRun): Promise<IndicatorRunSummary> {
  const indicators = await openIndicators();
  const entries = parseSpec(await readSpec(run.specPath), run.specPath, indicators);
  const file = await readBarsCsv(run.csvPath, { ignoreExtra: run.ignoreExtra, onBad: run.onBad, allowNonPositive: true });
  if (file.symbols.size > 1) {
    const names = [...file.symbols.keys()].slice(0, 3).join(', ');
    throw new SpecError(`${run.csvPath}: holds bars of several symbols (${names}, …). Give a file with the bars of one.`);
  }
  const series = [...file.symbols.values()][0] ?? NO_BARS;
  const columns = compute(indicators, entries, series);
  await pipeline(() => lines(series, columns), run.out, { end: false });
  return { rows: series.length, columns: columns.length, skipped: file.skipped, firstSkipped: file.firstSkipped };
}

const NONE = new Float64Array(0);
const NO_BARS: BarSeries = { length: 0, startAtMs: NONE, open: NONE, high: NONE, low: NONE, close: NONE, volume: NONE };

async function readSpec(path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new SpecError(`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SpecError(`${path}: is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Checks names and parameters, too, so that nothing is written before all of the list is known to be right. */
export function parseSpec(value: unknown, path: string, indicators: Indicators): readonly Entry[] {
  if (!Array.isArray(value)) throw new SpecError(`${path}: must be a list of { "column", "indicator", "parameters" }.`);
  const entries = value.map((item: unknown, index) => {
    const where = `${path}, entry ${index + 1}`;
    const entry = parseEntry(item, where);
    try {
      indicators.lookback(entry.indicator, entry.parameters);
    } catch (error) {
      if (error instanceof ParameterError) throw new SpecError(`${where} (${entry.column}): ${error.message}`, { cause: error });
      throw error;
    }
    return entry;
  });
  const seen = new Set(['timestamp']);
  for (const { column } of entries) {
    if (seen.has(column)) throw new SpecError(`${path}: the column ${column} is there twice. Give each entry a column of its own.`);
    seen.add(column);
  }
  return entries;
}

function parseEntry(item: unknown, where: string): Entry {
  if (!isRecord(item)) throw new SpecError(`${where}: must be { "column", "indicator", "parameters" }.`);
  const { column, indicator, parameters = {}, ...others } = item;
  const [other] = Object.keys(others);
  if (other !== undefined) throw new SpecError(`${where}: unknown field ${other}. Known: column, indicator, parameters.`);
  if (typeof column !== 'string' || column === '' || /[",\r\n]/.test(column)) {
    throw new SpecError(`${where}, field column: must be a name without commas, quotes or line breaks, not ${JSON.stringify(column)}.`);
  }
  if (typeof indicator !== 'string') throw new SpecError(`${where}, field indicator: must be a name, not ${JSON.stringify(indicator)}.`);
  if (!isRecord(parameters))
    throw new SpecError(`${where}, field parameters: must be an object of numbers, not ${JSON.stringify(parameters)}.`);
  const values: Record<string, number | string> = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (typeof value !== 'number' && typeof value !== 'string') {
      throw new SpecError(`${where}, field parameters.${name}: must be a number, not ${JSON.stringify(value)}.`);
    }
    values[name] = value;
  }
  return { column, indicator, parameters: values };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function compute(indicators: Indicators, entries: readonly Entry[], series: BarSeries): readonly Column[] {
  const loaded = indicators.load(series);
  return entries.flatMap(({ column, indicator, parameters }) => {
    const outputs = loaded.run(indicator, parameters);
    return outputs.map(({ name, values }) => ({ name: outputs.length === 1 ? column : `${column}.${name}`, values: values.slice() }));
  });
}

function* lines(series: BarSeries, columns: readonly Column[]): Generator<string> {
  yield `${['timestamp', ...columns.map((column) => column.name)].join(',')}\n`;
  for (let from = 0; from < series.length; from += ROWS_AT_A_TIME) {
    const to = Math.min(series.length, from + ROWS_AT_A_TIME);
    let text = '';
    for (let row = from; row < to; row++) {
      text += formatInstant(series.startAtMs[row] ?? NaN);
      for (const { values } of columns) text += `,${cell(values[row] ?? NaN)}`;
      text += '\n';
    }
    yield text;
  }
}

function cell(value: number): string {
  return Number.isNaN(value) ? '' : String(value);
}
