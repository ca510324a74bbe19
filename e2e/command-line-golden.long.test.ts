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

/** From 0 to 100, or changes in percent. */
const PERCENTS = 'RSI STOCH STOCHRSI CMO CCI WILLR ULTOSC MFI ADX PLUS_DI MINUS_DI AROON AROONOSC ROC TRIX PPO'.split(' ');
/** Neither prices nor percents: held against their own largest value. */
const OTHER_UNITS = ['NATR', 'OBV', 'AD'];
const BARS = ['timestamp', 'open', 'high', 'low', 'close', 'volume'];
/** TA-Lib has lost its own digits here: exact values stand in a file of their own. */
const SPREAD_LOST = ['edge_huge_offset_1e12.csv', 'edge_tiny_1e-9.csv'];
/** Prices stand still at the end, and TA-Lib gives ±66.67, 0 or 100 for what is made of its own rounding. */
const STANDSTILL = 'edge_random_then_constant.csv';

function isLost(file: string, column: string): boolean {
  if (/^(?:BBANDS.*(?:upper|lower)|STDDEV)/.test(column)) return SPREAD_LOST.includes(file);
  if (column.startsWith('CCI')) return file === STANDSTILL || file === 'edge_huge_offset_1e12.csv';
  return column.startsWith('STOCHRSI') && file === STANDSTILL;
}
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
  const asked = indicators;
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

  test('all 38, on real and made-up series', () => {
    expect(new Set(asked.map(({ function: name }) => name)).size).toBe(38);
    expect([asked.length, columns.length, files.length]).toEqual([97, 118, 37]);
  });

  const largest = (rows: Rows, column: string): number =>
    rows.reduce((most, row) => Math.max(most, Math.abs(Number(row[column] ?? 0))), 0) || 1;
  const levelOf = (rows: Rows, column: string): number => {
    const name =
      indicators.find(({ column_prefix: prefix }) => column === prefix || column.startsWith(`${prefix}.`))?.function.slice(3) ?? '';
    if (OTHER_UNITS.includes(name)) return largest(rows, column);
    if (name === 'VAR') return highestClose(rows) ** 2;
    return PERCENTS.includes(name) ? 100 : highestClose(rows);
  };

  test.each(files)('%s: every value, and nothing where there is none', (file) => {
    const golden = readGolden(`indicators/${file}`);
    const found = results.get(file) ?? [];
    expect(found.map((row) => row['timestamp'])).toEqual(golden.map((row) => row['timestamp']));
    expect(Object.keys(found[0] ?? {})).toEqual(['timestamp', ...columns]);
    const held = columns.filter((column) => !isLost(file, column));
    expect(held.length).toBeGreaterThanOrEqual(columns.length - 12);
    const wrong = held.flatMap((column) => differences(found, golden, column, levelOf(golden, column), RELATIVE));
    expect(wrong).toEqual([]);
  });

  test.each(['edge_huge_1e12', 'edge_huge_offset_1e12', 'edge_tiny_1e-9'])('%s: exact values', (name) => {
    const golden = readGolden(`indicators/${name}.exact.csv`);
    const found = results.get(`${name}.csv`) ?? [];
    const exact = Object.keys(golden[0] ?? {}).filter((column) => columns.includes(column));
    expect(exact.length).toBeGreaterThanOrEqual(6);
    // A deviation has no offset to hide behind.
    const level = (column: string): number => (/^(?:STDDEV|VAR)/.test(column) ? largest(golden, column) : highestClose(golden));
    expect(exact.flatMap((column) => differences(found, golden, column, level(column), RELATIVE_EXACT))).toEqual([]);
  });
});

const SMA = ['--strategy', 'sma-crossover', '--param', 'fast=10', '--param', 'slow=30'];
const RSI = ['--strategy', 'rsi-reversion', '--param', 'period=14', '--param', 'low=30', '--param', 'high=70'];
const DONCHIAN = ['--strategy', 'donchian-breakout', '--param', 'entry=20', '--param', 'exit=10'];
const BOLLINGER = ['--strategy', 'bollinger-reversion', '--param', 'period=20', '--param', 'deviations=2'];
const bracket = (stop: number, profit: number): readonly string[] => ['--param', `stopLoss=${stop}`, '--param', `takeProfit=${profit}`];
type Engine = 'backtrader' | 'backtestingpy';

/** The flags of a case, but for what the two engines do differently. */
const CASES: readonly { readonly name: string; readonly flags: readonly string[] }[] = [
  { name: 'sma_long_fixed', flags: SMA },
  { name: 'sma_longshort_fixed', flags: [...SMA, '--param', 'direction=longshort'] },
  { name: 'sma_long_fixed_nocomm', flags: SMA },
  { name: 'sma_long_fixed_close_fill', flags: [...SMA, '--fill', 'same-close'] },
  { name: 'sma_limit_entry_fixed', flags: [...SMA, '--param', 'limitOffset=0.01'] },
  { name: 'rsi_long_fixed', flags: RSI },
  { name: 'donchian_long_fixed', flags: DONCHIAN },
  { name: 'donchian_stop_entry_fixed', flags: [...DONCHIAN, '--param', 'stopEntry=yes'] },
  { name: 'bollinger_long_fixed', flags: BOLLINGER },
  { name: 'sma_long_pct95', flags: SMA },
  { name: 'rsi_long_pct95', flags: RSI },
  { name: 'donchian_long_pct95', flags: DONCHIAN },
  { name: 'bollinger_long_pct95', flags: BOLLINGER },
  { name: 'sma_longshort_pct45', flags: [...SMA, '--param', 'direction=longshort'] },
  { name: 'sma_bracket_long_fixed', flags: [...SMA, ...bracket(0.05, 0.1)] },
  { name: 'sma_bracket_longshort_fixed', flags: [...SMA, '--param', 'direction=longshort', ...bracket(0.03, 0.06)] },
  { name: 'rsi_bracket_tight_long_fixed', flags: [...RSI, ...bracket(0.01, 0.01)] },
];

/** One engine sizes at the signal and protects from the next bar on, the other sizes at the fill and protects on the entry bar too. */
function flagsOf(engine: Engine, golden: GoldenCase): readonly string[] {
  const fraction = /pct(\d+)$/.exec(golden.name)?.[1];
  const at = engine === 'backtrader' ? 'signal' : 'fill';
  const size = fraction === undefined ? `units:${golden.fixedSize}` : `equity:0.${fraction}@${at}`;
  return ['--size', size, '--whole-units', '--protective-from', engine === 'backtrader' ? 'next-bar' : 'entry-bar'];
}

const moment = (ms: number): string => new Date(ms).toISOString();

async function backtest(golden: GoldenCase, engine: Engine, flags: readonly string[]): Promise<BacktestResult> {
  const data = ['--csv', goldenPath(`data/${golden.dataset}.csv`), '--from', moment(golden.from), '--to', moment(golden.to)];
  const money = ['--cash', String(golden.cash), '--commission-rate', String(golden.commissionRate)];
  const { code, out, err } = await run(['backtest', ...flags, ...data, ...money, ...flagsOf(engine, golden), '--json']);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as BacktestResult;
}

function expectTrades({ trades }: BacktestResult, golden: GoldenCase): void {
  const expected = readGolden(`backtests/trades_${golden.engine}.csv`).filter(
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
  const column = rows[0]?.[golden.name] === undefined ? `${golden.name}@${golden.engine}` : golden.name;
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
  const engines = ['backtrader', 'backtestingpy'] as const;
  const runs = engines.flatMap((engine) =>
    CASES.flatMap(({ name, flags }) => goldenCases(name, engine).map((golden) => ({ golden, engine, flags }))),
  );
  let results: readonly BacktestResult[] = [];

  beforeAll(async () => {
    results = await each(runs, ({ golden, engine, flags }) => backtest(golden, engine, flags));
  }, 400_000);

  test('seventeen cases of two engines on five data sets', () => {
    expect(new Set(runs.map(({ golden }) => golden.dataset)).size).toBe(5);
    expect(runs.length).toBeGreaterThanOrEqual(170);
  });

  test.each(runs.map(({ golden }, index) => ({ name: golden.name, engine: golden.engine, dataset: golden.dataset, golden, index })))(
    '$name as $engine has it on $dataset: every trade and every equity point',
    ({ golden, index }) => {
      const result = results[index];
      if (result === undefined) throw new Error('the run is missing');
      expectTrades(result, golden);
      expectEquity(result, golden);
    },
  );
});

describe('tidemark sweep', () => {
  const FLAGS = ['--strategy', 'sma-crossover', '--grid', 'fast=2..101', '--grid', 'slow=2..101', '--where', 'fast<slow'];
  const OPTIONS = ['--param', 'arm=strict', '--cash', '100'];

  test.each([
    { file: 'vectorbt_close_t.csv', fill: 'same-close' },
    { file: 'vectorbt_open_t1.csv', fill: 'next-open' },
  ])('all 4,950 rows of $file', async ({ file, fill }) => {
    const csv = join(folder.path, 'd5000.csv');
    const bars = readGolden('sweep/d5000.csv').map(({ i, open, high, low, close, volume }) =>
      [moment(Number(i) * 86_400_000), open, high, low, close, volume].join(','),
    );
    await writeFile(csv, `${[BARS.join(','), ...bars].join('\n')}\n`);
    const { code, out, err } = await run(['sweep', ...FLAGS, ...OPTIONS, '--csv', csv, '--fill', fill]);
    expect([code, err]).toEqual([0, '']);
    const golden = readGolden(`sweep/${file}`);
    const found = parseCsv(out);
    expect(out.split('\n', 1)).toEqual(['fast,slow,total_return,sharpe,max_drawdown,orders,trades']);
    expect(found).toHaveLength(4_950);
    const wrong = golden.filter((row, index) => {
      const mine = found[index] ?? {};
      const isSame = ['fast', 'slow', 'orders', 'trades'].every((name) => Number(mine[name]) === Number(row[name]));
      const pairs = [
        [mine['total_return'], row['total_return']],
        [mine['sharpe'], row['sharpe_252']],
        [mine['max_drawdown'], row['max_drawdown']],
      ];
      return !isSame || pairs.some(([a, b]) => !(Math.abs(Number(a) - Number(b)) <= 1e-9));
    });
    expect(wrong).toEqual([]);
  });
});
