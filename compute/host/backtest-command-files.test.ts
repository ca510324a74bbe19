import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatBacktest, runBacktestCommand, type BacktestCommand } from './backtest-command.ts';

const DAY_MS = 86_400_000;
let folder: string;

const write = (name: string, ...lines: readonly string[]): string => {
  const path = join(folder, name);
  writeFileSync(path, lines.join('\n'));
  return path;
};
const timeOf = (hours: number): string => new Date(Date.UTC(2020, 0, 1) + hours * 3_600_000).toISOString();

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-backtest-files-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

/** Twenty days up at a dollar a day after a fall, so that fast crosses above slow once, and is held. */
const closeOf = (day: number): number => (day < 10 ? 100 - day : 91 + 2 * (day - 9));
const bars = (): string =>
  write(
    'bars.csv',
    'symbol,timestamp,open,high,low,close,volume',
    ...Array.from({ length: 40 }, (_, day) => {
      const close = closeOf(day);
      return `AAA,${timeOf(day * 24)},${close},${close + 30},${close - 30},${close},1000`;
    }),
  );

const run = (change: Partial<BacktestCommand>) =>
  runBacktestCommand({
    strategy: 'sma-crossover',
    csv: bars(),
    param: ['fast=2', 'slow=4'],
    size: 'units:10',
    commissionRate: '0',
    ...change,
  });

describe('--actions', () => {
  test('pays dividends on what is held on the day, and on nothing before', async () => {
    const held = new Date(Date.UTC(2020, 0, 1) + 30 * DAY_MS).toISOString().slice(0, 10);
    const actions = write('actions.csv', 'symbol,date,ratio,dividend', `AAA,${held},1,0.5`, 'AAA,2020-01-03,1,9', 'ZZZ,2020-01-20,2,0');
    const { result } = await run({ actions });
    const { result: plain } = await run({});
    expect(plain.metrics.dividends).toBe(0);
    expect(result.metrics.dividends).toBe(5);
    expect(result.metrics.finalEquity).toBeCloseTo(plain.metrics.finalEquity + 5, 9);
    expect(formatBacktest(result)).toMatch(/Dividends +5\.00/);
    // What a result depends on is part of its identity.
    expect(plain.data.actionsHash).toBeUndefined();
    expect(result.data.hash).toBe(plain.data.hash);
    expect(result.data.actionsHash).toMatch(/^[0-9a-f]{64}$/);
    const other = write('other.csv', 'symbol,date,ratio,dividend', `AAA,${held},1,0.6`);
    expect((await run({ actions: other })).result.data.actionsHash).not.toBe(result.data.actionsHash);
  });

  test.each([
    { name: 'a bad row', lines: ['symbol,date,ratio,dividend', 'AAA,2020-01-03,0,0'], message: /actions\.csv, line 2, field ratio/ },
    {
      name: 'other symbols only',
      lines: ['symbol,date,ratio,dividend', 'aaa,2020-01-03,2,0'],
      message: /no dividends or splits of AAA; it has aaa/,
    },
  ])('$name is refused', async ({ lines, message }) => {
    await expect(run({ actions: write('actions.csv', ...lines) })).rejects.toThrow(message);
  });
});

describe('--finer-csv', () => {
  /** Each day in two halves: up to the high first, or down to the low first. */
  const halves = (name: string, header: string, row: (time: string) => string, upFirst: boolean): string =>
    write(
      name,
      header,
      ...Array.from({ length: 40 }, (_, day) => {
        const close = closeOf(day);
        const up = `${close},${close + 30},${close},${close},500`;
        const down = `${close},${close},${close - 30},${close},500`;
        return [`${row(timeOf(day * 24))}${upFirst ? up : down}`, `${row(timeOf(day * 24 + 12))}${upFirst ? down : up}`];
      }).flat(),
    );
  const param = ['fast=2', 'slow=4', 'stopLoss=0.1', 'takeProfit=0.1'];

  test('tells whether the stop or the target was touched first', async () => {
    const columns = 'timestamp,open,high,low,close,volume';
    const rises = halves('rises.csv', `symbol,${columns}`, (time) => `AAA,${time},`, true);
    const falls = halves('falls.csv', columns, (time) => `${time},`, false);
    const exitOf = async (finerCsv?: string): Promise<number> => {
      const [trade] = (await run({ param, ...(finerCsv === undefined ? {} : { finerCsv }) })).result.trades;
      if (trade?.exitPrice == null) throw new Error('The trade was to end by its stop or its target');
      return trade.exitPrice / trade.entryPrice - 1;
    };
    expect(await exitOf()).toBeLessThan(0);
    expect(await exitOf(falls)).toBeLessThan(0);
    expect(await exitOf(rises)).toBeGreaterThan(0);
  });

  test('of another symbol is refused', async () => {
    const other = halves('other.csv', 'symbol,timestamp,open,high,low,close,volume', (time) => `BBB,${time},`, true);
    await expect(run({ finerCsv: other })).rejects.toThrow(/other\.csv: holds no bars of AAA/);
  });
});
