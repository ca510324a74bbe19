import { readdirSync, readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { goldenCases, goldenPath, readGolden } from '../compute/host/golden-backtests.ts';
import type { GoldenCase } from '../compute/host/golden-backtests.ts';
import type { BacktestResult } from '../compute/host/types.ts';
import { run, temporaryFolder } from './product.ts';

/** Processes at a time: as many as small machines have processors. */
const AT_ONCE = 2;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

/** All results in order, a few at a time. */
async function each<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await work(next[1]);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

interface GoldenIndicator {
  readonly column_prefix: string;
  readonly function: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly outputs: readonly string[];
}

type Rows = readonly Readonly<Record<string, string>>[];

const SEVEN = ['SMA', 'EMA', 'RSI', 'MACD', 'BBANDS', 'ATR', 'STOCH'];
const BARS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'];
/** TA-Lib has lost its own digits in these bands: exact values stand in a file of their own. */
const BANDS_LOST = ['edge_huge_offset_1e12.csv', 'edge_tiny_1e-9.csv'];
const RELATIVE = 1e-8;
const RELATIVE_EXACT = 1e-12;

function parseCsv(text: string): Rows {
  const [header = '', ...lines] = text.trim().split('\n');
  const names = header.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    return Object.fromEntries(names.map((name, index) => [name, cells[index] ?? '']));
  });
}

/** Cells that differ: a value where the other has none, or more than `relative` of the level apart. */
function differences(found: Rows, golden: Rows, column: string, level: number, relative: number): string[] {
  return golden.flatMap((row, index) => {
    const [mine = 'no row', wanted = ''] = [found[index]?.[column], row[column]];
    if (mine === '' && wanted === '') return [];
    const apart = mine === '' || wanted === '' ? Number.POSITIVE_INFINITY : Math.abs(Number(mine) - Number(wanted)) / level;
    return apart <= relative ? [] : [`${column}, row ${index + 1}: ${mine}, expected ${wanted}`];
  });
}

const highestClose = (rows: Rows): number => rows.reduce((most, row) => Math.max(most, Math.abs(Number(row['close']))), 0);

describe('tidemark indicators', () => {
  const { indicators } = JSON.parse(readFileSync(goldenPath('indicators/indicators.json'), 'utf8')) as {
    readonly indicators: readonly GoldenIndicator[];
  };
  const asked = indicators.filter(({ function: name }) => SEVEN.includes(name.replace('TA_', '')));
  const columns = asked.flatMap(({ column_prefix: prefix, outputs }) =>
    outputs.length === 1 ? [prefix] : outputs.map((output) => `${prefix}.${output}`),
  );
  const files = readdirSync(goldenPath('indicators')).filter((name) => /\.csv(?:\.gz)?$/.test(name) && !name.includes('.exact.'));
  const results = new Map<string, Rows>();

  beforeAll(async () => {
    const spec = join(folder.path, 'spec.json');
    const entries = asked.map(({ column_prefix: column, function: name, parameters }) => ({
      column,
      indicator: name.replace('TA_', ''),
      parameters,
    }));
    await writeFile(spec, JSON.stringify(entries));
    await each(files, async (file) => {
      const csv = join(folder.path, file.replace(/\.gz$/, ''));
      const rows = readGolden(`indicators/${file}`);
      await writeFile(csv, `${[BARS.join(','), ...rows.map((row) => BARS.map((name) => row[name]).join(','))].join('\n')}\n`);
      const { code, out, err } = await run(['indicators', '--csv', csv, '--spec', spec]);
      expect([file, code, err]).toEqual([file, 0, '']);
      results.set(file, parseCsv(out));
    });
  });

  test('all seven, on real and made-up series', () => {
    expect(new Set(asked.map(({ function: name }) => name)).size).toBe(7);
    expect([asked.length, columns.length, files.length]).toEqual([21, 36, 37]);
  });

  test.each(files)('%s: every value, and nothing where there is none', (file) => {
    const golden = readGolden(`indicators/${file}`);
    const found = results.get(file) ?? [];
    expect(found.map((row) => row['timestamp'])).toEqual(golden.map((row) => row['timestamp']));
    expect(Object.keys(found[0] ?? {})).toEqual(['timestamp', ...columns]);
    const level = highestClose(golden);
    const wrong = columns.flatMap((column) => {
      if (BANDS_LOST.includes(file) && /BBANDS.*(?:upper|lower)/.test(column)) return [];
      return differences(found, golden, column, /^(?:RSI|STOCH)/.test(column) ? 100 : level, RELATIVE);
    });
    expect(wrong).toEqual([]);
  });

  test.each(['edge_huge_1e12', 'edge_huge_offset_1e12', 'edge_tiny_1e-9'])('%s: exact values', (name) => {
    const golden = readGolden(`indicators/${name}.exact.csv`);
    const level = highestClose(golden);
    const exact = ['SMA_30', 'SMA_10', 'BBANDS_20_2_2_0.upper', 'BBANDS_20_2_2_0.lower'];
    const found = results.get(`${name}.csv`) ?? [];
    expect(exact.flatMap((column) => differences(found, golden, column, level, RELATIVE_EXACT))).toEqual([]);
  });
});

const SMA = ['--strategy', 'sma-crossover', '--param', 'fast=10', '--param', 'slow=30'];
const RSI = ['--strategy', 'rsi-reversion', '--param', 'period=14', '--param', 'low=30', '--param', 'high=70'];
const CASES: readonly { readonly name: string; readonly flags: readonly string[] }[] = [
  { name: 'sma_long_fixed', flags: SMA },
  { name: 'sma_longshort_fixed', flags: [...SMA, '--param', 'direction=longshort'] },
  { name: 'sma_long_fixed_nocomm', flags: SMA },
  { name: 'sma_long_fixed_close_fill', flags: [...SMA, '--fill', 'same-close'] },
  { name: 'rsi_long_fixed', flags: RSI },
];

const moment = (ms: number): string => new Date(ms).toISOString();

async function backtest(golden: GoldenCase, flags: readonly string[]): Promise<BacktestResult> {
  const data = ['--csv', goldenPath(`data/${golden.dataset}.csv`), '--from', moment(golden.from), '--to', moment(golden.to)];
  const money = ['--cash', String(golden.cash), '--commission-rate', String(golden.commissionRate)];
  const size = ['--size', `units:${golden.fixedSize}`, '--whole-units'];
  const { code, out, err } = await run(['backtest', ...flags, ...data, ...money, ...size, '--json']);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as BacktestResult;
}

function expectTrades({ trades }: BacktestResult, golden: GoldenCase): void {
  const expected = readGolden('backtests/trades_backtrader.csv').filter(
    (row) => row['dataset'] === golden.dataset && row['case'] === golden.name,
  );
  expect(trades).toHaveLength(expected.length);
  for (const [index, row] of expected.entries()) {
    const trade = trades[index];
    const closed = row['status'] === 'closed';
    expect(trade).toMatchObject({
      status: row['status'],
      direction: row['direction'],
      size: Math.abs(Number(row['size'])),
      entryTime: row['entry_time'],
      exitTime: closed ? row['exit_time'] : null,
    });
    expect(trade?.entryPrice).toBeCloseTo(Number(row['entry_price']), 9);
    if (closed) expect(trade?.exitPrice).toBeCloseTo(Number(row['exit_price']), 9);
    expect(trade?.grossPnl).toBeCloseTo(Number(row['pnl_gross']), 6);
    expect(trade?.commission).toBeCloseTo(Number(row['commission']), 6);
  }
}

function expectEquity({ equity, metrics }: BacktestResult, golden: GoldenCase): void {
  const rows = readGolden(`backtests/equity_${golden.dataset.split('_').slice(0, 2).join('_')}.csv.gz`);
  const column = rows[0]?.[golden.name] === undefined ? `${golden.name}@backtrader` : golden.name;
  expect(equity.map(({ time }) => time)).toEqual(rows.map((row) => row['timestamp']));
  const worst = rows.reduce((most, row, index) => {
    const apart = Math.abs((equity[index]?.equity ?? Number.NaN) / Number(row[column]) - 1);
    return Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(most, apart);
  }, 0);
  // The files hold twelve significant digits.
  expect(worst).toBeLessThan(6e-12);
  expect(metrics.finalEquity).toBeCloseTo(golden.finalEquity, 6);
}

describe('tidemark backtest', () => {
  const runs = CASES.flatMap(({ name, flags }) => goldenCases(name, 'backtrader').map((golden) => ({ golden, flags })));
  let results: readonly BacktestResult[] = [];

  beforeAll(async () => {
    results = await each(runs, ({ golden, flags }) => backtest(golden, flags));
  });

  test('five cases on five data sets', () => {
    expect(new Set(runs.map(({ golden }) => golden.dataset)).size).toBe(5);
    expect(runs).toHaveLength(25);
  });

  test.each(runs.map(({ golden }, index) => ({ name: golden.name, dataset: golden.dataset, golden, index })))(
    '$name on $dataset: every trade and every equity point',
    ({ golden, index }) => {
      const result = results[index];
      if (result === undefined) throw new Error('the run is missing');
      expectTrades(result, golden);
      expectEquity(result, golden);
    },
  );
});
