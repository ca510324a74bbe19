import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSweep } from '../build.ts';
import { SweepModule, type CrossoverFigures, type CrossoverJob } from './sweep-module.ts';
import { crossoverOracle, deviationOf, returnsOf, simulateCrossover } from './sweep-oracle.ts';

const sweep = new SweepModule(await WebAssembly.compile(Uint8Array.from(await compileSweep())));

const BARS_MAX = 400;
const WINDOW_MAX = 60;
const many = { maxLength: BARS_MAX, size: 'max' } as const;

/** Walks, few prices with many ties, constants, steady growth, jumps over eighteen orders of magnitude, tiny series. */
const closes: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), many).map((moves) => {
    let price = 100;
    return moves.map((move) => (price *= 1 + move));
  }),
  fc.array(fc.integer({ min: 98, max: 102 }), many),
  fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 5 }),
  fc.tuple(fc.nat(BARS_MAX), fc.constantFrom(1e-9, 0.1, 1e12)).map(([length, price]) => Array.from({ length }, () => price)),
  fc.tuple(fc.nat(BARS_MAX), fc.constantFrom(0.99, 1.01)).map(([length, growth]) => Array.from({ length }, (_, i) => 50 * growth ** i)),
  // Few, for a cash that has fallen thirty times by eighteen orders of magnitude is no number any more.
  fc.array(fc.constantFrom(1e-9, 1, 1.5, 1e9), { maxLength: 24 }),
  // Nearer to each other than single precision can tell.
  fc.array(fc.integer({ min: 0, max: 8 }), many).map((steps) => steps.map((step) => 1e6 + step * 1e-7)),
);

/** Averages as a strategy has them, also longer than the series, and rows that no filter would give: ties, holes, nothing at all. */
const rowsOf = (closeValues: Float64Array): fc.Arbitrary<readonly Float64Array[]> => {
  const average = fc.integer({ min: 1, max: WINDOW_MAX }).map((period) => sweep.average(period, closeValues));
  const cell = fc.oneof({ weight: 12, arbitrary: fc.integer({ min: 0, max: 3 }) }, { weight: 1, arbitrary: fc.constant(Number.NaN) });
  const length = closeValues.length;
  const odd = fc.array(cell, { minLength: length, maxLength: length, size: 'max' }).map((cells) => Float64Array.from(cells));
  return fc.array(fc.oneof({ weight: 3, arbitrary: average }, { weight: 1, arbitrary: odd }), { minLength: 2, maxLength: 4 });
};

const often0 = (max: number): fc.Arbitrary<number> =>
  fc.oneof(fc.constant(0), fc.double({ min: 0, max: max / 100, noNaN: true }), fc.double({ min: 0, max, noNaN: true }));

const costs = fc.record({
  cash: fc.constantFrom(1, 100, 1e6),
  commissionRate: fc.oneof({ weight: 9, arbitrary: often0(0.5) }, { weight: 1, arbitrary: fc.constant(1) }),
  commissionFixed: often0(60),
  commissionPerUnit: often0(2),
  slippage: often0(0.5),
  periodsPerYear: fc.constantFrom(252, 1, 98_280),
});

const jobs: fc.Arbitrary<CrossoverJob> = closes.chain((values) => {
  const closeValues = Float64Array.from(values);
  const gaps = fc.array(fc.double({ min: 0.9, max: 1.1, noNaN: true }), {
    minLength: values.length,
    maxLength: values.length,
    size: 'max',
  });
  return fc
    .record({
      rows: rowsOf(closeValues),
      gaps,
      delay: fc.constantFrom<0 | 1>(0, 1),
      arm: fc.constantFrom<'cross' | 'strict'>('cross', 'strict'),
      costs,
    })
    .map(({ rows, gaps, delay, arm, costs }) => {
      const opens = closeValues.map((close, bar) => close * (gaps[bar] ?? 1));
      return { closes: closeValues, fillPrices: delay === 1 ? opens : closeValues, delay, rows, arm, ...costs };
    });
});

const isNear = (actual: number, expected: number, tolerance: number): boolean =>
  Object.is(actual, expected) || Math.abs(actual - expected) <= tolerance * Math.max(1, Math.abs(expected));

const TOLERANCE = 1e-9;
/** What rounding may do to a return. Where returns vary by no more, a ratio to their deviation means nothing. */
const ROUNDING = 1e-15;

function expectSame(actual: CrossoverFigures | undefined, job: CrossoverJob, fast: Float64Array, slow: Float64Array): void {
  const expected = crossoverOracle(job, fast, slow);
  expect(actual).toMatchObject({ orders: expected.orders, trades: expected.trades });
  const deviation = deviationOf(returnsOf(simulateCrossover(job, fast, slow).equity, job.cash));
  const ofRatio = TOLERANCE + (deviation > 0 ? (ROUNDING / deviation) * Math.sqrt(job.periodsPerYear) : 0);
  const tolerances = { totalReturn: TOLERANCE, maxDrawdown: TOLERANCE, sharpe: ofRatio };
  for (const figure of ['totalReturn', 'maxDrawdown', 'sharpe'] as const) {
    if (figure === 'sharpe' && deviation < 100 * ROUNDING) continue;
    const value = actual?.[figure] ?? Number.NaN;
    if (!isNear(value, expected[figure], tolerances[figure])) {
      expect.fail(`${figure} is ${value}, it should be ${expected[figure]} (returns deviate by ${deviation})`);
    }
  }
}

const everyPair = (rows: number): readonly (readonly [number, number])[] =>
  Array.from({ length: rows * rows }, (_, index) => [Math.floor(index / rows), index % rows]);

describe('a crossover from masks and sums', () => {
  test('is what a walk over its bars gives', () => {
    fc.assert(
      fc.property(jobs, (job) => {
        const pairs = everyPair(job.rows.length);
        const figures = sweep.open(job)?.run(Int32Array.from(pairs.flat()));
        expect(figures).toHaveLength(pairs.length);
        for (const [index, [fast, slow]] of pairs.entries()) {
          const [fastRow, slowRow] = [job.rows[fast], job.rows[slow]];
          if (!(fastRow instanceof Float64Array && slowRow instanceof Float64Array)) throw new Error('Invariant: rows are series here');
          expectSame(figures?.[index], job, fastRow, slowRow);
        }
      }),
      { numRuns: 600 },
    );
  });

  test('does not depend on how pairs are cut into runs', () => {
    fc.assert(
      fc.property(jobs, fc.nat(16), (job, cut) => {
        const pairs = everyPair(job.rows.length).flat();
        const opened = sweep.open(job);
        const whole = opened?.run(Int32Array.from(pairs));
        const parts = [pairs.slice(0, 2 * cut), pairs.slice(2 * cut)].flatMap((part) => opened?.run(Int32Array.from(part)) ?? []);
        expect(parts).toEqual(whole);
      }),
      { numRuns: 50 },
    );
  });
});
