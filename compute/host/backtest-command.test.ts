import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatBacktest, runBacktestCommand, type BacktestCommand } from './backtest-command.ts';
import { parseBacktestFlags, type BacktestFlags } from './backtest-flags.ts';
import { DEFAULT_BACKTEST_OPTIONS, formatSizing, parseSizing } from './backtest-options.ts';
import { builtInStrategies, compileBuiltIn } from './built-ins.ts';
import { closeCompiler } from './compile.ts';

let folder: string;
let csv: string;

const DAYS = 200;
const ROWS = Array.from({ length: DAYS }, (_, index) => {
  const close = 100 + 20 * Math.sin(index / 9);
  const time = new Date(Date.UTC(2020, 0, 1 + index)).toISOString();
  return `AAA,${time},${close - 1},${close + 2},${close - 2},${close},1000`;
});

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tidemark-backtest-'));
  csv = join(folder, 'bars.csv');
  writeFileSync(csv, ['symbol,timestamp,open,high,low,close,volume', ...ROWS].join('\n'));
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await closeCompiler();
});

const run = (flags: Partial<BacktestCommand> = {}) =>
  runBacktestCommand({ strategy: 'sma-crossover', csv, param: ['fast=5', 'slow=15'], ...flags });

test('a built-in strategy, its source and its module give the same result', async () => {
  const source = join(folder, 'mine.ts');
  const wasm = join(folder, 'mine.wasm');
  writeFileSync(source, builtInStrategies().find(({ name }) => name === 'sma-crossover')?.source ?? '');
  writeFileSync(wasm, (await compileBuiltIn('sma-crossover')).wasm);
  const { result } = await run({ size: 'units:10' });
  expect(result.trades.length).toBeGreaterThan(2);
  expect(result.strategy).toMatchObject({ name: 'sma-crossover', parameters: { fast: 5, slow: 15, direction: 'long', arm: 'cross' } });
  expect((await run({ size: 'units:10', strategy: source })).result).toEqual(result);
  expect((await run({ size: 'units:10', strategy: wasm })).result).toEqual(result);
  expect(formatBacktest(result)).toContain(result.strategy.version);
});

test('--from and --to cut the data, days included whole, and the data hash follows', async () => {
  const whole = (await run()).result;
  const part = (await run({ from: '2020-02-01', to: '2020-03-31' })).result;
  expect(part.data).toMatchObject({ symbols: ['AAA'], from: '2020-02-01T00:00:00Z', to: '2020-03-31T00:00:00Z', bars: 60 });
  expect(part.equity).toHaveLength(60);
  expect(part.data.hash).not.toBe(whole.data.hash);
  expect((await run({ from: '2020-02-01T00:00:00Z', to: '2020-03-31T00:00:00Z' })).result).toEqual(part);
});

test('the result is plain JSON: what is not available is null', async () => {
  const { result } = await run({ to: '2020-01-10' });
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
  expect(result.metrics.sharpe).toBeNull();
});

describe('a command that cannot be carried out says why in one sentence', () => {
  const cases: readonly { readonly flags: Partial<BacktestCommand>; readonly name: string; readonly message: RegExp }[] = [
    { flags: { strategy: 'magic' }, name: 'Error', message: /no strategy "magic": give .*sma-crossover.*FILE\.wasm/ },
    { flags: { strategy: '/nowhere/mine.ts' }, name: 'Error', message: /mine\.ts cannot be read/ },
    { flags: { csv: '/nowhere/bars.csv' }, name: 'CsvError', message: /bars\.csv/ },
    { flags: { param: ['speed=1'] }, name: 'ParameterError', message: /speed/ },
    { flags: { param: ['fast=99', 'slow=9'] }, name: 'ParameterError', message: /fast is smaller than slow/ },
    { flags: { from: '2030-01-01' }, name: 'Error', message: /no bars from --from to --to/ },
    { flags: { onBad: 'maybe' }, name: 'UsageError', message: /fail or skip/ },
    { flags: { symbol: 'ZZZ' }, name: 'CsvError', message: /ZZZ/ },
  ];
  test.each(cases)('$flags', async ({ flags, name, message }) => {
    await expect(run(flags)).rejects.toMatchObject({ name, message: expect.stringMatching(message) });
  });

  test('a source that does not compile: file, line, column', async () => {
    const source = join(folder, 'broken.ts');
    writeFileSync(
      source,
      "import { Strategy } from 'tidemark';\nexport default class Broken extends Strategy {\n  onBar(: i32): void {}\n}\n",
    );
    await expect(run({ strategy: source })).rejects.toMatchObject({
      name: 'CompileFailed',
      message: expect.stringMatching(/^broken\.ts:3:\d+ /),
    });
  });

  test('a module that is none', async () => {
    const wasm = join(folder, 'noise.wasm');
    writeFileSync(wasm, 'noise');
    await expect(run({ strategy: wasm })).rejects.toThrow(
      'noise.wasm is not a strategy module that may run: it is not a valid WebAssembly module',
    );
  });
});

describe('flags', () => {
  test('say what the options are', () => {
    const flags: BacktestFlags = {
      cash: '5000',
      commissionRate: '0',
      commissionFixed: '1',
      commissionPerUnit: '0.01',
      slippageBps: '2.5',
      seed: '7',
    };
    const more: BacktestFlags = {
      fill: 'same-close',
      size: 'equity:0.5@fill',
      wholeUnits: true,
      unaffordable: 'reduce',
      periodsPerYear: '365',
    };
    expect(parseBacktestFlags({ ...flags, ...more, param: ['a=1', 'b=x=y'], from: '2020-01-01', to: '2020-01-02' })).toEqual({
      options: {
        ...DEFAULT_BACKTEST_OPTIONS,
        cash: 5000,
        commissionRate: 0,
        commissionFixed: 1,
        commissionPerUnit: 0.01,
        slippageBps: 2.5,
        fill: 'same-close',
        size: { kind: 'equity', fraction: 0.5, at: 'fill' },
        wholeUnits: true,
        unaffordable: 'reduce',
        periodsPerYear: 365,
        seed: 7,
      },
      parameters: { a: '1', b: 'x=y' },
      from: Date.UTC(2020, 0, 1),
      to: Date.UTC(2020, 0, 3) - 1,
    });
  });

  test.each([
    { flags: { cash: 'lots' }, message: /--cash is "lots"; it must be a number/ },
    { flags: { cash: '' }, message: /--cash/ },
    { flags: { cash: '0' }, message: /cash.*above 0/ },
    { flags: { cash: '-5' }, message: /above 0/ },
    { flags: { cash: '1e400' }, message: /number/ },
    { flags: { commissionRate: '2' }, message: /commissionRate/ },
    { flags: { slippageBps: '-1' }, message: /slippageBps/ },
    { flags: { fill: 'later' }, message: /next-open or same-close/ },
    { flags: { unaffordable: 'beg' }, message: /refuse or reduce/ },
    { flags: { periodsPerYear: '0' }, message: /periodsPerYear/ },
    { flags: { from: 'yesterday' }, message: /--from.*2024-01-31/ },
    { flags: { from: '2020-02-30' }, message: /--from/ },
    { flags: { to: '2020-01-01T10:00' }, message: /--to/ },
    { flags: { from: '2020-02-01', to: '2020-01-01' }, message: /after/ },
    { flags: { param: ['fast'] }, message: /name=value/ },
    { flags: { param: ['fast=1', 'fast=2'] }, message: /twice/ },
    { flags: { size: 'units:0' }, message: /units:100, equity/ },
    { flags: { size: 'equity:0.5' }, message: /size/ },
    { flags: { size: 'equity:500@fill' }, message: /size/ },
  ])('$flags is refused', ({ flags, message }) => {
    expect(() => parseBacktestFlags(flags)).toThrow(
      expect.objectContaining({ name: 'UsageError', message: expect.stringMatching(message) }),
    );
  });

  test.each(['units:100', 'units:0.5', 'equity:0.95@signal', 'equity:1@fill', 'all'])('%s is read and written alike', (text) => {
    expect(formatSizing(parseSizing(text))).toBe(text);
  });
});
