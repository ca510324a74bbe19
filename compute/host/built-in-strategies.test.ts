import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareDecisions } from './built-in-decisions.ts';
import { compileBuiltIn } from './built-ins.ts';
import { closeCompiler } from './compile.ts';
import { dualMomentum, momentumRotation, pairs, volatilityTargeting, type Closes } from './reference-strategies.ts';
import { openStrategy } from './strategy.ts';
import type { StrategyModule } from './types.ts';

const modules = new Map<string, StrategyModule>();

beforeAll(async () => {
  for (const name of ['momentum-rotation', 'dual-momentum', 'volatility-targeting', 'pairs']) modules.set(name, await compileBuiltIn(name));
});
afterAll(closeCompiler);

function moduleOf(name: string): StrategyModule {
  const module = modules.get(name);
  if (module === undefined) throw new Error(`${name} was not compiled`);
  return module;
}

const ROTATION = { lookback: 1, skip: 0, top: 2, every: 1 };
const DUAL = { lookback: 1, every: 1 };
const VOLATILITY = { period: 2, volatility: 0.1, most: 0.8, band: 0, periodsPerYear: 252 };
const PAIRS = { period: 4, entry: 0.1, exit: 0.05, stop: 40 };

const rotate = (closes: Closes, values = ROTATION) =>
  compareDecisions(moduleOf('momentum-rotation'), values, momentumRotation(values), closes);
const choose = (closes: Closes, values = DUAL) => compareDecisions(moduleOf('dual-momentum'), values, dualMomentum(values), closes);
const target = (closes: Closes) => compareDecisions(moduleOf('volatility-targeting'), VOLATILITY, volatilityTargeting(VOLATILITY), closes);
const spread = (closes: Closes, values = PAIRS) => compareDecisions(moduleOf('pairs'), values, pairs(values), closes);

const _ = undefined;

describe('situations', () => {
  test.each([
    {
      name: 'fewer symbols than there are places: each still has an equal part',
      run: () =>
        rotate(
          [
            [10, 10],
            [11, 12],
          ],
          { ...ROTATION, top: 5 },
        ),
      expected: ['1 0 0.5 among the strongest', '1 1 0.5 among the strongest'],
    },
    { name: 'one symbol is always the strongest', run: () => rotate([[10], [9]]), expected: ['1 0 1 among the strongest'] },
    {
      name: 'of equal momenta the earlier symbol wins',
      run: () =>
        rotate(
          [
            [10, 20, 5, 1],
            [11, 22, 5.5, 1],
          ],
          { ...ROTATION, top: 2 },
        ),
      expected: ['1 0 0.5 among the strongest', '1 1 0.5 among the strongest'],
    },
    {
      name: 'constant prices are equal momenta',
      run: () =>
        rotate(
          [
            [7, 7, 7],
            [7, 7, 7],
            [7, 7, 7],
          ],
          { ...ROTATION, top: 1, every: 2 },
        ),
      expected: ['1 0 1 among the strongest'],
    },
    {
      name: 'a symbol that starts late joins when it has a momentum',
      run: () =>
        rotate(
          [
            [10, _],
            [10, 5],
            [10, 6],
          ],
          { ...ROTATION, top: 1 },
        ),
      expected: ['1 0 1 among the strongest', '2 0 0 no longer among the strongest', '2 1 1 among the strongest'],
    },
    {
      name: 'nothing rotates while nobody has a momentum',
      run: () =>
        rotate([
          [_, _],
          [_, 5],
        ]),
      expected: [],
    },
    {
      name: 'one symbol is held while it rises',
      run: () => choose([[10], [11], [12], [11]]),
      expected: ['1 0 1 the strongest', '3 0 0 none rises'],
    },
    {
      name: 'the safe one is held while none beats it, an equal one included',
      run: () =>
        choose([
          [10, 10, 10],
          [11, 11, 11],
          [12, 13, 11],
          [11, 12, 11],
        ]),
      expected: [
        '1 2 1 none beats the safe one',
        '2 2 0 another is stronger',
        '2 1 1 the strongest',
        '3 1 0 another is stronger',
        '3 2 1 none beats the safe one',
      ],
    },
    {
      name: 'of equally strong ones the earlier',
      run: () =>
        choose([
          [10, 20, 1],
          [11, 22, 1],
        ]),
      expected: ['1 0 1 the strongest'],
    },
    {
      name: 'a safe one without bars is cash',
      run: () =>
        choose([
          [10, _],
          [11, _],
          [10, _],
        ]),
      expected: ['1 0 1 the strongest', '2 0 0 none rises'],
    },
    {
      name: 'constant prices: the safe one',
      run: () =>
        choose([
          [5, 5],
          [5, 5],
        ]),
      expected: ['1 1 1 none beats the safe one'],
    },
    {
      name: 'a market that does not move is held in full, once',
      run: () => target([[10], [10], [10], [10]]),
      expected: ['2 0 0.8 volatility has changed'],
    },
    {
      name: 'each symbol counts its own bars',
      run: () =>
        target([
          [10, _],
          [10, _],
          [10, 4],
          [10, 4],
          [10, 4],
        ]),
      expected: ['2 0 0.4 volatility has changed', '4 1 0.4 volatility has changed'],
    },
    {
      name: 'constant prices are no spread',
      run: () =>
        spread([
          [7, 3],
          [7, 3],
          [7, 3],
          [7, 3],
          [7, 3],
          [7, 3],
        ]),
      expected: [],
    },
    {
      name: 'a constant first price is no spread',
      run: () =>
        spread([
          [7, 3],
          [7, 4],
          [7, 3],
          [7, 5],
          [7, 3],
          [7, 6],
        ]),
      expected: [],
    },
    {
      name: 'a constant second price leaves the first one as it is',
      run: () =>
        spread([
          [10, 3],
          [10, 3],
          [10, 3],
          [20, 3],
        ]),
      expected: ['3 0 -0.5 the spread is high', '3 1 0.5 the spread is high'],
    },
  ])('$name', ({ run, expected }) => {
    const { actual, expected: reference } = run();
    const told = actual.map(({ slice, symbolIndex, amount, reason }) => `${slice} ${symbolIndex} ${amount} ${reason}`);
    expect(told).toEqual(expected);
    expect(actual).toEqual(reference);
  });
});

test.each([1, 3])('pairs over %i symbols fails with one sentence', (count) => {
  const symbols = Array.from({ length: count }, (__, index) => `S${index}`);
  const strategy = openStrategy(moduleOf('pairs'), { parameters: {}, symbols });
  const bars = symbols.map(() => ({ open: 1, high: 1, low: 1, close: 1, volume: 1 }));
  const slice = { atMs: 0, bars, positions: symbols.map(() => 0), cash: 1, equity: 1 };
  expect(() => strategy.onBars(slice)).toThrow(/^The strategy stopped itself: pairs trades exactly two symbols \(line \d+, column \d+\)$/);
});

/** Prices of few values, so that momenta are often equal, with bars missing here and there. */
const market = (symbols: fc.Arbitrary<number>): fc.Arbitrary<Closes> =>
  symbols.chain((count) =>
    fc.array(
      fc.array(fc.option(fc.constantFrom(1e-9, 1, 2, 3, 4, 1e12), { nil: undefined, freq: 6 }), { minLength: count, maxLength: count }),
      { minLength: 1, maxLength: 40 },
    ),
  );
const few = fc.integer({ min: 1, max: 4 });

describe('laws: every decision is the one of the plain rule', () => {
  test('momentum-rotation', () => {
    const values = fc.record({ lookback: few, skip: fc.nat(2), top: few, every: few });
    fc.assert(
      fc.property(market(fc.integer({ min: 1, max: 7 })), values, (closes, each) => {
        const { actual, expected } = rotate(closes, each);
        expect(actual).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  test('dual-momentum', () => {
    fc.assert(
      fc.property(market(few), fc.record({ lookback: few, every: few }), (closes, each) => {
        const { actual, expected } = choose(closes, each);
        expect(actual).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });
});
