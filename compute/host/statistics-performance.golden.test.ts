import { describe, expect, test } from 'vitest';
import { expectNear, goldenJson, goldenReturns } from './golden-statistics.ts';
import { calendarReturns, compoundAnnualGrowth, openStatistics } from './statistics.node.ts';
import type { Performance } from './statistics.node.ts';

type Numbers = Readonly<Record<string, number>>;

interface GoldenDrawdown {
  readonly depth: number;
  readonly peak: string;
  readonly trough: string;
  readonly recovery: string | null;
  readonly bars_peak_to_recovery: number | null;
}

interface Golden {
  readonly dataset: string;
  readonly from_: string;
  readonly to_exclusive: string;
  readonly returns: number;
  readonly basic: Numbers;
  readonly empyrical: Numbers;
  readonly parametric: Numbers;
  readonly quantstats: Numbers;
  readonly drawdown: { readonly max_drawdown: number; readonly worst_5: readonly GoldenDrawdown[] };
  readonly ours_numpy: Numbers;
  readonly vs_benchmark?: Readonly<Record<string, number | string | null>>;
  readonly calendar: { readonly monthly: Numbers; readonly yearly: Numbers; readonly best_month: number; readonly worst_month: number };
  readonly rolling_63_last: { readonly vol_annual: number; readonly sharpe_rf0: number };
}

const statistics = await openStatistics();
const golden = goldenJson('stats/statistics.json') as Readonly<Record<string, Golden>>;

const NAMES: Readonly<Record<'basic' | 'empyrical' | 'quantstats', Readonly<Record<string, keyof Performance>>>> = {
  basic: {
    mean: 'mean',
    std_ddof1: 'deviation',
    std_ddof0: 'deviationPopulation',
    skew_biased_g1: 'skewBiased',
    skew_unbiased_G1: 'skew',
    excess_kurtosis_biased_g2: 'excessKurtosisBiased',
    excess_kurtosis_unbiased_G2: 'excessKurtosis',
    min: 'least',
    max: 'largest',
    median: 'median',
    positive_share: 'positiveShare',
    lag1_autocorrelation: 'autocorrelation',
    jarque_bera: 'jarqueBera',
  },
  empyrical: {
    cum_return: 'cumulativeReturn',
    annual_return_cagr_252: 'annualReturn',
    annual_volatility_252: 'volatility',
    sharpe_rf0: 'sharpe',
    sortino_rf0: 'sortino',
    downside_risk_annual: 'downsideRisk',
    calmar: 'calmar',
    max_drawdown: 'maxDrawdown',
    omega_0: 'omega',
    tail_ratio: 'tailRatio',
    stability_of_timeseries: 'stability',
  },
  quantstats: {
    cagr_252: 'annualReturn',
    volatility_252: 'volatility',
    sharpe_rf0: 'sharpe',
    sortino_rf0: 'sortino',
    calmar: 'calmar',
    max_drawdown: 'maxDrawdown',
    omega_0: 'omega',
    tail_ratio: 'tailRatio',
    gain_to_pain_ratio: 'gainToPain',
    profit_factor: 'omega',
    payoff_ratio: 'payoff',
    win_rate: 'winRate',
    kelly_criterion: 'kelly',
    skew: 'skew',
    kurtosis: 'excessKurtosis',
    expected_return: 'geometricMean',
    smart_sharpe_rf0: 'sharpeAutocorrelated',
    consecutive_wins: 'winningStreak',
    consecutive_losses: 'losingStreak',
    recovery_factor: 'recoveryFactor',
    serenity_index: 'serenity',
  },
};

describe.each(Object.entries(golden))('%s', (key, expected) => {
  const { values, dates, start } = goldenReturns(expected.dataset, expected.from_, expected.to_exclusive);
  const found = statistics.performance(values);
  const n = values.length;

  test.each(['basic', 'empyrical', 'quantstats'] as const)('figures of %s', (source) => {
    expect(n).toBe(expected.returns);
    for (const [name, figure] of Object.entries(NAMES[source])) {
      expect(expected[source], name).toHaveProperty(name);
      expectNear(found[figure], expected[source][name], name);
    }
  });

  test('with a risk-free rate of 2 %', () => {
    const arithmetic = statistics.performance(values, { riskFree: 0.02, target: 0.02 });
    expectNear(arithmetic.sharpe, expected.empyrical['sharpe_rf2pct']);
    expectNear(arithmetic.sortino, expected.empyrical['sortino_mar2pct']);
    const geometric = statistics.performance(values, { riskFree: 0.02, conversion: 'geometric' });
    expectNear(geometric.sharpe, expected.quantstats['sharpe_rf2pct']);
  });

  test('the ulcer and pain index, over each count of points', () => {
    const ulcer = found.ulcerIndex ?? Number.NaN;
    expectNear(ulcer, expected.ours_numpy['ulcer_index_fraction_excl_start']);
    expectNear(ulcer * Math.sqrt(n / (n + 1)), expected.ours_numpy['ulcer_index_fraction_incl_start']);
    expectNear(ulcer * Math.sqrt(n / (n - 1)), expected.quantstats['ulcer_index']);
    expectNear((found.painIndex ?? Number.NaN) * (n / (n + 1)), expected.ours_numpy['pain_index']);
    expectNear((found.downsideRisk ?? Number.NaN) / Math.sqrt(252), expected.ours_numpy['downside_deviation_daily_target0_n']);
    expectNear(found.lossDeviation, expected.ours_numpy['semi_std_of_negative_returns_ddof1']);
    expectNear((found.omega ?? Number.NaN) * (found.tailRatio ?? Number.NaN), expected.quantstats['common_sense_ratio']);
  });

  test('exposure, which quantstats rounds up to a whole percent', () =>
    expect(Math.ceil((found.exposure ?? Number.NaN) * 100) / 100).toBe(expected.quantstats['exposure']));

  test('tails', () => {
    for (const [percent, share] of [
      ['95', '05'],
      ['99', '01'],
    ] as const) {
      const tail = statistics.tailRisk(values, Number(percent) / 100);
      expectNear(tail.valueAtRisk, expected.empyrical[`var_hist_${percent}`]);
      expectNear(tail.valueAtRisk, expected.parametric[`quantile_linear_${share}`]);
      expectNear(tail.valueAtRiskLower, expected.parametric[`quantile_lower_${share}`]);
      expectNear(tail.expectedShortfall, expected.empyrical[`cvar_hist_${percent}`]);
      expectNear(tail.expectedShortfall, expected.parametric[`mean_of_returns_at_or_below_linear_quantile_${share}`]);
      expectNear(tail.valueAtRiskNormal, expected.parametric[`var_normal_${percent}`]);
      expectNear(tail.expectedShortfallNormal, expected.parametric[`es_normal_${percent}`]);
    }
    expectNear(statistics.tailRisk(values, 0.95).meanBelowValueAtRiskNormal, expected.quantstats['cvar_95']);
  });

  test('the five worst drawdowns, with their dates', () => {
    const worst = statistics.drawdowns(values);
    const dateAt = (index: number): string => dates[index] ?? 'before first return';
    expect(
      worst.map(({ peak, trough, recovery }) => ({
        peak: dateAt(peak),
        trough: dateAt(trough),
        recovery: recovery === null ? null : dateAt(recovery),
        bars_peak_to_recovery: recovery === null ? null : recovery - peak,
      })),
    ).toEqual(expected.drawdown.worst_5.map(({ depth: _depth, ...others }) => others));
    worst.forEach(({ depth }, index) => expectNear(depth, expected.drawdown.worst_5[index]?.depth));
    expect(Math.min(...statistics.underwater(values))).toBe(found.maxDrawdown);
  });

  test('returns by month and by year', () => {
    const times = Float64Array.from(dates, (date) => Date.parse(date));
    const months = calendarReturns(values, times, 'month');
    const years = calendarReturns(values, times, 'year');
    expect(months.map(({ period }) => period)).toEqual(Object.keys(expected.calendar.monthly));
    expect(years.map(({ period }) => period)).toEqual(Object.keys(expected.calendar.yearly));
    for (const { period, return: value } of months) expectNear(value, expected.calendar.monthly[period], period);
    for (const { period, return: value } of years) expectNear(value, expected.calendar.yearly[period], period);
    expectNear(Math.max(...months.map((month) => month.return)), expected.calendar.best_month);
    expectNear(Math.min(...months.map((month) => month.return)), expected.calendar.worst_month);
  });

  test('growth over the time that passed', () => {
    const growth = compoundAnnualGrowth(found.cumulativeReturn ?? Number.NaN, Date.parse(start), Date.parse(dates.at(-1) ?? ''));
    expectNear(growth, expected.ours_numpy['cagr_calendar_365_25']);
  });

  test('the last rolling window', () => {
    const { volatility, sharpe } = statistics.rolling(values, 63);
    expectNear(volatility.at(-1), expected.rolling_63_last.vol_annual);
    expectNear(sharpe.at(-1), expected.rolling_63_last.sharpe_rf0);
  });

  test('against the benchmark', () => {
    const benchmark = expected.vs_benchmark;
    if (benchmark === undefined) {
      expect(key).toBe('SPX_daily_2000_2020');
      return;
    }
    const other = goldenReturns(String(benchmark['benchmark']));
    const byDate = new Map(other.dates.map((date, index) => [date, other.values[index] ?? Number.NaN]));
    const common = dates.flatMap((date, index) => (byDate.has(date) ? [index] : []));
    const own = Float64Array.from(common, (index) => values[index] ?? Number.NaN);
    const others = Float64Array.from(common, (index) => byDate.get(dates[index] ?? '') ?? Number.NaN);
    expect(common).toHaveLength(Number(benchmark['common_returns']));
    const pair = statistics.againstBenchmark(own, others);
    expectNear(pair.beta, Number(benchmark['beta']));
    expectNear(pair.alpha, Number(benchmark['alpha_annual_rf0']));
    expectNear(pair.correlation, Number(benchmark['correlation']));
    expectNear(pair.rSquared, Number(benchmark['r_squared']));
    expectNear(pair.excessSharpe, Number(benchmark['excess_sharpe_information_ratio_daily']));
    expectNear(pair.trackingError, Number(benchmark['tracking_error_annual']));
    expectNear(pair.upCapture, Number(benchmark['up_capture']));
    expectNear(pair.downCapture, Number(benchmark['down_capture']));
    const excess = statistics.againstBenchmark(own, others, { riskFree: 0.02 });
    expectNear(excess.beta, Number(benchmark['beta_rf2pct']));
    expectNear(excess.alpha, Number(benchmark['alpha_annual_rf2pct']));
    expectNear(statistics.rollingBeta(own, others, own.length).at(-1), pair.beta);
  });
});

describe('degenerate series', () => {
  interface Degenerate {
    readonly returns: readonly number[];
    readonly empyrical: Readonly<Record<string, number | string | null>>;
  }
  const series = goldenJson('stats/degenerate.json') as Readonly<Record<string, Degenerate>>;
  const figures: Readonly<Record<string, keyof Performance>> = {
    annual_return: 'annualReturn',
    annual_volatility: 'volatility',
    sharpe: 'sharpe',
    sortino: 'sortino',
    calmar: 'calmar',
    max_drawdown: 'maxDrawdown',
    omega: 'omega',
    tail_ratio: 'tailRatio',
    cum_return: 'cumulativeReturn',
  };
  /** Where empyrical's figure is rounding noise, and what we say instead. */
  const noise: Readonly<Record<string, Readonly<Record<string, number | null>>>> = {
    all_equal_positive: { annual_volatility: 0, sharpe: null },
  };

  test.each(Object.entries(series))('%s', (name, { returns, empyrical }) => {
    const values = Float64Array.from(returns);
    const found = statistics.performance(values);
    const tail = statistics.tailRisk(values, 0.95);
    const expectedOf = (figure: string): number | null => {
      const value = noise[name]?.[figure];
      if (value !== undefined) return value;
      const raw = empyrical[figure];
      return typeof raw === 'string' ? Number(raw.replace('inf', 'Infinity')) : (raw ?? null);
    };
    for (const [figure, ours] of Object.entries(figures)) expectNear(found[ours], expectedOf(figure), figure);
    expectNear(tail.valueAtRisk, expectedOf('var95'), 'var95');
    expectNear(tail.expectedShortfall, expectedOf('cvar95'), 'cvar95');
  });
});
