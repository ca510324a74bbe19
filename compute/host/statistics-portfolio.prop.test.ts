import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { matrixOf, openStatistics } from './statistics.node.ts';
import type { CovarianceEstimator, Matrix } from './statistics.node.ts';

const statistics = await openStatistics();
const ESTIMATORS: readonly CovarianceEstimator[] = [
  'sample',
  'ledoitWolf',
  'oas',
  'constantCorrelation',
  'singleFactor',
  'exponential',
  'semi',
];

/** Assets that follow a market more or less, each with a scale and, so that none is a mix of others, a noise of its own. */
const markets: fc.Arbitrary<Matrix> = fc
  .tuple(
    fc.array(fc.tuple(fc.double({ min: -1, max: 2, noNaN: true }), fc.double({ min: 0.2, max: 5, noNaN: true })), {
      minLength: 2,
      maxLength: 9,
    }),
    fc.infiniteStream(fc.double({ min: -0.02, max: 0.02, noNaN: true })),
  )
  .map(([assets, stream]) => {
    const next = (): number => stream.next().value ?? 0;
    const market = Float64Array.from({ length: 40 }, next);
    return matrixOf(
      assets.map(([load, scale], asset) =>
        market.map((value, row) => (load * value + 0.3 * next() + 0.01 * Math.sin((asset + 1.37) * (row + 1) * 1.618)) * scale),
      ),
    );
  });

const times = ({ columns, values }: Matrix, weights: Float64Array): Float64Array =>
  weights.map((_, row) => weights.reduce((sum, weight, column) => sum + weight * (values[row * columns + column] ?? 0), 0));
const varianceOf = (covariance: Matrix, weights: Float64Array): number => {
  const products = times(covariance, weights);
  return weights.reduce((sum, weight, index) => sum + weight * (products[index] ?? 0), 0);
};
const sumOf = (weights: Float64Array): number => weights.reduce((sum, weight) => sum + weight, 0);
/** A few factors that all assets share, with loads of both signs, and little of their own. */
const alike: fc.Arbitrary<Matrix> = fc
  .tuple(
    fc.integer({ min: 2, max: 6 }),
    fc.infiniteStream(fc.integer({ min: -20, max: 20 })),
    fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 6, maxLength: 6 }),
  )
  .map(([size, stream, scales]) => {
    const loads = Array.from({ length: size }, () =>
      Array.from({ length: 3 }, (_, factor) => (stream.next().value ?? 0) / 20 + (factor === 0 ? 1.5 : 0)),
    );
    const values = Float64Array.from({ length: size * size }, (_, index) => {
      const [row, column] = [Math.floor(index / size), index % size];
      const shared = (loads[row] ?? []).reduce((sum, load, factor) => sum + load * (loads[column]?.[factor] ?? 0), 0);
      return (shared + (row === column ? 0.01 : 0)) * (scales[row] ?? 1) * (scales[column] ?? 1);
    });
    return { rows: size, columns: size, values };
  });

const subsetsOf = (size: number): number[][] =>
  Array.from({ length: 2 ** size - 1 }, (_, set) =>
    Array.from({ length: size }, (__, asset) => asset).filter((asset) => ((set + 1) >> asset) % 2 === 1),
  );

/** Of the closed form over these assets alone; infinite where it sells one short. */
function longOnlyVariance({ columns, values }: Matrix, assets: readonly number[]): number {
  const size = assets.length;
  const own = Float64Array.from(assets.flatMap((row) => assets.map((column) => values[row * columns + column] ?? Number.NaN)));
  const covariance = { rows: size, columns: size, values: own };
  const { weights } = statistics.minimumVariance(covariance);
  return Math.min(...weights) < 0 ? Infinity : varianceOf(covariance, weights);
}

const someWeights = fc.infiniteStream(fc.double({ min: 0.001, max: 1, noNaN: true }));

describe('covariances', () => {
  test.each(ESTIMATORS)('%s is symmetric and positive semidefinite, and its shrinkage a share', (estimator) =>
    fc.assert(
      fc.property(markets, fc.infiniteStream(fc.double({ min: -1, max: 1, noNaN: true })), (returns, stream) => {
        const found = statistics.covariance(returns, { estimator });
        const { columns, values, shrinkage } = found;
        for (let row = 0; row < columns; row += 1) {
          for (let column = 0; column < row; column += 1) expect(values[row * columns + column]).toBe(values[column * columns + row]);
        }
        const direction = Float64Array.from({ length: columns }, () => stream.next().value ?? 0);
        const trace = Array.from({ length: columns }, (_, i) => values[i * columns + i] ?? 0).reduce((sum, value) => sum + value, 0);
        expect(varianceOf(found, direction)).toBeGreaterThanOrEqual(-1e-12 * trace);
        if (shrinkage !== null) expect(shrinkage >= 0 && shrinkage <= 1).toBe(true);
      }),
      { numRuns: 40 },
    ),
  );

  test('a portfolio of the columns has the variance that the covariance says', () =>
    fc.assert(
      fc.property(markets, someWeights, (returns, stream) => {
        const weights = Float64Array.from({ length: returns.columns }, () => stream.next().value ?? 0);
        const series = Float64Array.from({ length: returns.rows }, (_, row) =>
          weights.reduce((sum, weight, column) => sum + weight * (returns.values[row * returns.columns + column] ?? 0), 0),
        );
        const deviation = statistics.performance(series.map((value) => Math.max(-1, value))).deviation ?? Number.NaN;
        expect(Math.sqrt(varianceOf(statistics.covariance(returns), weights)) / deviation).toBeCloseTo(1, 9);
      }),
    ));
});

describe('weights', () => {
  const methods = [
    'inverseVariance',
    'inverseVolatility',
    'minimumVariance',
    'minimumVarianceLongOnly',
    'equalRiskContribution',
    'hierarchicalRiskParity',
  ] as const;

  test.each(methods)('those of %s sum to one, and do not depend on the scale of the covariance', (method) =>
    fc.assert(
      fc.property(markets, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (returns, scale) => {
        const covariance = statistics.covariance(returns);
        const { weights } = statistics[method](covariance);
        expect(sumOf(weights)).toBeCloseTo(1, 12);
        const scaled = statistics[method]({ ...covariance, values: covariance.values.map((value) => value * scale) });
        weights.forEach((weight, index) => expect(scaled.weights[index]).toBeCloseTo(weight, 7));
        if (method !== 'minimumVariance') expect(Math.min(...weights)).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 40 },
    ),
  );

  test('long-only least variance meets the conditions of an optimum, and beats other weights', () =>
    fc.assert(
      fc.property(markets, someWeights, (returns, stream) => {
        const covariance = statistics.covariance(returns);
        const { weights } = statistics.minimumVarianceLongOnly(covariance);
        const variance = varianceOf(covariance, weights);
        // Every held asset has the same covariance with the portfolio, every other one no smaller.
        times(covariance, weights).forEach((product, index) => {
          const held = (weights[index] ?? 0) > 0;
          if (held) expect(Math.abs(product / variance - 1)).toBeLessThan(1e-8);
          else expect(product / variance).toBeGreaterThan(1 - 1e-8);
        });
        const other = Float64Array.from(weights, () => stream.next().value ?? 1);
        const total = sumOf(other);
        expect(variance).toBeLessThanOrEqual(
          varianceOf(
            covariance,
            other.map((weight) => weight / total),
          ) *
            (1 + 1e-12),
        );
        const free = varianceOf(covariance, statistics.minimumVariance(covariance).weights);
        expect(free).toBeLessThanOrEqual(variance * (1 + 1e-8));
      }),
    ));

  test('long-only least variance is the best of the closed forms of all subsets, however alike the assets are', () =>
    fc.assert(
      fc.property(alike, (covariance) => {
        const { weights } = statistics.minimumVarianceLongOnly(covariance);
        const best = Math.min(...subsetsOf(covariance.columns).map((assets) => longOnlyVariance(covariance, assets)));
        expect(varianceOf(covariance, weights) / best).toBeCloseTo(1, 9);
      }),
      { numRuns: 200 },
    ));

  test('risk contributions are equal', () =>
    fc.assert(
      fc.property(markets, (returns) => {
        const covariance = statistics.covariance(returns);
        const { weights } = statistics.equalRiskContribution(covariance);
        const variance = varianceOf(covariance, weights);
        times(covariance, weights).forEach((product, index) => {
          expect(((weights[index] ?? 0) * product * weights.length) / variance).toBeCloseTo(1, 9);
        });
      }),
    ));

  test('assets without correlation: all agree with the closed forms', () =>
    fc.assert(
      fc.property(fc.array(fc.double({ min: 1e-6, max: 10, noNaN: true }), { minLength: 1, maxLength: 12 }), (variances) => {
        const size = variances.length;
        const values = Float64Array.from({ length: size * size }, (_, index) =>
          index % (size + 1) === 0 ? (variances[index / (size + 1)] ?? 1) : 0,
        );
        const diagonal = { rows: size, columns: size, values };
        const byVariance = statistics.inverseVariance(diagonal).weights;
        for (const method of ['minimumVariance', 'minimumVarianceLongOnly', 'hierarchicalRiskParity'] as const) {
          statistics[method](diagonal).weights.forEach((weight, index) => expect(weight).toBeCloseTo(byVariance[index] ?? Number.NaN, 10));
        }
        const byVolatility = statistics.inverseVolatility(diagonal).weights;
        statistics
          .equalRiskContribution(diagonal)
          .weights.forEach((weight, index) => expect(weight).toBeCloseTo(byVolatility[index] ?? Number.NaN, 9));
      }),
    ));

  test('the order of a hierarchy has every asset once', () =>
    fc.assert(
      fc.property(markets, (returns) => {
        const { order } = statistics.hierarchicalRiskParity(statistics.covariance(returns));
        expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: returns.columns }, (_, index) => index));
      }),
    ));
});
