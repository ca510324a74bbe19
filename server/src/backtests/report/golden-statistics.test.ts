import { openStatistics } from '@tidemark/compute/statistics';
import { describe, expect, test } from 'vitest';
import { reportFiguresOf } from './figures.ts';
import { rollingOf } from './rolling.ts';
import { goldenCloses, goldenStatistics } from './test/golden.ts';
import { plainResult } from './test/results.ts';

const statistics = await openStatistics();

/** Relative, as the golden figures promise. */
const near = (actual: number | null | undefined, expected: number | undefined): void => {
  expect(expected).toBeDefined();
  expect(Math.abs((actual ?? Number.NaN) - (expected ?? Number.NaN))).toBeLessThanOrEqual(1e-9 * Math.max(1e-3, Math.abs(expected ?? 0)));
};

const datasetOf = (key: string): string => key.replace(/\[.*$/, '');

/** Prices as the equity of a run that began with the first of them. */
describe.each(Object.entries(goldenStatistics()))('a report of %s', (key, golden) => {
  const [first, ...marks] = goldenCloses(datasetOf(key), golden.from_, golden.to_exclusive);
  const base = plainResult([]);
  const cash = first?.equity ?? Number.NaN;
  const data = { ...base.data, from: first?.time ?? '', to: marks.at(-1)?.time ?? '', bars: marks.length };
  const figures = reportFiguresOf({ ...base, data, equity: marks, options: { ...base.options, cash } }, statistics);

  test('skew, tails and extremes are those of scipy, pandas and empyrical', () => {
    const found = figures.distribution;
    near(found?.skew, golden.basic['skew_unbiased_G1']);
    near(found?.excessKurtosis, golden.basic['excess_kurtosis_unbiased_G2']);
    near(found?.best, golden.basic['max']);
    near(found?.worst, golden.basic['min']);
    near(found?.bestBar.return, golden.basic['max']);
    near(found?.positiveShare, golden.basic['positive_share']);
    near(found?.tail95?.valueAtRisk, golden.empyrical['var_hist_95']);
    near(found?.tail95?.expectedShortfall, golden.empyrical['cvar_hist_95']);
    near(found?.tail99?.valueAtRisk, golden.empyrical['var_hist_99']);
    near(found?.tail99?.expectedShortfall, golden.empyrical['cvar_hist_99']);
    near(figures.sharpe?.sharpe, golden.empyrical['sharpe_rf0']);
  });

  test('the five worst drawdowns, with their dates', () => {
    expect(
      figures.drawdowns.map((each) => ({
        peak: (each.peakTime ?? data.from).slice(0, 10),
        trough: each.troughTime?.slice(0, 10),
        recovery: each.recoveryTime?.slice(0, 10) ?? null,
        bars_peak_to_recovery: each.recoveryTime === null ? null : each.bars,
      })),
    ).toEqual(
      golden.drawdown.worst_5.map(({ depth: _depth, peak, ...each }) => ({
        ...each,
        peak: /^\d/.test(peak) ? peak : first?.time.slice(0, 10),
      })),
    );
    for (const [index, each] of figures.drawdowns.entries()) near(each.depth, golden.drawdown.worst_5[index]?.depth);
  });

  test('returns by month and by year', () => {
    for (const [found, expected] of [
      [figures.months, golden.calendar.monthly],
      [figures.years, golden.calendar.yearly],
    ] as const) {
      expect(found.map(({ period }) => period)).toEqual(Object.keys(expected));
      for (const { period, return: value } of found) near(value, expected[period]);
    }
  });

  test('the last rolling window, whatever the step', () => {
    const returns = Float64Array.from(marks, ({ equity }, index) => equity / (marks[index - 1]?.equity ?? cash) - 1);
    const times = marks.map(({ time }) => time);
    const last = rollingOf(returns, times, { window: 63, periodsPerYear: 252, step: 7 }, statistics).at(-1);
    near(last?.volatility, golden.rolling_63_last.vol_annual);
    near(last?.sharpe, golden.rolling_63_last.sharpe_rf0);
    expect(last?.time).toBe(times.at(-1));
  });
});
