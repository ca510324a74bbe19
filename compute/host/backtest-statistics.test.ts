import { expect, test } from 'vitest';
import { DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { backtestStatistics } from './backtest-statistics.ts';
import { runBacktest } from './backtest.ts';
import { compileBuiltIn } from './built-ins.ts';
import { readBarsCsv } from './csv.ts';
import { goldenPath } from './golden-backtests.ts';
import { openStatistics } from './statistics.node.ts';
import type { BacktestResult } from './types.ts';

const statistics = await openStatistics();

async function crossover(length: number): Promise<BacktestResult> {
  const [[symbol, bars] = []] = (await readBarsCsv(goldenPath('data/GOOG_daily_2004_2013.csv'))).symbols;
  if (symbol === undefined || bars === undefined) throw new Error('The golden file holds no bars');
  const to = bars.startAtMs[length - 1] ?? 0;
  const module = await compileBuiltIn('sma-crossover');
  return runBacktest({ module, parameters: {}, series: [{ symbol, bars }], to, options: DEFAULT_BACKTEST_OPTIONS });
}

test('figures that the kernel has too are the same', async () => {
  const result = await crossover(2_148);
  const found = backtestStatistics(result, statistics);
  const { metrics } = result;
  const { performance, drawdowns, tailRisk95, tailRisk99 } = found ?? expect.fail('there are statistics');
  expect(performance.volatility).toBeCloseTo(metrics.volatility ?? 0, 12);
  expect(performance.sharpe).toBeCloseTo(metrics.sharpe ?? 0, 12);
  expect(performance.sortino).toBeCloseTo(metrics.sortino ?? 0, 12);
  expect(performance.calmar).toBeCloseTo(metrics.calmar ?? 0, 12);
  expect(performance.annualReturn).toBeCloseTo(metrics.cagr ?? 0, 12);
  expect(performance.maxDrawdown).toBeCloseTo(metrics.maxDrawdown, 12);
  expect(drawdowns).toHaveLength(5);
  expect(drawdowns[0]?.depth).toBeCloseTo(metrics.maxDrawdown, 12);
  expect(Date.parse(drawdowns[0]?.troughTime ?? '')).toBeGreaterThan(Date.parse(drawdowns[0]?.peakTime ?? ''));
  expect(tailRisk99.valueAtRisk ?? 0).toBeLessThan(tailRisk95.valueAtRisk ?? 0);
  expect(tailRisk95.expectedShortfall ?? 0).toBeLessThanOrEqual(tailRisk95.valueAtRisk ?? 0);
});

test('a run without a trade has figures that say so', async () => {
  const found = backtestStatistics(await crossover(5), statistics);
  expect(found?.sharpeInference).toBeNull();
  expect(found?.drawdowns).toEqual([]);
  expect(found?.performance).toMatchObject({ sharpe: null, maxDrawdown: 0 });
});

test('a ruined run and one without bars have none', async () => {
  const result = await crossover(5);
  const ruined = { ...result, equity: result.equity.map((each, index) => ({ ...each, equity: index === 2 ? -1 : each.equity })) };
  expect(backtestStatistics(ruined, statistics)).toBeNull();
  expect(backtestStatistics({ ...result, equity: [] }, statistics)).toBeNull();
});
