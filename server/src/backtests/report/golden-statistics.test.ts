import { describe, expect, test } from 'vitest';
import { againstBenchmark } from './benchmark.ts';
import { distributionOf } from './distribution.ts';
import { calendarReturnsOf, drawdownsOf, returnsOf } from './equity-curve.ts';
import { deviationOf, meanOf, shapeOf, tailRiskOf } from './moments.ts';
import { rollingOf } from './rolling.ts';
import { sharpeInferenceOf } from './sharpe.ts';
import { goldenCloses, goldenSharpes, goldenStatistics } from './test/golden.ts';

/** Relative, as the golden figures promise. */
const near = (actual: number, expected: number | undefined): void => {
  expect(expected).toBeDefined();
  expect(Math.abs(actual - (expected ?? Number.NaN))).toBeLessThanOrEqual(1e-9 * Math.max(1e-3, Math.abs(expected ?? 0)));
};

const datasetOf = (key: string): string => key.replace(/\[.*$/, '');

describe.each(Object.entries(goldenStatistics()))('%s', (key, golden) => {
  const prices = goldenCloses(datasetOf(key), golden.from_, golden.to_exclusive);
  const [first] = prices;
  const start = first?.equity ?? Number.NaN;
  const marks = prices.slice(1);
  const returns = returnsOf(marks, start);

  test('moments are those of scipy and pandas', () => {
    expect(returns.length).toBe(golden.returns);
    near(meanOf(returns), golden.basic['mean']);
    near(deviationOf(returns), golden.basic['std_ddof1']);
    const shape = shapeOf(returns);
    near(shape.skewBiased, golden.basic['skew_biased_g1']);
    near(shape.skew, golden.basic['skew_unbiased_G1']);
    near(shape.kurtosisBiased - 3, golden.basic['excess_kurtosis_biased_g2']);
    near(shape.excessKurtosis, golden.basic['excess_kurtosis_unbiased_G2']);
  });

  test('tails are those of empyrical', () => {
    const sorted = returns.toSorted();
    near(tailRiskOf(sorted, 0.95).valueAtRisk, golden.empyrical['var_hist_95']);
    near(tailRiskOf(sorted, 0.95).expectedShortfall, golden.empyrical['cvar_hist_95']);
    near(tailRiskOf(sorted, 0.99).valueAtRisk, golden.empyrical['var_hist_99']);
    near(tailRiskOf(sorted, 0.99).expectedShortfall, golden.empyrical['cvar_hist_99']);
  });

  test('the Sharpe ratio is that of empyrical', () => near(sharpeInferenceOf(returns, 252).sharpe, golden.empyrical['sharpe_rf0']));

  test('the five worst drawdowns, with their dates', () => {
    const found = drawdownsOf(prices).slice(0, 5);
    expect(
      found.map((each) => ({
        peak: each.peakTime.slice(0, 10),
        trough: each.troughTime.slice(0, 10),
        recovery: each.recoveryTime?.slice(0, 10) ?? null,
        bars_peak_to_recovery: each.recoveryTime === null ? null : each.bars,
      })),
    ).toEqual(
      golden.drawdown.worst_5.map(({ depth: _depth, peak, ...each }) => ({
        ...each,
        peak: /^\d/.test(peak) ? peak : first?.time.slice(0, 10),
      })),
    );
    for (const [index, each] of found.entries()) near(each.depth, golden.drawdown.worst_5[index]?.depth);
  });

  test('returns by month and by year', () => {
    for (const [characters, expected] of [
      [7, golden.calendar.monthly],
      [4, golden.calendar.yearly],
    ] as const) {
      const found = calendarReturnsOf(marks, start, characters);
      expect(found.map(({ period }) => period)).toEqual(Object.keys(expected));
      for (const { period, return: value } of found) near(value, expected[period]);
    }
  });

  test('best and worst bar and month', () => {
    const found = distributionOf(returns, marks);
    near(found.best, golden.basic['max']);
    near(found.worst, golden.basic['min']);
    near(found.positiveShare, golden.basic['positive_share']);
    near(returns[marks.findIndex(({ time }) => time === found.bestBar.time)] ?? Number.NaN, golden.basic['max']);
    near(returns[marks.findIndex(({ time }) => time === found.worstBar.time)] ?? Number.NaN, golden.basic['min']);
  });

  test('the last rolling window', () => {
    const times = marks.map(({ time }) => time);
    const last = rollingOf(returns, times, { window: 63, periodsPerYear: 252, step: 7 }).at(-1);
    near(last?.volatility ?? Number.NaN, golden.rolling_63_last.vol_annual);
    near(last?.sharpe ?? Number.NaN, golden.rolling_63_last.sharpe_rf0);
    expect(last?.time).toBe(times.at(-1));
  });

  test('against the benchmark', () => {
    const expected = golden.vs_benchmark;
    if (expected === undefined) return expect(key).toBe('SPX_daily_2000_2020');
    const others = goldenCloses(String(expected['benchmark']));
    const otherReturns = returnsOf(others.slice(1), others[0]?.equity ?? Number.NaN);
    const byTime = new Map(others.slice(1).map(({ time }, index) => [time, otherReturns[index] ?? Number.NaN]));
    const common = marks.flatMap(({ time }, index) => {
      const other = byTime.get(time);
      return other === undefined ? [] : [[returns[index] ?? Number.NaN, other] as const];
    });
    expect(common).toHaveLength(Number(expected['common_returns']));
    const found = againstBenchmark(
      Float64Array.from(common, ([own]) => own),
      Float64Array.from(common, ([, other]) => other),
      252,
    );
    near(found.beta, Number(expected['beta']));
    near(found.alpha, Number(expected['alpha_annual_rf0']));
    near(found.correlation, Number(expected['correlation']));
    near(found.trackingError, Number(expected['tracking_error_annual']));
    const rolling = rollingOf(
      Float64Array.from(common, ([own]) => own),
      common.map(() => ''),
      { window: common.length, periodsPerYear: 252, benchmark: Float64Array.from(common, ([, other]) => other) },
    );
    expect(rolling).toHaveLength(1);
    near(rolling[0]?.beta ?? Number.NaN, Number(expected['beta']));
    near(found.informationRatio, Number(expected['excess_sharpe_information_ratio_daily']) * Math.sqrt(252));
  });
});

test.each(goldenSharpes())('PSR and track record of $dataset from return $return_index_from', (golden) => {
  const prices = goldenCloses(golden.dataset);
  const returns = returnsOf(prices.slice(1), prices[0]?.equity ?? Number.NaN).slice(
    golden.return_index_from,
    golden.return_index_to_exclusive,
  );
  expect(returns.length).toBe(golden.n);
  const found = sharpeInferenceOf(returns, 1);
  near(found.sharpe, golden.sharpe_per_period_ddof1);
  near(found.psr, golden.psr_vs_0);
  if (golden.min_track_record_length_vs_0_95pct !== null) near(found.trackRecordMin, golden.min_track_record_length_vs_0_95pct);
});
