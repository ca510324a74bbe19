import { existsSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldenPath } from '../compute/host/golden-backtests.ts';
import { sessionsBetween } from '../server/src/instruments/calendar.ts';
import { loadBars } from '../server/src/market-data/service.ts';
import { openDatabase } from '../server/src/platform/database.ts';
import { run, start, temporaryFolder } from './product.ts';

const AAPL = goldenPath('data/AAPL_daily_raw_1998_2021.csv');

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

/** One for all: making an embedded database takes seconds. */
let dataDir: string;
beforeAll(() => {
  dataDir = join(folder.path, 'data');
});

interface Counts {
  readonly symbols: readonly { readonly symbol: string; readonly inserted: number; readonly changed: number; readonly unchanged: number }[];
  readonly skipped: number;
  readonly refused: number;
}

/** Runs a command that must succeed, and gives its counts. */
async function counts(...args: string[]): Promise<Counts> {
  const { code, out, err } = await run([...args, '--json'], { DATABASE_URL: undefined });
  if (code !== 0) throw new Error(`exit ${code}: ${err}`);
  return JSON.parse(out) as Counts;
}

async function storedDates(dataDir: string, symbol: string): Promise<readonly string[]> {
  const database = await openDatabase({ dataDir });
  try {
    const { startAtMs } = await loadBars(database.db, { symbol, timeframe: '1Day', adjustment: 'raw' });
    return Array.from(startAtMs, (at) => new Date(at).toISOString().slice(0, 10));
  } finally {
    await database.close();
  }
}

test('fetch: a year of real bars through the SDK, once', async () => {
  const exchange = await start(['exchange', '--port', '0', '--csv', AAPL, '--from', '2017-01-03', '--speed', '0']);
  try {
    const year = ['--timeframe', '1Day', '--from', '2016-01-01', '--to', '2016-12-31', '--exchange-url', exchange.url];
    const fetchYear = () => counts('fetch', '--symbols', 'AAPL', ...year, '--data-dir', dataDir);
    const sessions = sessionsBetween('2016-01-01', '2016-12-31').map(({ date }) => date);
    expect(sessions).toHaveLength(252);
    expect(await fetchYear()).toEqual({
      symbols: [{ symbol: 'AAPL', inserted: 252, changed: 0, unchanged: 0 }],
      skipped: 0,
      refused: 0,
    });
    expect(await fetchYear()).toMatchObject({ symbols: [{ inserted: 0, changed: 0, unchanged: 252 }] });
    expect(await storedDates(dataDir, 'AAPL')).toEqual(sessions);
    // The same year out of the file is what the exchange gave.
    const rows = readFileSync(AAPL, 'utf8').trim().split('\n');
    const year2016 = rows.filter((row, index) => index === 0 || row.includes(',2016-'));
    const csv = join(folder.path, 'AAPL-2016.csv');
    await writeFile(csv, year2016.join('\n'));
    expect(await counts('import', '--csv', csv, '--timeframe', '1Day', '--data-dir', dataDir)).toMatchObject({
      symbols: [{ inserted: 0, changed: 0, unchanged: 252 }],
    });
  } finally {
    expect(await exchange.stop('SIGINT')).toBe(0);
  }
});

test('fetch: an exchange that is not there', async () => {
  const args = ['fetch', '--symbols', 'AAPL', '--timeframe', '1Day', '--from', '2016-01-01', '--exchange-url', 'http://127.0.0.1:9'];
  const { code, out, err } = await run([...args, '--data-dir', dataDir], { DATABASE_URL: undefined });
  expect([code, out]).toEqual([1, '']);
  expect(err).toMatch(/^tidemark: Alpaca did not give the bars of AAPL: .*\n$/);
});

const HEADER = 'symbol,timestamp,open,high,low,close,volume';
const DAYS = ['2024-01-02', '2024-01-03', '2024-01-04'];
const ROWS = DAYS.map((day, index) => `ACME,${day}T00:00:00Z,${10 + index},12.5,9.5,11,1000`);

async function file(name: string, text: string | Uint8Array): Promise<string> {
  const path = join(folder.path, name);
  await writeFile(path, text);
  return path;
}

test('import: twice the same, then one value that changed', async () => {
  const into = (csv: string) => counts('import', '--csv', csv, '--timeframe', '1Day', '--data-dir', dataDir);
  const csv = await file('acme.csv', [HEADER, ...ROWS].join('\n'));
  expect(await into(csv)).toEqual({ symbols: [{ symbol: 'ACME', inserted: 3, changed: 0, unchanged: 0 }], skipped: 0, refused: 0 });
  expect(await into(csv)).toMatchObject({ symbols: [{ inserted: 0, changed: 0, unchanged: 3 }] });
  const changed = [HEADER, ...ROWS, ROWS[2]?.replace('2024-01-04', '2024-01-05')].join('\n').replace('12.5,9.5,11', '12.5,9.5,11.25');
  expect(await into(await file('acme.csv.gz', gzipSync(changed)))).toMatchObject({
    symbols: [{ symbol: 'ACME', inserted: 1, changed: 1, unchanged: 2 }],
  });
  expect(await storedDates(dataDir, 'ACME')).toEqual([...DAYS, '2024-01-05']);
});

test('import: bad rows are set aside and counted when asked', async () => {
  const csv = await file(
    'holes.csv',
    [HEADER, ROWS[0], 'ACME,2024-01-03T00:00:00Z,10,9,11,10,5', 'ACME,2024-01-03T00:00:00Z,99,12,9,10,5', ROWS[2]]
      .join('\n')
      .replaceAll('ACME', 'HOLE'),
  );
  const flags = ['--csv', csv, '--timeframe', '1Day', '--data-dir', dataDir, '--on-bad', 'skip'];
  expect(await counts('import', ...flags)).toMatchObject({ symbols: [{ symbol: 'HOLE', inserted: 2 }], skipped: 2 });
});

describe('import: a bad file names itself, the row and the field, and nothing is written', () => {
  const bad = (row: string): string => [HEADER, ROWS[0], row, ROWS[2]].join('\n');
  const truncated = gzipSync([HEADER, ...ROWS].join('\n')).subarray(0, 40);
  const cases: readonly { readonly name: string; readonly text: string | Uint8Array; readonly says: RegExp }[] = [
    {
      name: 'missing-column',
      text: `symbol,timestamp,open,high,low,close\nACME,2024-01-02T00:00:00Z,1,2,1,1`,
      says: /line 1: the column volume is missing/,
    },
    { name: 'extra-column', text: `${HEADER},vwap\n${ROWS[0]},11`, says: /line 1: unknown column vwap.*--ignore-extra/ },
    { name: 'high-below-low', text: bad('ACME,2024-01-03T00:00:00Z,10,9,11,10,5'), says: /line 3, field high: .*9.* is below low 11/ },
    {
      name: 'open-outside',
      text: bad('ACME,2024-01-03T00:00:00Z,13,12,9,10,5'),
      says: /row 2 of ACME, at 2024-01-03T00:00:00Z: open 13 is outside low 9 to high 12/,
    },
    { name: 'not-a-number', text: bad('ACME,2024-01-03T00:00:00Z,10,NaN,9,10,5'), says: /line 3, field high: .*NaN.* is not a number/ },
    { name: 'words', text: bad('ACME,2024-01-03T00:00:00Z,ten,12,9,10,5'), says: /line 3, field open: .*ten.* is not a number/ },
    { name: 'empty-cell', text: bad('ACME,2024-01-03T00:00:00Z,10,12,9,,5'), says: /line 3, field close: .* is not a number/ },
    { name: 'infinite', text: bad('ACME,2024-01-03T00:00:00Z,10,Infinity,9,10,5'), says: /line 3, field high/ },
    { name: 'duplicate', text: [HEADER, ROWS[0], ROWS[0]].join('\n'), says: /line 3, field timestamp: .* is there twice/ },
    { name: 'unordered', text: [HEADER, ROWS[2], ROWS[0]].join('\n'), says: /line 3, field timestamp: .*must be in order of time/ },
    { name: 'negative-price', text: bad('ACME,2024-01-03T00:00:00Z,10,12,-9,10,5'), says: /line 3, field low: .*-9.* is not above zero/ },
    { name: 'zero-price', text: bad('ACME,2024-01-03T00:00:00Z,0,12,0,10,5'), says: /line 3, field open: .*0.* is not above zero/ },
    { name: 'negative-volume', text: bad('ACME,2024-01-03T00:00:00Z,10,12,9,10,-5'), says: /line 3, field volume: .*-5.* is below zero/ },
    { name: 'bad-time', text: bad('ACME,03/01/2024,10,12,9,10,5'), says: /line 3, field timestamp: .*ISO-8601/ },
    { name: 'not-a-day', text: bad('ACME,2024-01-03T14:30:00Z,10,12,9,10,5'), says: /row 2 of ACME, .*not a multiple of 1Day/ },
    { name: 'short-row', text: bad('ACME,2024-01-03T00:00:00Z,10'), says: /line 3, field count: the row has 3 fields, the header 7/ },
    { name: 'no-symbol', text: bad(',2024-01-03T00:00:00Z,10,12,9,10,5'), says: /line 3, field symbol: is empty/ },
    { name: 'strange-symbol', text: bad('a$,2024-01-03T00:00:00Z,10,12,9,10,5'), says: /"a\$" is not a symbol/ },
    { name: 'empty', text: '', says: /is empty/ },
    { name: 'header-only', text: `${HEADER}\n`, says: /holds no bars/ },
    { name: 'truncated.gz', text: truncated, says: /damaged gzip file/ },
  ];

  test.each(cases)('$name', async ({ name, text, says }) => {
    const csv = await file(`${name}.csv`, text);
    const refusedDir = join(folder.path, `refused-${name}`);
    const { code, out, err } = await run(['import', '--csv', csv, '--timeframe', '1Day', '--data-dir', refusedDir], {
      DATABASE_URL: undefined,
    });
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(`${name}.csv`);
    expect(err).toMatch(says);
    expect(err).toMatch(/^tidemark: [^\n]*\n$/);
    expect(existsSync(refusedDir)).toBe(false);
  });

  test('a missing file, a folder', async () => {
    await mkdir(join(folder.path, 'a-folder.csv'));
    for (const name of ['nowhere.csv', 'a-folder.csv']) {
      const args = ['import', '--csv', join(folder.path, name), '--timeframe', '1Day', '--data-dir', dataDir];
      const { code, out, err } = await run(args, { DATABASE_URL: undefined });
      expect([code, out]).toEqual([1, '']);
      expect(err).toMatch(new RegExp(`^tidemark: [^\\n]*${name}[^\\n]*\\n$`));
    }
  });
});

describe('a data directory that cannot be used', () => {
  test('of another process', async () => {
    const database = await openDatabase({ dataDir });
    try {
      const csv = await file('held.csv', [HEADER, ...ROWS].join('\n'));
      const { code, err } = await run(['import', '--csv', csv, '--timeframe', '1Day', '--data-dir', dataDir], { DATABASE_URL: undefined });
      expect(code).toBe(1);
      expect(err).toMatch(new RegExp(`^tidemark: [^\\n]*data is in use by process ${process.pid}[^\\n]*\\n$`));
    } finally {
      await database.close();
    }
  });

  test('of a newer version', async () => {
    const newer = join(folder.path, 'newer');
    await mkdir(newer);
    await writeFile(join(newer, 'VERSION'), '99\n');
    const csv = await file('newer.csv', [HEADER, ...ROWS].join('\n'));
    const { code, err } = await run(['import', '--csv', csv, '--timeframe', '1Day', '--data-dir', newer], { DATABASE_URL: undefined });
    expect(code).toBe(1);
    expect(err).toMatch(/^tidemark: [^\n]*layout 99[^\n]*start the newer version[^\n]*\n$/);
  });
});
