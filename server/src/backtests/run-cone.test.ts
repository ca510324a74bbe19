import { returnsOf } from '@tidemark/compute';
import { openStatistics } from '@tidemark/compute/statistics';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { reportFiguresOf } from './report/figures.ts';
import { plainResult, realRun } from './report/test/results.ts';
import { runConeOf } from './run-cone.ts';

const statistics = await openStatistics();
const CASH = 100;

/** Equity of an account of 100 dollars after each of these returns. */
const grown = (returns: readonly number[]): number[] => {
  let value = CASH;
  return returns.map((each) => (value *= 1 + each));
};

test('where every bar returns the same, every account is the run itself', () => {
  const cone = runConeOf(plainResult(grown(Array.from({ length: 60 }, () => 0.01))), statistics);
  expect(cone).toMatchObject({ reason: undefined, shares: [0.05, 0.25, 0.5, 0.75, 0.95], lossShare: 0 });
  expect(cone.points).toHaveLength(60);
  for (const { equity, levels } of cone.points) for (const level of levels) expect(level / equity).toBeCloseTo(1, 10);
});

test('the levels are the quantiles of accounts that draw the returns path by path', () => {
  const result = plainResult(grown(Array.from({ length: 45 }, (_, bar) => 0.02 * Math.sin(bar * 1.7) + 0.001)));
  const cone = runConeOf(result, statistics);
  const returns = returnsOf(result) ?? new Float64Array();
  const blockLength = cone.blockLength ?? Number.NaN;
  expect(blockLength).toBe(Math.round(Math.cbrt(45)));
  const seed = result.options.seed;
  const paths = Array.from({ length: cone.paths }, (_, path) =>
    grown([...statistics.resample(returns, { seed, path, method: 'stationary', blockLength })]),
  );
  for (const [bar, { time, equity, levels }] of cone.points.entries()) {
    expect({ time, equity }).toEqual(result.equity[bar]);
    const ranked = paths.map((path) => path[bar] ?? Number.NaN).toSorted((a, b) => a - b);
    for (const [which, share] of cone.shares.entries()) {
      const place = share * (ranked.length - 1);
      const [below, above] = [ranked[Math.floor(place)] ?? Number.NaN, ranked[Math.ceil(place)] ?? Number.NaN];
      expect(levels[which]).toBeCloseTo(below + (above - below) * (place % 1), 8);
    }
  }
  const ends = paths.map((path) => path.at(-1) ?? Number.NaN);
  expect(cone.lossShare).toBe(ends.filter((end) => end < CASH).length / ends.length);
});

test('levels rise with their shares, and the same run has the same cone', () => {
  const returns = fc.array(fc.double({ min: -0.2, max: 0.2, noNaN: true }), { minLength: 30, maxLength: 80 });
  fc.assert(
    fc.property(returns, (each) => {
      fc.pre(each.some((one) => one !== 0));
      const result = plainResult(grown(each));
      const cone = runConeOf(result, statistics);
      for (const { levels } of cone.points) expect(levels).toEqual(levels.toSorted((a, b) => a - b));
      expect(runConeOf(result, statistics)).toEqual(cone);
    }),
    { numRuns: 15 },
  );
});

test('the middle account keeps the growth of the run', async () => {
  const { result } = await realRun('sma-crossover', { fast: 10, slow: 50 }, { length: 2_000 });
  const { points } = runConeOf(result, statistics);
  const last = points.at(-1);
  const growth = (value: number | undefined): number => Math.log((value ?? Number.NaN) / result.options.cash) / result.equity.length;
  // The mean log return of a bootstrap is the run's own; its deviation from it shrinks with the root of the bars and of the accounts.
  expect(Math.abs(growth(last?.levels[2]) - growth(last?.equity))).toBeLessThan(2e-5);
  expect(last?.time).toBe(result.equity.at(-1)?.time);
});

test('it is the cone of the report, and follows the seed of the run', async () => {
  const { result } = await realRun('sma-crossover', { fast: 10, slow: 50 }, { length: 500 });
  const cone = runConeOf(result, statistics);
  const { cone: reported } = reportFiguresOf(result, statistics);
  if ('reason' in reported) throw new Error(reported.reason);
  expect(cone.points.map(({ levels }) => levels)).toEqual(
    reported.points.map(({ wealth }) => wealth.map((each) => each * result.options.cash)),
  );
  expect(runConeOf({ ...result, options: { ...result.options, seed: 7 } }, statistics).points).not.toEqual(cone.points);
});

test.each([
  { name: 'too few bars', equity: grown(Array.from({ length: 29 }, (_, bar) => bar / 1_000)), reason: 'fewer than 30 returns' },
  { name: 'a ruin', equity: [...Array.from({ length: 40 }, (_, bar) => 100 + bar), 0], reason: 'equity reached zero' },
  { name: 'an account that never moved', equity: Array.from({ length: 40 }, () => 100), reason: 'equity never moved' },
])('$name: the reason instead', ({ equity, reason }) => {
  expect(runConeOf(plainResult(equity), statistics)).toEqual({
    reason,
    paths: 0,
    blockLength: undefined,
    seed: undefined,
    lossShare: undefined,
    shares: [],
    points: [],
  });
});
