import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openStatistics } from './statistics.node.ts';
import type { BootstrapFigure } from './statistics.node.ts';

const statistics = await openStatistics();

const returnsIn = fc
  .array(fc.double({ min: -0.1, max: 0.1, noNaN: true }), { minLength: 2, maxLength: 80 })
  .map((values) => Float64Array.from(values));
const seeds = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const methods = fc.constantFrom('stationary', 'circular', 'independent', 'permutation');

/** 0, 1, 2 …: a draw of it shows which places were drawn. */
const places = (count: number): Float64Array => Float64Array.from({ length: count }, (_, index) => index);

function longestRunBelowZero(depths: Float64Array): number {
  let [run, longest] = [0, 0];
  for (const depth of depths) {
    run = depth < 0 ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

describe('paths', () => {
  test('a block as long as the series gives a rotation of it', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), seeds, (count, seed) => {
        const path = statistics.resample(places(count), { method: 'circular', blockLength: count, seed });
        const [start = Number.NaN] = path;
        expect([...path]).toEqual(Array.from(path, (_, index) => (start + index) % count));
      }),
    ));

  test('circular blocks begin anywhere, go on in order and have their length', () =>
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 100 }), seeds, (count, wanted, seed) => {
        const length = Math.min(wanted, count);
        const path = statistics.resample(places(count), { method: 'circular', blockLength: length, seed });
        for (const [index, place] of path.entries()) {
          if (index % length !== 0) expect(place).toBe(((path[index - 1] ?? 0) + 1) % count);
        }
      }),
    ));

  test('a permutation has every value once', () =>
    fc.assert(
      fc.property(returnsIn, seeds, (returns, seed) => {
        expect(statistics.resample(returns, { method: 'permutation', seed }).toSorted()).toEqual(returns.toSorted());
      }),
    ));

  test('every place is as likely, in every method', () => {
    const [count, draws] = [8, 4000];
    for (const method of ['stationary', 'circular', 'independent', 'permutation'] as const) {
      const firsts = Array.from({ length: count }, () => 0);
      for (let path = 0; path < draws; path += 1) {
        const [, , , place = 0] = statistics.resample(places(count), { method, blockLength: 3, seed: 7, path });
        firsts[place] = (firsts[place] ?? 0) + 1;
      }
      const chiSquare = firsts.reduce((sum, found) => sum + (found - draws / count) ** 2 / (draws / count), 0);
      // Seven degrees of freedom: above 24.3 once in a thousand seeds, and this one is fixed.
      expect(chiSquare, method).toBeLessThan(24.3);
    }
  });

  test('stationary blocks have geometric lengths of the mean asked for', () => {
    const count = 200_000;
    const path = statistics.resample(places(count), { method: 'stationary', blockLength: 10, seed: 3 });
    const lengths: number[] = [];
    let length = 0;
    for (const [index, place] of path.entries()) {
      const next = index > 0 && place === ((path[index - 1] ?? 0) + 1) % count;
      if (next) length += 1;
      else {
        if (length > 0) lengths.push(length);
        length = 1;
      }
    }
    const mean = lengths.reduce((sum, each) => sum + each, 0) / lengths.length;
    expect(Math.abs(mean - 10)).toBeLessThan(0.3);
    const single = lengths.filter((each) => each === 1).length / lengths.length;
    expect(Math.abs(single - 0.1)).toBeLessThan(0.01);
  });
});

describe('the bootstrap', () => {
  test('the same seed gives the same bytes, another seed others', () =>
    fc.assert(
      fc.property(seeds, methods, (seed, method) => {
        const returns = Float64Array.from({ length: 40 }, (_, index) => Math.sin(index) / 50);
        const once = statistics.bootstrap(returns, { seed, method, replications: 20 });
        expect(statistics.bootstrap(returns, { seed, method, replications: 20 })).toEqual(once);
        const other = statistics.bootstrap(returns, { seed: seed === 0 ? 1 : seed - 1, method, replications: 20 });
        expect(other.maxDrawdown.values).not.toEqual(once.maxDrawdown.values);
      }),
      { numRuns: 30 },
    ));

  test('a replication does not depend on how many there are, and says what its path says', () =>
    fc.assert(
      fc.property(returnsIn, seeds, methods, (returns, seed, method) => {
        const few = statistics.bootstrap(returns, { seed, method, replications: 3, riskFree: 0.02 });
        const many = statistics.bootstrap(returns, { seed, method, replications: 5, riskFree: 0.02 });
        for (let path = 0; path < 3; path += 1) {
          const drawn = statistics.resample(returns, { seed, method, path });
          const own = statistics.performance(drawn, { riskFree: 0.02 });
          const expected: Readonly<Partial<Record<BootstrapFigure, number | null>>> = {
            mean: (own.mean ?? 0) * 252,
            volatility: own.volatility,
            sharpe: own.sharpe,
            cumulativeReturn: own.cumulativeReturn,
            maxDrawdown: own.maxDrawdown,
          };
          for (const [name, value] of Object.entries(expected)) {
            const found = few[name as BootstrapFigure].values[path] ?? Number.NaN;
            expect(many[name as BootstrapFigure].values[path]).toBe(found);
            expect(
              Math.abs(found - (value ?? Number.NaN)) <= 1e-12 * Math.max(1, Math.abs(found)) || (Number.isNaN(found) && value === null),
            ).toBe(true);
          }
          const longest = longestRunBelowZero(statistics.underwater(drawn));
          expect(few.longestUnderwater.values[path]).toBe(longest);
        }
      }),
    ));

  test('quantiles are those of the sorted replications, and the interval lies among them', () =>
    fc.assert(
      fc.property(returnsIn, seeds, (returns, seed) => {
        const { maxDrawdown } = statistics.bootstrap(returns, { seed, replications: 41, confidence: 0.9, shares: [0, 0.05, 0.5, 0.95, 1] });
        const sorted = maxDrawdown.values.toSorted();
        const { quantiles, low, high, counted } = maxDrawdown;
        expect(counted).toBe(41);
        expect(quantiles).toEqual([0, 2, 20, 38, 40].map((rank) => expect.closeTo(sorted[rank] ?? Number.NaN, 12)));
        expect([low, high]).toEqual([expect.closeTo(quantiles[1] ?? 0, 12), expect.closeTo(quantiles[3] ?? 0, 12)]);
      }),
    ));

  test('independent draws give the textbook error of a mean', () => {
    const returns = Float64Array.from({ length: 400 }, (_, index) => Math.sin(index * 12.9898) / 50);
    const { mean } = statistics.bootstrap(returns, { seed: 11, method: 'independent', replications: 4000, periodsPerYear: 1 });
    const deviation = statistics.performance(returns).deviationPopulation ?? Number.NaN;
    expect((mean.standardError ?? 0) / (deviation / 20)).toBeCloseTo(1, 1);
  });

  test('replications that do not move have no Sharpe ratio and do not count', () => {
    const returns = Float64Array.of(0.01, 0.01, 0.01, -0.02);
    const { sharpe } = statistics.bootstrap(returns, { seed: 1, method: 'independent', replications: 500 });
    const still = sharpe.values.filter((value) => Number.isNaN(value)).length;
    expect(still).toBeGreaterThan(50);
    expect(sharpe.counted).toBe(500 - still);
    expect(Number.isFinite(sharpe.low) && Number.isFinite(sharpe.high)).toBe(true);
  });
});

describe('simulated trades', () => {
  test('another order keeps the final equity, and a rotation or draw may not', () =>
    fc.assert(
      fc.property(returnsIn, seeds, (trades, seed) => {
        const { finalEquity } = statistics.simulateTrades(trades, { seed, method: 'permutation', replications: 20 });
        const equity = 1 + (statistics.performance(trades).cumulativeReturn ?? Number.NaN);
        for (const found of finalEquity.values) expect(Math.abs(found - equity)).toBeLessThanOrEqual(1e-12 * equity);
      }),
    ));

  test('the lowest equity is at most the first and the last, and the drawdown reaches at least there', () =>
    fc.assert(
      fc.property(returnsIn, seeds, fc.double({ min: 0.5, max: 0.99, noNaN: true }), (trades, seed, ruinLevel) => {
        const found = statistics.simulateTrades(trades, { seed, replications: 30, ruinLevel });
        let ruined = 0;
        for (const [run, lowest] of found.lowestEquity.values.entries()) {
          expect(lowest).toBeLessThanOrEqual(Math.min(1, (found.finalEquity.values[run] ?? 0) * (1 + 1e-12)));
          expect(found.maxDrawdown.values[run]).toBeLessThanOrEqual(lowest - 1 + 1e-9);
          if (lowest <= ruinLevel) ruined += 1;
        }
        expect(found.probabilityOfRuin).toBe(ruined / 30);
      }),
    ));

  test('trades that only lose ruin every run, those that only win none', () => {
    const losing = statistics.simulateTrades(Float64Array.of(-0.3, -0.4), { seed: 1, replications: 50 });
    expect([losing.probabilityOfRuin, losing.maxDrawdown.low !== null]).toEqual([1, true]);
    const winning = statistics.simulateTrades(Float64Array.of(0.3, 0.4), { seed: 1, replications: 50 });
    expect([winning.probabilityOfRuin, winning.maxDrawdown.low, winning.longestUnderwater.high]).toEqual([0, 0, 0]);
  });
});
