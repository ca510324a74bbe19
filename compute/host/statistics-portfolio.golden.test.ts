import { describe, expect, test } from 'vitest';
import { expectNear, goldenJson, goldenText } from './golden-statistics.ts';
import { openStatistics } from './statistics.node.ts';
import type { Covariance, CovarianceOptions, Matrix, PortfolioWeights } from './statistics.node.ts';

type Rows = readonly (readonly number[])[];

interface Golden {
  readonly dataset: string;
  readonly from_: string;
  readonly to_exclusive: string;
  readonly columns: readonly string[];
  readonly returns: number;
  readonly covariance: {
    readonly sample_daily_ddof1: Rows;
    readonly sklearn_ledoit_wolf_daily: { readonly shrinkage: number; readonly cov: Rows };
    readonly sklearn_oas_daily: { readonly shrinkage: number; readonly cov: Rows };
    readonly pypfopt_lw_constant_variance: { readonly delta: number; readonly cov_annual: Rows };
    readonly pypfopt_lw_single_factor: { readonly delta: number; readonly cov_annual: Rows };
    readonly pypfopt_lw_constant_correlation: { readonly delta: number; readonly cov_annual: Rows };
    readonly semicovariance_annual: Rows;
    readonly exp_cov_span180_annual: Rows;
  };
  readonly portfolios: {
    readonly min_volatility_long_only: { readonly cla_pypfopt: readonly number[] };
    readonly min_variance_unconstrained_closed_form: readonly number[];
    readonly hrp: { readonly weights: readonly number[]; readonly leaf_order: readonly number[] };
    readonly equal_risk_contribution: readonly number[];
    readonly inverse_variance: readonly number[];
    readonly inverse_volatility: readonly number[];
  };
}

const statistics = await openStatistics();
const goldens = goldenJson('ml/portfolio.json') as readonly Golden[];

/** Simple returns of the wide table of closes. */
function returnsIn({ dataset, from_: from, to_exclusive: to, columns }: Golden): Matrix {
  const [header = '', ...lines] = goldenText(`data/${dataset}.csv`).trim().split('\n');
  const places = columns.map((column) => header.trim().split(',').indexOf(column));
  const closes = lines
    .map((line) => line.trim().split(','))
    .filter(([date = '']) => date >= from && date < to)
    .map((cells) => places.map((place) => Number(cells[place])));
  const rows = closes.slice(1).map((row, index) => row.map((close, column) => close / (closes[index]?.[column] ?? Number.NaN) - 1));
  return { rows: rows.length, columns: columns.length, values: Float64Array.from(rows.flat()) };
}

/** The one that PyPortfolioOpt takes unless told: about 2 % a year. */
const BENCHMARK = 0.000079;

/** By how much the largest part of the risk differs from its share, relative to that share. */
function inequalityOf({ columns, values }: Matrix, weights: Float64Array): number {
  const parts = weights.map(
    (weight, row) => weight * weights.reduce((sum, other, column) => sum + other * (values[row * columns + column] ?? 0), 0),
  );
  const total = parts.reduce((sum, part) => sum + part, 0);
  return Math.max(...parts.map((part) => Math.abs((part / total) * columns - 1)));
}

describe.each(goldens)('portfolios of $dataset from $from_', (golden) => {
  const returns = returnsIn(golden);
  const sample = statistics.covariance(returns);
  const expected = golden.portfolios;

  function expectMatrix(found: Covariance, values: Rows, scale: number): void {
    expect(found.rows).toBe(values.length);
    values.flat().forEach((value, index) => expectNear((found.values[index] ?? Number.NaN) * scale, value, `element ${index}`, 1e-6));
  }

  function expectWeights(found: PortfolioWeights, weights: readonly number[]): void {
    expect(found.weights).toHaveLength(weights.length);
    weights.forEach((weight, index) => expectNear(found.weights[index], weight, golden.columns[index], 1));
  }

  test('the sample covariance', () => {
    expect(returns.rows).toBe(golden.returns);
    expectMatrix(sample, golden.covariance.sample_daily_ddof1, 1);
    expect(sample.shrinkage).toBeNull();
  });

  test.each<{ options: CovarianceOptions; of: Rows; scale: number; shrinkage: number | null }>([
    {
      options: { estimator: 'ledoitWolf' },
      of: golden.covariance.sklearn_ledoit_wolf_daily.cov,
      scale: 1,
      shrinkage: golden.covariance.sklearn_ledoit_wolf_daily.shrinkage,
    },
    {
      options: { estimator: 'ledoitWolf' },
      of: golden.covariance.pypfopt_lw_constant_variance.cov_annual,
      scale: 252,
      shrinkage: golden.covariance.pypfopt_lw_constant_variance.delta,
    },
    {
      options: { estimator: 'oas' },
      of: golden.covariance.sklearn_oas_daily.cov,
      scale: 1,
      shrinkage: golden.covariance.sklearn_oas_daily.shrinkage,
    },
    {
      options: { estimator: 'singleFactor' },
      of: golden.covariance.pypfopt_lw_single_factor.cov_annual,
      scale: 252,
      shrinkage: golden.covariance.pypfopt_lw_single_factor.delta,
    },
    {
      options: { estimator: 'constantCorrelation' },
      of: golden.covariance.pypfopt_lw_constant_correlation.cov_annual,
      scale: 252,
      shrinkage: golden.covariance.pypfopt_lw_constant_correlation.delta,
    },
    { options: { estimator: 'semi', benchmark: BENCHMARK }, of: golden.covariance.semicovariance_annual, scale: 252, shrinkage: null },
    { options: { estimator: 'exponential', span: 180 }, of: golden.covariance.exp_cov_span180_annual, scale: 252, shrinkage: null },
  ])('the covariance of $options', ({ options, of, scale, shrinkage }) => {
    const found = statistics.covariance(returns, options);
    expectNear(found.shrinkage, shrinkage, 'shrinkage');
    expectMatrix(found, of, scale);
  });

  test('weights in a closed form', () => {
    expectWeights(statistics.inverseVariance(sample), expected.inverse_variance);
    expectWeights(statistics.inverseVolatility(sample), expected.inverse_volatility);
    expectWeights(statistics.minimumVariance(sample), expected.min_variance_unconstrained_closed_form);
  });

  test('least variance without short sales is that of the critical line', () =>
    expectWeights(statistics.minimumVarianceLongOnly(sample), expected.min_volatility_long_only.cla_pypfopt));

  test('equal risk contributions, nearer to equal than the golden weights, which an optimiser found to about 1e-8', () => {
    const { weights } = statistics.equalRiskContribution(sample);
    const ours = inequalityOf(sample, weights);
    expect(ours).toBeLessThan(1e-11);
    expect(ours).toBeLessThan(inequalityOf(sample, Float64Array.from(expected.equal_risk_contribution)));
    expected.equal_risk_contribution.forEach((weight, index) => expect(weights[index]).toBeCloseTo(weight, 7));
  });

  test('hierarchical risk parity, with its order', () => {
    const found = statistics.hierarchicalRiskParity(sample);
    expectWeights(found, expected.hrp.weights);
    expect(found.order).toEqual(expected.hrp.leaf_order);
  });
});
