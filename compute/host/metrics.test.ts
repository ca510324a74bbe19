import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { compileBuiltIn } from './built-ins.ts';
import { readBarsCsv } from './csv.ts';
import { goldenPath, readGolden } from './golden-backtests.ts';
import type { BacktestMetrics, BacktestOptions, BacktestResult, BarSeries, ParameterValues } from './types.ts';

function sweepSeries(file: string): BarSeries {
  const rows = readFileSync(goldenPath(`sweep/${file}`), 'utf8')
    .trim()
    .split('\n')
    .slice(1);
  const column = (index: number): Float64Array => Float64Array.from(rows, (row) => Number(row.split(',')[index]));
  const startAtMs = Float64Array.from(rows, (_, index) => index * 86_400_000);
  return { length: rows.length, startAtMs, open: column(1), high: column(2), low: column(3), close: column(4), volume: column(5) };
}

async function runSma(bars: BarSeries, parameters: ParameterValues, options: Partial<BacktestOptions>): Promise<BacktestResult> {
  const module = await compileBuiltIn('sma-crossover');
  return runBacktest({ module, parameters, series: [{ symbol: 'D', bars }], options: { ...DEFAULT_BACKTEST_OPTIONS, ...options } });
}

test('SMA 10/50 over 10,000 bars, filled at the close of the signal, is what vectorbt says', async () => {
  const { metrics } = await runSma(sweepSeries('d10000.csv'), { fast: 10, slow: 50, arm: 'strict' }, { cash: 100, fill: 'same-close' });
  expect(metrics.totalReturn).toBeCloseTo(-0.5747781769582547, 12);
  expect(metrics.sharpe).toBeCloseTo(-0.07037121168335639, 12);
  expect(metrics.maxDrawdown).toBeCloseTo(-0.7935580823734552, 12);
  expect(metrics).toMatchObject({ trades: 147, orders: 294 });
});

describe.each([
  { file: 'vectorbt_close_t.csv', fill: 'same-close' as const },
  { file: 'vectorbt_open_t1.csv', fill: 'next-open' as const },
])('sweep results of $file', ({ file, fill }) => {
  const rows = readGolden(`sweep/${file}`).filter((_, index) => index % 97 === 0);
  const bars = sweepSeries('d5000.csv');
  test.each(rows)('fast $fast, slow $slow', async (row) => {
    const parameters = { fast: row['fast'] ?? '', slow: row['slow'] ?? '', arm: 'strict' };
    const { metrics } = await runSma(bars, parameters, { cash: 100, fill });
    expect(metrics.totalReturn).toBeCloseTo(Number(row['total_return']), 11);
    expect(metrics.sharpe).toBeCloseTo(Number(row['sharpe_252'] ?? row['sharpe']), 11);
    expect(metrics.maxDrawdown).toBeCloseTo(Number(row['max_drawdown']), 11);
    expect(metrics).toMatchObject({ orders: Number(row['orders']), trades: Number(row['trades']) });
  });
});

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** The metrics once more, from the result alone, in the plainest way. */
function oracle({ equity, trades, options }: BacktestResult): Readonly<Record<string, number>> {
  const curve = [options.cash, ...equity.map((point) => point.equity)];
  const returns = equity.map((point, index) => point.equity / (curve[index] ?? Number.NaN) - 1);
  const mean = sum(returns) / returns.length;
  const deviation = Math.sqrt(sum(returns.map((value) => (value - mean) ** 2)) / (returns.length - 1));
  const downside = Math.sqrt(sum(returns.map((value) => Math.min(value, 0) ** 2)) / returns.length);
  const peaks = curve.map((_, index) => Math.max(...curve.slice(0, index + 1)));
  const maxDrawdown = Math.min(...curve.map((value, index) => value / (peaks[index] ?? Number.NaN) - 1));
  const years = returns.length / options.periodsPerYear;
  const finalEquity = curve.at(-1) ?? Number.NaN;
  const cagr = (finalEquity / options.cash) ** (1 / years) - 1;
  const nets = trades.filter(({ status }) => status === 'closed').map(({ grossPnl, commission }) => grossPnl - commission);
  const wins = nets.filter((net) => net > 0);
  const losses = nets.filter((net) => net < 0);
  const traded = sum(trades.map(({ size, entryPrice, exitPrice }) => size * (entryPrice + (exitPrice ?? 0))));
  const scale = Math.sqrt(options.periodsPerYear);
  const held = (bar: number): boolean => trades.some(({ entryBar, exitBar }) => entryBar <= bar && bar < (exitBar ?? Infinity));
  return {
    finalEquity,
    totalReturn: finalEquity / options.cash - 1,
    cagr,
    volatility: deviation * scale,
    sharpe: (mean / deviation) * scale,
    sortino: (mean / downside) * scale,
    calmar: cagr / -maxDrawdown,
    maxDrawdown,
    trades: trades.length,
    winRate: wins.length / nets.length,
    profitFactor: sum(wins) / -sum(losses),
    expectancy: sum(nets) / nets.length,
    payoff: sum(wins) / wins.length / (-sum(losses) / losses.length),
    exposure: equity.filter((_, bar) => held(bar)).length / equity.length,
    turnover: traded / (sum(equity.map((point) => point.equity)) / equity.length) / years,
    fees: sum(trades.map(({ commission }) => commission)),
  };
}

test('every metric follows from the result', async () => {
  const [bars] = (await readBarsCsv(goldenPath('data/GOOG_daily_2004_2013.csv'))).symbols.values();
  if (bars === undefined) throw new Error('The golden file holds no bars');
  const result = await runSma(bars, { direction: 'longshort' }, { size: { kind: 'equity', fraction: 0.5, at: 'signal' }, slippageBps: 5 });
  for (const [name, expected] of Object.entries(oracle(result))) {
    const actual = result.metrics[name as keyof BacktestMetrics] ?? Number.NaN;
    expect(Math.abs(actual / expected - 1), name).toBeLessThan(1e-9);
  }
  // Five basis points of everything traded, at prices before slippage.
  const fills = result.trades.flatMap(({ size, direction, entryPrice, exitPrice }) => {
    const side = direction === 'long' ? 1 : -1;
    return [{ size, price: entryPrice, side }, ...(exitPrice === null ? [] : [{ size, price: exitPrice, side: -side }])];
  });
  const slippage = sum(fills.map(({ size, price, side }) => (size * price * 0.0005) / (1 + side * 0.0005)));
  expect(result.metrics.slippage).toBeCloseTo(slippage, 6);
  expect(result.metrics.orders).toBe(fills.length);
});

test('what the data cannot support is null, not zero', async () => {
  const flat = new Float64Array(5).fill(10);
  const bars = { length: 5, startAtMs: Float64Array.of(1, 2, 3, 4, 5), open: flat, high: flat, low: flat, close: flat, volume: flat };
  const { metrics } = await runSma(bars, {}, {});
  expect(metrics).toMatchObject({
    sharpe: null,
    sortino: null,
    calmar: null,
    winRate: null,
    profitFactor: null,
    expectancy: null,
    payoff: null,
  });
  expect(metrics).toMatchObject({ totalReturn: 0, cagr: 0, volatility: 0, maxDrawdown: 0, trades: 0, orders: 0, exposure: 0, turnover: 0 });
});

test('no bars at all give an empty result', async () => {
  const none = new Float64Array(0);
  const result = await runSma({ length: 0, startAtMs: none, open: none, high: none, low: none, close: none, volume: none }, {}, {});
  expect(result.metrics).toMatchObject({ finalEquity: 100_000, totalReturn: 0, cagr: null, sharpe: null, turnover: null });
  expect(result.equity).toEqual([]);
});
