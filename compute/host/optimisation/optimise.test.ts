import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_BACKTEST_OPTIONS } from '../backtest-options.ts';
import { returnsOf } from '../backtest-statistics.ts';
import { runBacktest } from '../backtest.ts';
import { compileBuiltIn } from '../built-ins.ts';
import { expectNear, goldenJson, goldenText } from '../golden-statistics.ts';
import { parseAxes } from '../parameter-axis.ts';
import { ParameterGrid } from '../parameter-grid.ts';
import { philoxUniform } from '../philox.ts';
import { momentFields, writeMoments } from '../return-moments.ts';
import { randomBars } from '../random-bars.ts';
import { matrixOf } from '../statistics-matrix.ts';
import { openStatistics } from '../statistics.node.ts';
import { combinatorialPaths, groupBounds } from './combinatorial-paths.ts';
import { coneOf } from './cone.ts';
import { optimise, type OptimiseRequest } from './optimise.ts';
import { equalBlocks, overfittingOf } from './overfitting.ts';
import { ReturnBlocks } from './return-blocks.ts';

const statistics = await openStatistics();

/** Returns of sets, as a pool gives them. */
function blocksOf(series: readonly Float64Array[], bounds: readonly number[]): ReturnBlocks {
  const blocks = new ReturnBlocks(bounds);
  const width = momentFields(bounds);
  const moments = new Float64Array(series.length * width);
  for (const [index, returns] of series.entries()) {
    let value = 1;
    const equity = returns.map((each) => (value *= 1 + each));
    writeMoments(equity, 1, bounds, moments.subarray(index * width, (index + 1) * width));
  }
  blocks.add({ sets: series.map((_, index) => [index]), moments });
  return blocks;
}

/** No two ratios are equal but for rounding, which each way of adding up would break in its own way. Some sets stand still for a while. */
const returnsArbitrary = (bars: number, sets: number): fc.Arbitrary<Float64Array[]> =>
  fc
    .record({ seed: fc.nat(), still: fc.array(fc.nat(bars), { minLength: sets, maxLength: sets }) })
    .map(({ seed, still }) =>
      still.map((from, set) =>
        Float64Array.from({ length: bars }, (_, bar) => (bar < from / 3 ? 0 : (philoxUniform(bar, set, seed) - 0.5) / 25)),
      ),
    );

describe('the probability of overfitting, from sums of blocks', () => {
  const { results } = goldenJson('ml/pbo.json') as {
    readonly results: Readonly<
      Record<
        string,
        readonly { S: number; combinations: number; pbo_logit_le_0: number; mean_logit: number; probability_of_loss: number }[]
      >
    >;
  };
  test.each(Object.keys(results))('agrees with the golden figures of %s', (file) => {
    const rows = goldenText(`ml/${file}${file.includes('sma_grid') ? '.gz' : ''}`)
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => line.split(',').map(Number));
    const series = (rows[0] ?? []).map((_, column) => Float64Array.from(rows, (row) => row[column] ?? Number.NaN));
    expect(series.length).toBeGreaterThan(1);
    for (const golden of results[file] ?? []) {
      const found = overfittingOf(blocksOf(series, equalBlocks(rows.length, golden.S)));
      expect(found.splits).toBe(golden.combinations);
      expectNear(found.pbo, golden.pbo_logit_le_0);
      expectNear(found.meanLogit, golden.mean_logit);
      expectNear(found.probabilityOfLoss, golden.probability_of_loss);
    }
  });

  test('is that of the whole matrix of returns', () => {
    fc.assert(
      fc.property(returnsArbitrary(33, 5), (series) => {
        const found = overfittingOf(blocksOf(series, equalBlocks(33, 8)));
        const expected = statistics.overfitting(matrixOf(series), 8);
        expect(found.pbo).toBe(expected.pbo);
        expect(found.probabilityOfLoss).toBe(expected.probabilityOfLoss);
        expect(found.meanLogit).toBeCloseTo(expected.meanLogit ?? Number.NaN, 9);
      }),
      { numRuns: 30 },
    );
  });

  test('returns that stand still have no ratio, however large they are', () => {
    const still = new Float64Array(40).fill(0.0001);
    const moving = Float64Array.from({ length: 40 }, (_, bar) => (bar % 3 === 0 ? -0.02 : 0.012));
    expect(overfittingOf(blocksOf([still, moving], equalBlocks(40, 4))).meanInside).toBeLessThan(1);
  });

  test.each([
    [() => equalBlocks(100, 7), '7 blocks; it must be an even number from 2 to 20'],
    [() => equalBlocks(3, 2), '3 bars are too few for 2 blocks'],
    [() => groupBounds(100, { groups: 1, tested: 1, embargo: 0 }), '1 groups of which 1 are tested'],
    [() => groupBounds(100, { groups: 10, tested: 2, embargo: 9 }), '100 bars in 10 groups are 10 each: too few for an embargo of 9'],
  ])('bad bounds are refused', (make, message) => expect(make).toThrow(message));
});

describe('paths that no choice had seen', () => {
  test('are those of a search by hand over the returns themselves', () => {
    const options = { groups: 4, tested: 2, embargo: 2 };
    const ratio = (returns: readonly number[]): number => {
      const mean = returns.reduce((sum, each) => sum + each, 0) / returns.length;
      return mean / Math.sqrt(returns.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (returns.length - 1));
    };
    fc.assert(
      fc.property(returnsArbitrary(42, 4), (series) => {
        const starts = [0, 10, 21, 31, 42];
        const groupOf = (bar: number): number => starts.findLastIndex((start) => bar >= start);
        const pairs = [
          [0, 1],
          [0, 2],
          [0, 3],
          [1, 2],
          [1, 3],
          [2, 3],
        ];
        const chosen = pairs.map((tested) => {
          const isSeen = (bar: number): boolean => ![bar, bar - 1, bar - 2].some((each) => each >= 0 && tested.includes(groupOf(each)));
          const ratios = series.map((returns) => ratio([...returns].filter((_, bar) => isSeen(bar))));
          return ratios.indexOf(Math.max(...ratios));
        });
        const expected = [0, 1, 2].map((path) => {
          const sets = [0, 1, 2, 3].map(
            (group) => chosen[[...pairs.keys()].filter((pair) => pairs[pair]?.includes(group))[path] ?? -1] ?? -1,
          );
          return Math.sqrt(252) * ratio(Array.from({ length: 42 }, (_, bar) => series[sets[groupOf(bar)] ?? -1]?.[bar] ?? Number.NaN));
        });
        const found = combinatorialPaths(blocksOf(series, groupBounds(42, options)), options, 252);
        expect(found.splits).toBe(6);
        expect(found.sharpes).toHaveLength(3);
        for (const [path, sharpe] of found.sharpes.entries()) expect(sharpe).toBeCloseTo(expected[path] ?? Number.NaN, 8);
      }),
      { numRuns: 40 },
    );
  });
});

describe('a cone', () => {
  const returns = Float64Array.from({ length: 60 }, (_, bar) => Math.sin(bar * 7.3) / 50);
  test('has percentiles in order, and the same for the same seed', () => {
    const cone = coneOf(returns, { seed: 3, paths: 200, points: 6 }, statistics);
    expect(cone.points.map(({ bar }) => bar)).toEqual([10, 20, 30, 40, 50, 60]);
    for (const { wealth } of cone.points) expect(wealth).toEqual(wealth.toSorted((a, b) => a - b));
    expect(coneOf(returns, { seed: 3, paths: 200, points: 6 }, statistics)).toEqual(cone);
    expect(coneOf(returns, { seed: 4, paths: 200, points: 6 }, statistics)).not.toEqual(cone);
  });

  test('of the same returns in another order ends at one point', () => {
    const end = returns.reduce((wealth, each) => wealth * (1 + each), 1);
    const { points } = coneOf(returns, { seed: 1, paths: 50, method: 'permutation' }, statistics);
    for (const wealth of points.at(-1)?.wealth ?? []) expect(wealth).toBeCloseTo(end, 12);
    expect(new Set(points[10]?.wealth).size).toBe(5);
  });

  test('ends where the bootstrap of the statistics does', () => {
    const { points } = coneOf(returns, { seed: 9, paths: 300, shares: [0.05, 0.5] }, statistics);
    const { cumulativeReturn } = statistics.bootstrap(returns, { seed: 9, replications: 300, shares: [0.05, 0.5] });
    for (const [index, wealth] of (points.at(-1)?.wealth ?? []).entries())
      expect(wealth - 1).toBeCloseTo(cumulativeReturn.quantiles[index] ?? Number.NaN, 9);
  });

  test.each([{ bars: 61 }, { paths: 0 }, { shares: [1.5] }])('%j is refused', (bad) =>
    expect(() => coneOf(returns, { seed: 1, ...bad }, statistics)).toThrow(RangeError),
  );
});

test('an optimisation says of its choice what its returns say, on any number of threads', async () => {
  const module = await compileBuiltIn('sma-crossover');
  const [bars] = fc.sample(randomBars(240, 240), { numRuns: 1, seed: 5 });
  if (bars === undefined) throw new Error('Invariant: a sample of one');
  const axes = parseAxes(['fast=2..8:2', 'slow=5..20:5']);
  const grid = new ParameterGrid(axes, 'fast<slow');
  const backtest = { module, parameters: {}, series: [{ symbol: 'AAA', bars }], options: DEFAULT_BACKTEST_OPTIONS };
  const request: OptimiseRequest = {
    backtest,
    space: { axes, sets: () => grid.sets(), isGrid: true, selection: {} },
    blocks: 6,
    paths: { groups: 4, tested: 2, embargo: 5 },
    conePaths: 20,
  };
  const result = await optimise(request, { statistics, threads: 1 });
  expect(await optimise(request, { statistics, threads: 2 })).toEqual(result);
  const runs = [...grid.sets()].map((set) => runBacktest({ ...backtest, parameters: grid.valuesOf(set) }));
  const series = runs.map((run) => returnsOf(run) ?? new Float64Array());
  const sharpes = runs.map(({ metrics }) => metrics.sharpe ?? -Infinity);
  const best = sharpes.indexOf(Math.max(...sharpes));
  expect(result.selection.chosen?.parameters).toEqual(grid.valuesOf([...grid.sets()][best] ?? []));
  expect(result.metrics).toEqual(runs[best]?.metrics);
  expect(result.overfitting).toMatchObject({ sets: grid.count(), pbo: statistics.overfitting(matrixOf(series), 6).pbo });
  const sample = statistics.sharpeSample(series[best] ?? new Float64Array());
  expect(result.significance.psr).toBe(sample && statistics.probabilisticSharpe(sample));
  expect(result.combinatorial.inSample).toBeCloseTo(Math.max(...sharpes), 9);
  expect(result.cone?.points.at(-1)?.bar).toBe(240);
});
