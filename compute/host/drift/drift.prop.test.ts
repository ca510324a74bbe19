import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { columnReference, type NamedColumn } from './column.ts';
import { driftExcess, healthOf, type DriftExcess } from './health.ts';
import { columnDrift, meanEntropy } from './measures.ts';
import { windowDrift } from './model-drift.ts';
import { driftReference } from './reference.ts';

const column = (values: readonly number[]): NamedColumn => ({ name: 'x', values: Float64Array.from(values) });
/** Few values, so that many tie; some are missing. */
const tied = fc.array(fc.oneof(fc.integer({ min: -6, max: 6 }), fc.constant(Number.NaN)), { minLength: 1, maxLength: 80 });
const apart = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 80 });
const rows = fc.oneof(tied, apart);
const drift = (then: readonly number[], now: readonly number[]) => columnDrift(columnReference(column(then)), column(now));

/** Over every value that there is, by its definition. */
function exactKs(a: readonly number[], b: readonly number[]): number {
  const [x, y] = [a.filter(Number.isFinite), b.filter(Number.isFinite)];
  if (x.length === 0 || y.length === 0) return 0;
  const below = (sample: readonly number[], limit: number): number => sample.filter((value) => value <= limit).length / sample.length;
  return Math.max(...[...x, ...y].map((value) => Math.abs(below(x, value) - below(y, value))));
}

describe('a column', () => {
  test('shares of all bins and of missing values are all there is, and no bin is empty', () => {
    fc.assert(
      fc.property(rows, (values) => {
        const { shares, missing, cuts } = columnReference(column(values));
        expect(shares.reduce((sum, share) => sum + share, missing)).toBeCloseTo(1, 12);
        expect(shares).toHaveLength(cuts.length + 1);
        expect(cuts).toEqual([...new Set(cuts)].toSorted((a, b) => a - b));
        const distinct = new Set(values.filter(Number.isFinite)).size;
        if (distinct > 1) expect(shares.every((share) => share > 0)).toBe(true);
      }),
    );
  });

  test('there is one zero, as JSON has it', () => {
    const reference = columnReference(column([-0, -0, 0]));
    expect(JSON.parse(JSON.stringify(reference))).toEqual(reference);
  });

  test('values apart lie in ten bins of as many', () => {
    const { shares, missing, mean } = columnReference(column(Array.from({ length: 200 }, (_, row) => (row * 37) % 200)));
    expect(shares).toEqual(Array.from({ length: 10 }, () => 0.1));
    expect([missing, mean]).toEqual([0, 99.5]);
  });

  test('the same values differ by nothing, however often each of them comes', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 4 }), (values, times) => {
        const now = Array.from({ length: times }, () => values).flat();
        const { psi, kl, ks, meanShift } = drift(values, now);
        expect([psi, kl, ks, meanShift ?? 0].every((value) => value >= 0 && value < 1e-6)).toBe(true);
      }),
    );
  });

  test('no measure is below zero, and the order of rows does not matter', () => {
    fc.assert(
      fc.property(rows, rows, (then, now) => {
        const found = drift(then, now);
        for (const value of [found.psi, found.kl, found.ks, found.meanShift ?? 0]) expect(value).toBeGreaterThanOrEqual(0);
        expect(drift(then.toReversed(), now.toReversed())).toEqual(found);
      }),
    );
  });

  test('PSI is the same both ways round where the bins are', () => {
    // Every value comes in both, so that few of them lead to the same bins.
    const three = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));
    const repeated = (counts: readonly number[]): number[] => counts.flatMap((count, value) => Array.from({ length: count }, () => value));
    fc.assert(
      fc.property(three, three, (a, b) => {
        const [x, y] = [repeated(a), repeated(b)];
        fc.pre(columnReference(column(x)).cuts.join() === columnReference(column(y)).cuts.join());
        expect(drift(x, y).psi).toBeCloseTo(drift(y, x).psi, 12);
      }),
    );
  });

  test('KS over the cuts lies between the exact one less the largest bin, and the exact one', () => {
    fc.assert(
      fc.property(rows, rows, (then, now) => {
        const { shares, missing } = columnReference(column(then));
        const exact = exactKs(then, now);
        const { ks } = drift(then, now);
        expect(ks).toBeLessThanOrEqual(exact + 1e-12);
        expect(ks).toBeGreaterThanOrEqual(exact - Math.max(...shares) / (1 - missing || 1) - 1e-12);
      }),
    );
  });

  test('what is not finite is missing, and a window without values differs', () => {
    const then = Array.from({ length: 100 }, (_, row) => row);
    const half = then.map((value) => (value % 2 === 0 ? Number.NaN : value));
    expect(drift(then, half).missing).toBe(0.5);
    expect(drift(then, half)).toEqual(
      drift(
        then,
        half.map((value) => (Number.isNaN(value) ? Infinity : value)),
      ),
    );
    expect(drift(then, half).psi).toBeGreaterThan(1);
    const none = drift(then, [Number.NaN]);
    expect([none.ks, none.meanShift]).toEqual([0, null]);
    expect(none.psi).toBeGreaterThan(1);
  });

  test('what moves away from a constant is seen on both sides', () => {
    for (const constant of [0, 3, -2e8]) {
      const then = Array.from({ length: 50 }, () => constant);
      expect(drift(then, then).psi).toBe(0);
      for (const now of [constant - 1e-3, constant + 1e-3, constant * 1.5 + 1]) expect(drift(then, [now]).psi).toBeGreaterThan(1);
    }
  });

  test('by hand: half below and half above becomes a quarter and three quarters', () => {
    // The cut is at 0. With ε of 1e-4 and three bins, shares are 0.9997 s + 0.0001: 0.49995 and 0.49995; 0.250025 and 0.749875.
    // PSI = −0.249925 · ln(0.250025/0.49995) + 0.249925 · ln(0.749875/0.49995) = 0.2745138; KL = 0.250025 · ln 0.5001 + 0.749875 · ln 1.49990 = 0.1307362.
    const { psi, kl, ks, meanShift } = drift([0, 0, 1, 1], [0, 1, 1, 1]);
    const ln = Math.log;
    expect(psi).toBeCloseTo(0.249925 * (ln(0.749875 / 0.49995) - ln(0.250025 / 0.49995)), 12);
    expect(psi).toBeCloseTo(0.2745, 3);
    expect(kl).toBeCloseTo(0.1307, 3);
    expect(ks).toBe(0.25);
    // Means 0.5 and 0.75, a deviation of √(1/3).
    expect(meanShift).toBeCloseTo(0.25 * Math.sqrt(3), 12);
  });
});

test('entropy: of a coin 1, of the sure 0, by hand of a quarter 0.8113', () => {
  expect(meanEntropy(Float64Array.of(0.5))).toBe(1);
  expect(meanEntropy(Float64Array.of(0, 1))).toBe(0);
  expect(meanEntropy(Float64Array.of(0.25, Number.NaN))).toBeCloseTo(2 - 0.75 * Math.log2(3), 12);
  expect(meanEntropy(Float64Array.of(Number.NaN))).toBeNull();
});

/** Numbers of 32 bits, one after the other, as if drawn. */
function drawn(count: number, seed: number): Float64Array {
  let state = seed;
  return Float64Array.from({ length: count }, () => (state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0) / 2 ** 32);
}

describe('a model', () => {
  const predictions = drawn(1000, 1).map((value) => 0.4 + 0.2 * value);
  const features = [
    { name: 'a', values: drawn(1000, 2) },
    { name: 'b', values: drawn(1000, 3) },
  ];
  const reference = driftReference(features, predictions, { task: 'classes', error: 0.69 });
  const windowAt = (shift: number) => ({
    features: features.map(({ name, values }) => ({ name, values: values.slice(300, 400).map((value) => value + shift) })),
    predictions: predictions.slice(300, 400),
  });
  const healthAt = (shift: number): number =>
    healthOf('classes', driftExcess(reference, windowDrift(reference, windowAt(shift)).figures, null)).score;

  test('a window of the training is within what is usual, and a planted shift is found', () => {
    expect(healthAt(0)).toBe(100);
    const [small, large] = [healthAt(0.08), healthAt(0.6)];
    expect(small).toBeLessThan(100);
    expect(large).toBeLessThan(small);
    expect(large).toBe(0);
  });

  test('the reference survives its text', () => {
    expect(JSON.parse(JSON.stringify(reference))).toEqual(reference);
  });

  test('fewer rows than a window know nothing usual', () => {
    const few = driftReference([], predictions.slice(0, 50), { task: 'values' });
    expect(few.usual.psi).toBe(0);
    expect(few.entropy).toBeNull();
  });

  test('columns of another model are refused', () => {
    const swapped = { ...windowAt(0), features: windowAt(0).features.toReversed() };
    expect(() => windowDrift(reference, swapped)).toThrow('of b cannot be measured against a');
    expect(() => windowDrift(reference, { ...windowAt(0), features: [] })).toThrow('0 features');
    expect(() => driftReference(features, new Float64Array(), { task: 'values' })).toThrow('no rows');
  });

  test('error: of probabilities in nats above that of unseen rows, of values as a part of it', () => {
    const { figures } = windowDrift(reference, windowAt(0));
    expect(driftExcess(reference, figures, 0.74).error).toBeCloseTo(0.05, 12);
    expect(healthOf('classes', driftExcess(reference, figures, 0.74))).toMatchObject({ score: expect.closeTo(50, 9), worst: 'error' });
    const values = { ...reference, task: 'values' as const, error: 2 };
    expect(driftExcess(values, figures, 2.5).error).toBeCloseTo(0.25, 12);
    expect(healthOf('values', driftExcess(values, figures, 2.5)).score).toBeCloseTo(50, 9);
    expect(driftExcess(reference, figures, 0.5).error).toBe(0);
    expect(driftExcess({ ...values, error: 0 }, figures, 1).error).toBeNull();
  });

  const excess: fc.Arbitrary<DriftExcess> = fc.record({
    psi: fc.double({ min: 0, max: 2, noNaN: true }),
    kl: fc.double({ min: 0, max: 2, noNaN: true }),
    ks: fc.double({ min: 0, max: 1, noNaN: true }),
    meanShift: fc.option(fc.double({ min: 0, max: 9, noNaN: true })),
    entropyShift: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
    error: fc.option(fc.double({ min: 0, max: 2, noNaN: true })),
  });
  const measures = ['psi', 'kl', 'ks', 'meanShift', 'entropyShift', 'error'] as const;

  test('health never rises where a measure grows, lies from 0 to 100, and names the measure that decides it', () => {
    fc.assert(
      fc.property(excess, fc.constantFrom(...measures), fc.double({ min: 0, max: 2, noNaN: true }), (each, name, more) => {
        for (const task of ['classes', 'values'] as const) {
          const { score, worst } = healthOf(task, each);
          expect(score >= 0 && score <= 100).toBe(true);
          if (worst === null) expect(score).toBe(100);
          expect(healthOf(task, { ...each, [name]: (each[name] ?? 0) + more }).score).toBeLessThanOrEqual(score);
          if (worst !== null) expect(healthOf(task, { ...each, [worst]: 0 }).score).toBeGreaterThanOrEqual(score);
        }
      }),
    );
  });

  test('at the pause level of the breaker health is 0', () => {
    const none = { psi: 0, kl: 0, ks: 0, meanShift: null, entropyShift: null, error: null };
    expect(healthOf('classes', none)).toEqual({ score: 100, worst: null });
    expect(healthOf('classes', { ...none, psi: 0.4 })).toEqual({ score: 0, worst: 'psi' });
  });
});
