import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calendarReturns, openStatistics } from './statistics.node.ts';

const statistics = await openStatistics();

/** Calm and wild series, ties, flat stretches, a total loss. */
const returnsOf = (minLength: number, maxLength = 300): fc.Arbitrary<Float64Array> =>
  fc
    .oneof(
      fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength, maxLength, size: 'max' }),
      fc.array(fc.constantFrom(-0.02, -0.01, 0, 0.01, 0.02), { minLength, maxLength, size: 'max' }),
      fc.array(fc.constantFrom(-1, -0.5, 0, 0.5, 3), { minLength, maxLength, size: 'max' }),
      fc.array(fc.double({ min: -1, max: 5, noNaN: true }), { minLength, maxLength, size: 'max' }),
    )
    .map((values) => Float64Array.from(values));

function expectClose(actual: number | null | undefined, expected: number, scale = Math.max(1, Math.abs(expected))): void {
  expect(typeof actual).toBe('number');
  expect(Math.abs((actual ?? Number.NaN) - expected), `${actual} against ${expected}`).toBeLessThanOrEqual(1e-9 * scale);
}

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

function deviationOf(values: Float64Array): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

/** As the definition says it: over the equity curve, whose first mark is 1. */
function underwaterOf(returns: Float64Array): number[] {
  let [equity, peak] = [1, 1];
  return Array.from(returns, (value) => {
    equity *= 1 + value;
    peak = Math.max(peak, equity);
    return equity / peak - 1;
  });
}

describe('figures say what their definitions say', () => {
  test('mean, deviation, growth and drawdown', () =>
    fc.assert(
      fc.property(returnsOf(2), (returns) => {
        const found = statistics.performance(returns);
        const equity = returns.reduce((product, value) => product * (1 + value), 1);
        const depths = underwaterOf(returns);
        expectClose(found.mean, meanOf(returns));
        expectClose(found.deviation, deviationOf(returns));
        expectClose(found.cumulativeReturn, equity - 1);
        expectClose(found.maxDrawdown, Math.min(0, ...depths));
        expectClose(found.painIndex, -depths.reduce((sum, depth) => sum + depth, 0) / returns.length);
        expect([found.least, found.largest]).toEqual([Math.min(...returns), Math.max(...returns)]);
        statistics.underwater(returns).forEach((depth, index) => expectClose(depth, depths[index] ?? Number.NaN));
      }),
    ));

  test('quantiles and tails are those of the sorted series', () =>
    fc.assert(
      fc.property(returnsOf(1, 500), fc.double({ min: 0.5, max: 0.9999, minExcluded: true, noNaN: true }), (returns, confidence) => {
        const sorted = returns.toSorted();
        const place = (sorted.length - 1) * (1 - confidence);
        const [low = 0, high = 0] = [sorted[Math.floor(place)], sorted[Math.min(Math.floor(place) + 1, sorted.length - 1)]];
        const found = statistics.tailRisk(returns, confidence);
        expectClose(found.valueAtRisk, low + (high - low) * (place - Math.floor(place)));
        expect(found.valueAtRiskLower).toBe((sorted[Math.floor(place + 1e-9)] ?? Number.NaN) + 0);
        expectClose(found.expectedShortfall, meanOf(sorted.subarray(0, Math.floor(place + 1e-9) + 1)));
      }),
    ));

  test.each([0.9, 0.8, 0.95, 0.99])('a share that is meant to be a whole rank is one, at %d', (confidence) => {
    const returns = Float64Array.from({ length: 101 }, (_, index) => ((index * 37) % 101) / 1000);
    const rank = Math.round((1 - confidence) * 100);
    const found = statistics.tailRisk(returns, confidence);
    expect(found.valueAtRiskLower).toBe(rank / 1000);
    expectClose(found.expectedShortfall, rank / 2000);
    expectClose(found.valueAtRisk, rank / 1000);
  });

  test('a shortfall is never a smaller loss than its value at risk', () =>
    fc.assert(
      fc.property(returnsOf(2), fc.double({ min: 0.5, max: 0.9999, minExcluded: true, noNaN: true }), (returns, confidence) => {
        const found = statistics.tailRisk(returns, confidence);
        const pairs = [
          [found.expectedShortfall, found.valueAtRisk],
          [found.expectedShortfallNormal, found.valueAtRiskNormal],
          [found.expectedShortfallCornishFisher, found.valueAtRiskCornishFisher],
        ] as const;
        for (const [shortfall, valueAtRisk] of pairs) {
          expect(shortfall === null).toBe(valueAtRisk === null);
          expect(shortfall ?? 0).toBeLessThanOrEqual((valueAtRisk ?? 0) + 1e-12);
        }
      }),
    ));
});

test('the shortfall of Cornish and Fisher is the mean of their quantiles beyond the value at risk', () =>
  fc.assert(
    fc.property(fc.array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: 30, maxLength: 60 }), (values) => {
      const returns = Float64Array.from(values);
      const { mean, deviation, skewBiased, excessKurtosisBiased } = statistics.performance(returns);
      const { valueAtRiskCornishFisher, expectedShortfallCornishFisher } = statistics.tailRisk(returns, 0.95);
      fc.pre(valueAtRiskCornishFisher !== null && mean !== null && deviation !== null);
      const [skew, kurtosis] = [skewBiased ?? 0, excessKurtosisBiased ?? 0];
      const quantile = (z: number): number =>
        z + ((z * z - 1) * skew) / 6 + ((z ** 3 - 3 * z) * kurtosis) / 24 - ((2 * z ** 3 - 5 * z) * skew * skew) / 36;
      const last = statistics.normalQuantile(0.05);
      const steps = 4000;
      const width = (last + 10) / steps;
      let sum = 0;
      for (let step = 0; step < steps; step += 1) {
        const z = -10 + (step + 0.5) * width;
        sum += quantile(z) * Math.exp((-z * z) / 2) * width;
      }
      expectClose(valueAtRiskCornishFisher, (mean ?? 0) + (deviation ?? 0) * quantile(last));
      const tail = (mean ?? 0) + ((deviation ?? 0) * sum) / Math.sqrt(2 * Math.PI) / 0.05;
      expect(expectedShortfallCornishFisher).toBeCloseTo(tail, 6);
    }),
  ));

describe('drawdowns', () => {
  test('they do not overlap, the deepest comes first and is the maximum drawdown', () =>
    fc.assert(
      fc.property(returnsOf(1), (returns) => {
        const found = statistics.drawdowns(returns, 1000);
        expect(found[0]?.depth ?? 0).toBe(statistics.performance(returns).maxDrawdown);
        expect(found.map(({ depth }) => depth)).toEqual(found.map(({ depth }) => depth).toSorted((a, b) => a - b));
        const inTime = found.toSorted((a, b) => a.peak - b.peak);
        inTime.forEach(({ peak, trough, recovery }, index) => {
          expect(trough).toBeGreaterThan(peak);
          expect(recovery ?? returns.length).toBeGreaterThan(trough);
          expect(inTime[index + 1]?.peak ?? Infinity).toBeGreaterThanOrEqual(recovery ?? Infinity);
        });
      }),
    ));

  test('few of them are the first of all of them', () =>
    fc.assert(
      fc.property(returnsOf(1), fc.integer({ min: 1, max: 5 }), (returns, most) => {
        expect(statistics.drawdowns(returns, most)).toEqual(statistics.drawdowns(returns, 1000).slice(0, most));
      }),
    ));
});

describe('rolling figures', () => {
  // On a grid: of windows that move by rounding alone no two ways of summing say the same.
  const moving = fc.oneof(
    fc.array(
      fc.integer({ min: -1000, max: 1000 }).map((value) => value / 1e4),
      { minLength: 1, maxLength: 120 },
    ),
    fc.array(fc.constantFrom(0, 0, 0, 0.01, -0.01), { minLength: 1, maxLength: 120 }),
  );

  test('each is that of its window alone', () =>
    fc.assert(
      fc.property(moving, fc.integer({ min: 2, max: 20 }), (values, window) => {
        const returns = Float64Array.from(values);
        const { volatility, sharpe } = statistics.rolling(returns, window, { riskFree: 0.02 });
        for (const [index, value] of volatility.entries()) {
          const own = statistics.performance(returns.slice(index + 1 - window, index + 1), { riskFree: 0.02 });
          if (index + 1 < window) expect([value, sharpe[index]]).toEqual([Number.NaN, Number.NaN]);
          else {
            expectClose(value, own.volatility ?? Number.NaN);
            if (own.sharpe === null) expect(sharpe[index]).toBeNaN();
            else expectClose(sharpe[index], own.sharpe);
          }
        }
      }),
    ));

  test('a beta is that of its window alone', () =>
    fc.assert(
      fc.property(
        moving,
        fc.integer({ min: 2, max: 20 }),
        fc.infiniteStream(fc.constantFrom(0, 0, 0.01, -0.02)),
        (values, window, stream) => {
          const returns = Float64Array.from(values);
          const benchmark = Float64Array.from(values, () => stream.next().value ?? 0);
          for (const [index, value] of statistics.rollingBeta(returns, benchmark, window).entries()) {
            const from = Math.max(0, index + 1 - window);
            const own = statistics.againstBenchmark(returns.slice(from, index + 1), benchmark.slice(from, index + 1));
            if (index + 1 < window || own.beta === null) expect(value).toBeNaN();
            else expectClose(value, own.beta);
          }
        },
      ),
    ));
});

describe('against a benchmark', () => {
  test('a series against itself', () =>
    fc.assert(
      fc.property(fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 3, maxLength: 100 }), (values) => {
        const returns = Float64Array.from(values);
        fc.pre(deviationOf(returns) > 1e-6);
        const found = statistics.againstBenchmark(returns, returns);
        expectClose(found.beta, 1);
        expectClose(found.correlation, 1);
        expectClose(found.alpha, 0);
        expect([found.trackingError, found.excessSharpe]).toEqual([0, null]);
      }),
    ));

  test('a line of the benchmark has its slope as beta', () =>
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 3, maxLength: 100 }),
        fc.double({ min: -2, max: 2, noNaN: true }),
        (values, slope) => {
          const benchmark = Float64Array.from(values);
          fc.pre(deviationOf(benchmark) > 1e-4);
          expectClose(
            statistics.againstBenchmark(
              benchmark.map((value) => 0.0001 + slope * value),
              benchmark,
            ).beta,
            slope,
          );
        },
      ),
    ));
});

describe('calendar', () => {
  const dated = fc
    .array(fc.tuple(fc.double({ min: -0.1, max: 0.1, noNaN: true }), fc.integer({ min: 0, max: 90 * 86_400_000 })), {
      minLength: 1,
      maxLength: 60,
    })
    .map((pairs) => {
      let timeMs = Date.parse('1969-06-01T00:00:00Z');
      return { returns: Float64Array.from(pairs, ([value]) => value), times: Float64Array.from(pairs, ([, gap]) => (timeMs += gap)) };
    });

  test.each(['month', 'year'] as const)('each %s holds its returns, and together they are all', (unit) =>
    fc.assert(
      fc.property(dated, ({ returns, times }) => {
        const found = calendarReturns(returns, times, unit);
        const names = Array.from(times, (timeMs) => new Date(timeMs).toISOString().slice(0, unit === 'month' ? 7 : 4));
        expect(found.map(({ period }) => period)).toEqual([...new Set(names)]);
        for (const { period, return: value } of found) {
          const own = returns.filter((_, index) => names[index] === period);
          expectClose(value, own.reduce((product, each) => product * (1 + each), 1) - 1);
        }
      }),
    ),
  );
});
