import { readFile } from 'node:fs/promises';
import { CsvError } from './csv.ts';
import { RowReader } from './csv-rows.ts';
import type { CorporateAction } from './types.ts';

const COLUMNS = ['symbol', 'date', 'ratio', 'dividend'] as const;
type Column = (typeof COLUMNS)[number];
type Places = Readonly<Record<Column, number>>;

const NEEDED = `Needed, in any order: ${COLUMNS.join(',')}.`;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Dividends and splits by symbol, in order of time. */
export type ActionsBySymbol = Readonly<Record<string, readonly CorporateAction[]>>;

/** Reads `symbol,date,ratio,dividend`. Throws {@link CsvError}, which names the file, the line and the field. */
export async function readActionsCsv(path: string): Promise<ActionsBySymbol> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw new CsvError(`${path}: cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  });
  return parseActionsCsv(bytes, path);
}

/**
 * `symbol,date,ratio,dividend`, plain, columns in any order, rows in any order. `date` is the day on which the bars are ex (2024-06-10, its first instant in
 * UTC), or an instant in UTC; `ratio`: new units for an old one, 1 for no split; `dividend`: money a unit held before the split, 0 for none. Strict: a
 * column more or less, an empty field, a row that changes nothing, and a second row of a symbol and date are refused.
 */
export function parseActionsCsv(bytes: Uint8Array, path: string): ActionsBySymbol {
  const rows = new RowReader(bytes);
  const places = readHeader(rows, path);
  const actions = new Map<string, Map<number, CorporateAction>>();
  while (rows.next()) {
    const refuse = (field: string, problem: string): never => {
      throw new CsvError(`${path}, line ${rows.line}, field ${field}: ${problem}`);
    };
    if (rows.count !== COLUMNS.length) refuse('count', `the row has ${rows.count} fields, the header ${COLUMNS.length}`);
    const symbol = rows.text(places.symbol).trim();
    if (symbol === '') refuse('symbol', 'is empty');
    const action = readAction(rows, places, refuse);
    const known = actions.get(symbol) ?? new Map<number, CorporateAction>();
    if (known.has(action.atMs))
      refuse('date', `${JSON.stringify(rows.text(places.date))} of ${symbol} is there twice: put both into one row`);
    actions.set(symbol, known.set(action.atMs, action));
  }
  return Object.fromEntries([...actions].map(([symbol, list]) => [symbol, [...list.values()].sort((a, b) => a.atMs - b.atMs)]));
}

function readHeader(rows: RowReader, path: string): Places {
  if (!rows.next()) throw new CsvError(`${path}: is empty. The first line must name the columns. ${NEEDED}`);
  const names = Array.from({ length: rows.count }, (_, field) =>
    rows
      .text(field)
      .trim()
      .replace(/^\uFEFF/, ''),
  );
  const missing = COLUMNS.find((name) => !names.includes(name));
  if (missing !== undefined) throw new CsvError(`${path}, line 1: the column ${missing} is missing. ${NEEDED}`);
  const more = names.find((name, at) => !COLUMNS.some((known) => known === name) || names.indexOf(name) !== at);
  if (more !== undefined)
    throw new CsvError(`${path}, line 1: the column ${JSON.stringify(more)} is not one of them, or there twice. ${NEEDED}`);
  const place = (name: Column): number => names.indexOf(name);
  return { symbol: place('symbol'), date: place('date'), ratio: place('ratio'), dividend: place('dividend') };
}

function readAction(rows: RowReader, places: Places, refuse: (field: string, problem: string) => never): CorporateAction {
  const given = (field: Column): string => JSON.stringify(rows.text(places[field]));
  const date = rows.text(places.date).trim();
  const atMs = DAY.test(date) ? dayMs(date) : rows.instantMs(places.date);
  if (Number.isNaN(atMs)) refuse('date', `${given('date')} is not a day (2024-06-10) or an instant in UTC (2024-06-10T13:30:00Z)`);
  const ratio = rows.number(places.ratio);
  if (!(ratio > 0)) refuse('ratio', `${given('ratio')} is not a number above zero; 1 is no split`);
  const dividend = rows.number(places.dividend);
  if (!(dividend >= 0)) refuse('dividend', `${given('dividend')} is not a number of zero or more`);
  if (ratio === 1 && dividend === 0) refuse('ratio', 'the row is neither a split nor a dividend');
  return { atMs, ratio, dividend };
}

/** Not-a-number for a day that does not exist, which the parser of dates would move on. */
function dayMs(date: string): number {
  const atMs = Date.parse(date);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(date) ? atMs : Number.NaN;
}
