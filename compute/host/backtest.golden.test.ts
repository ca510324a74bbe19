import { describe, expect, test } from 'vitest';
import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { compileBuiltIn } from './built-ins.ts';
import { readBarsCsv } from './csv.ts';
import { goldenCases, goldenPath, readGolden, type GoldenCase } from './golden-backtests.ts';
import type { BacktestOptions, BacktestResult, ParameterValues } from './types.ts';

interface Case {
  readonly name: string;
  readonly strategy: string;
  readonly parameters: ParameterValues;
  readonly engine: 'backtrader' | 'backtestingpy';
  readonly options?: Partial<BacktestOptions>;
}

const SMA = { strategy: 'sma-crossover', parameters: { fast: 10, slow: 30 } };
const SMA_BOTH = { strategy: 'sma-crossover', parameters: { fast: 10, slow: 30, direction: 'longshort' } };
const RSI = { strategy: 'rsi-reversion', parameters: { period: 14, low: 30, high: 70 } };
const DONCHIAN = { strategy: 'donchian-breakout', parameters: { entry: 20, exit: 10 } };
const BOLLINGER = { strategy: 'bollinger-reversion', parameters: { period: 20, deviations: 2 } };
const equity = (fraction: number, at: 'signal' | 'fill'): Partial<BacktestOptions> => ({ size: { kind: 'equity', fraction, at } });
const withBracket = (
  each: typeof SMA | typeof SMA_BOTH | typeof RSI,
  stopLoss: number,
  takeProfit: number,
): Pick<Case, 'strategy' | 'parameters'> => ({
  ...each,
  parameters: { ...each.parameters, stopLoss, takeProfit },
});

/** Cases on which both engines agree but for rounding: fixed units, orders at the next open or at this close, no protective orders. */
const AGREED: readonly Omit<Case, 'engine'>[] = [
  { name: 'sma_long_fixed', ...SMA },
  { name: 'sma_longshort_fixed', ...SMA_BOTH },
  { name: 'sma_long_fixed_nocomm', ...SMA },
  { name: 'sma_long_fixed_close_fill', ...SMA, options: { fill: 'same-close' } },
  { name: 'rsi_long_fixed', ...RSI },
  { name: 'donchian_long_fixed', ...DONCHIAN },
  { name: 'bollinger_long_fixed', ...BOLLINGER },
  { name: 'donchian_stop_entry_fixed', strategy: 'donchian-breakout', parameters: { entry: 20, exit: 10, stopEntry: 'yes' } },
  { name: 'sma_limit_entry_fixed', strategy: 'sma-crossover', parameters: { fast: 10, slow: 30, limitOffset: 0.01 } },
];

/** Cases that differ by engine in one option. */
const SIZED: readonly Omit<Case, 'engine'>[] = [
  { name: 'sma_long_pct95', ...SMA },
  { name: 'rsi_long_pct95', ...RSI },
  { name: 'donchian_long_pct95', ...DONCHIAN },
  { name: 'bollinger_long_pct95', ...BOLLINGER },
  { name: 'sma_longshort_pct45', ...SMA_BOTH },
];
const BRACKETS: readonly Omit<Case, 'engine'>[] = [
  { name: 'sma_bracket_long_fixed', ...withBracket(SMA, 0.05, 0.1) },
  { name: 'sma_bracket_longshort_fixed', ...withBracket(SMA_BOTH, 0.03, 0.06) },
  { name: 'rsi_bracket_tight_long_fixed', ...withBracket(RSI, 0.01, 0.01) },
];

const CASES: readonly Case[] = (['backtrader', 'backtestingpy'] as const).flatMap((engine) => [
  ...AGREED.map((each) => ({ ...each, engine })),
  ...SIZED.map((each) => {
    const fraction = each.name.endsWith('pct95') ? 0.95 : 0.45;
    return { ...each, engine, options: equity(fraction, engine === 'backtrader' ? 'signal' : 'fill') };
  }),
  ...BRACKETS.map((each) => ({
    ...each,
    engine,
    options: { protectiveFrom: engine === 'backtrader' ? ('next-bar' as const) : ('entry-bar' as const) },
  })),
]);

async function run(golden: GoldenCase, { strategy, parameters, options }: Case): Promise<BacktestResult> {
  const { symbols } = await readBarsCsv(goldenPath(`data/${golden.dataset}.csv`));
  const series = [...symbols].map(([symbol, bars]) => ({ symbol, bars }));
  return runBacktest({
    module: await compileBuiltIn(strategy),
    parameters,
    series,
    from: golden.from,
    to: golden.to,
    options: {
      ...DEFAULT_BACKTEST_OPTIONS,
      cash: golden.cash,
      commissionRate: golden.commissionRate,
      size: { kind: 'units', units: golden.fixedSize },
      wholeUnits: true,
      ...options,
    },
  });
}

function expectTrades(result: BacktestResult, golden: GoldenCase): void {
  const expected = readGolden(`backtests/trades_${golden.engine}.csv`).filter(
    (row) => row['dataset'] === golden.dataset && row['case'] === golden.name,
  );
  expect(result.trades).toHaveLength(expected.length);
  for (const [index, row] of expected.entries()) {
    const trade = result.trades[index];
    expect(trade).toMatchObject({
      status: row['status'],
      direction: row['direction'],
      entryBar: Number(row['entry_bar']),
      entryTime: row['entry_time'],
    });
    expect(trade?.size).toBe(Math.abs(Number(row['size'])));
    expect(trade?.entryPrice).toBeCloseTo(Number(row['entry_price']), 9);
    expect(trade?.grossPnl).toBeCloseTo(Number(row['pnl_gross']), 6);
    expect(trade?.commission).toBeCloseTo(Number(row['commission']), 6);
    if (row['status'] !== 'closed') continue;
    expect(trade).toMatchObject({ exitBar: Number(row['exit_bar']), exitTime: row['exit_time'] });
    expect(trade?.exitPrice).toBeCloseTo(Number(row['exit_price']), 9);
  }
}

function expectEquity(result: BacktestResult, golden: GoldenCase): void {
  const rows = readGolden(`backtests/equity_${golden.dataset.split('_').slice(0, 2).join('_')}.csv.gz`);
  const column = rows[0]?.[golden.name] === undefined ? `${golden.name}@${golden.engine}` : golden.name;
  expect(result.equity.map(({ time }) => time)).toEqual(rows.map((row) => row['timestamp']));
  // The files hold twelve significant digits.
  const worst = rows.reduce((most, row, index) => {
    const expected = Number(row[column]);
    return Math.max(most, Math.abs((result.equity[index]?.equity ?? Number.NaN) / expected - 1));
  }, 0);
  expect(worst).toBeLessThan(6e-12);
  expect(result.metrics.finalEquity).toBeCloseTo(golden.finalEquity, 6);
}

describe.each(CASES)('$name as $engine has it', (each) => {
  const cases = goldenCases(each.name, each.engine);

  test('covers five data sets', () => {
    expect(new Set(cases.map(({ dataset }) => dataset)).size).toBeGreaterThanOrEqual(5);
  });

  test.each(cases)('every trade and every equity point on $dataset', async (golden) => {
    const result = await run(golden, each);
    expectTrades(result, golden);
    expectEquity(result, golden);
  });
});
