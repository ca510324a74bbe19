import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openStatistics } from './statistics.node.ts';
import type { Matrix, SharpeSample } from './statistics.node.ts';

const statistics = await openStatistics();

describe('the normal distribution', () => {
  test.each([
    // To 16 digits, of tables of the error function.
    { z: 0, probability: 0.5 },
    { z: 1, probability: 0.8413447460685429 },
    { z: -1.959963984540054, probability: 0.025 },
    { z: 2.5, probability: 0.9937903346742238 },
    { z: -5, probability: 2.866515718791939e-7 },
    { z: -10, probability: 7.61985302416047e-24 },
    { z: -37, probability: 5.725571222524577e-300 },
  ])('Φ($z) = $probability', ({ z, probability }) => {
    expect(Math.abs(statistics.normalCdf(z) / probability - 1)).toBeLessThan(1e-13);
    expect(statistics.normalCdf(z) + statistics.normalCdf(-z)).toBeCloseTo(1, 14);
  });

  test('the quantile turns it over, in both tails', () =>
    fc.assert(
      fc.property(fc.double({ min: -37, max: 6, noNaN: true }), (z) => {
        const back = statistics.normalQuantile(statistics.normalCdf(z));
        // Near 1 a probability has few digits left to say where it is.
        const lost = 1e-16 / Math.max(1e-300, statistics.normalCdf(-Math.abs(z)));
        expect(Math.abs(back - z)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(z)) + (z > 0 ? lost : 0));
      }),
    ));

  test('it grows', () =>
    fc.assert(
      fc.property(fc.double({ min: -40, max: 40, noNaN: true }), fc.double({ min: 1e-3, max: 1, noNaN: true }), (z, step) => {
        expect(statistics.normalCdf(z + step)).toBeGreaterThanOrEqual(statistics.normalCdf(z));
      }),
    ));

  test('its ends', () => {
    expect([statistics.normalQuantile(0), statistics.normalQuantile(1)]).toEqual([-Infinity, Infinity]);
    expect([statistics.normalCdf(-Infinity), statistics.normalCdf(Infinity), statistics.normalCdf(Number.NaN)]).toEqual([0, 1, Number.NaN]);
  });
});

const samples: fc.Arbitrary<SharpeSample> = fc.record({
  sharpe: fc.double({ min: -0.5, max: 0.5, noNaN: true }),
  count: fc.integer({ min: 2, max: 5000 }),
  skew: fc.double({ min: -2, max: 2, noNaN: true }),
  kurtosis: fc.double({ min: 5.1, max: 50, noNaN: true }),
});

describe('the inference of a Sharpe ratio', () => {
  test('a higher benchmark is less likely beaten; the own ratio with one half', () =>
    fc.assert(
      fc.property(samples, fc.double({ min: 0, max: 0.5, noNaN: true }), (sample, more) => {
        expect(statistics.probabilisticSharpe(sample, sample.sharpe)).toBe(0.5);
        expect(statistics.probabilisticSharpe(sample, more) ?? 0).toBeLessThanOrEqual(statistics.probabilisticSharpe(sample, 0) ?? 0);
      }),
    ));

  test('more trials deflate more, and a single one not at all', () =>
    fc.assert(
      fc.property(
        samples,
        fc.double({ min: 1e-6, max: 0.01, noNaN: true }),
        fc.integer({ min: 1, max: 1e6 }),
        (sample, variance, trials) => {
          const [few, more] = [
            statistics.deflatedSharpe(sample, variance, trials),
            statistics.deflatedSharpe(sample, variance, trials + 1),
          ];
          expect(more ?? 1).toBeLessThanOrEqual(few ?? 0);
          expect(statistics.deflatedSharpe(sample, variance, 1)).toBe(statistics.probabilisticSharpe(sample));
        },
      ),
    ));

  test('after the minimum track record the ratio is proven with that confidence', () =>
    fc.assert(
      fc.property(samples, fc.double({ min: 0.6, max: 0.99, noNaN: true }), (sample, confidence) => {
        fc.pre(sample.sharpe > 0.01);
        const needed = statistics.trackRecordMin(sample, 0, confidence) ?? Number.NaN;
        const [before, after] = [Math.floor(needed), Math.ceil(needed)].map((count) => ({ ...sample, count: Math.max(2, count) }));
        if (after !== undefined) expect(statistics.probabilisticSharpe(after) ?? 0).toBeGreaterThanOrEqual(confidence - 1e-9);
        if (before !== undefined && needed >= 2) expect(statistics.probabilisticSharpe(before) ?? 1).toBeLessThanOrEqual(confidence + 1e-9);
      }),
    ));
});

/** Mean over deviation (ddof 1) as the definition says; 0 where nothing moves. */
function ratioOf(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return variance < 1e-24 ? 0 : mean / Math.sqrt(variance);
}

function subsets(from: number, blocks: number, size: number): number[][] {
  if (size === 0) return [[]];
  const found: number[][] = [];
  for (let first = from; first <= blocks - size; first += 1) {
    for (const rest of subsets(first + 1, blocks, size - 1)) found.push([first, ...rest]);
  }
  return found;
}

/** Every split by itself, from the rows. */
function slowOverfitting(
  { rows, columns, values }: Matrix,
  blocks: number,
): { readonly best: number; readonly outside: number; readonly logit: number }[] {
  const rowsOfBlock = Math.floor(rows / blocks);
  return subsets(0, blocks, blocks / 2).map((chosen) => {
    const ratios = (inside: boolean): number[] =>
      Array.from({ length: columns }, (_, column) =>
        ratioOf(
          Array.from({ length: rowsOfBlock * blocks }, (_, row) => row)
            .filter((row) => chosen.includes(Math.floor(row / rowsOfBlock)) === inside)
            .map((row) => values[row * columns + column] ?? Number.NaN),
        ),
      );
    const [own, others] = [ratios(true), ratios(false)];
    const largest = Math.max(...own);
    const best = own.findIndex((value) => value >= largest - 1e-12);
    const outside = others[best] ?? Number.NaN;
    const less = others.filter((other) => other < outside - 1e-12).length;
    const equal = others.filter((other) => Math.abs(other - outside) <= 1e-12).length;
    const rank = (less + (equal + 1) / 2) / (columns + 1);
    return { best: own[best] ?? Number.NaN, outside, logit: Math.log(rank / (1 - rank)) };
  });
}

test('the probability of overfitting is what each split by itself says, with strategies that rest', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 7 }),
      fc.constantFrom(2, 4, 6),
      fc.integer({ min: 0, max: 5 }),
      fc.infiniteStream(fc.tuple(fc.integer({ min: -20_000, max: 20_000 }), fc.constantFrom(0, 1, 1, 1))),
      (columns, blocks, further, stream) => {
        const rows = blocks * 3 + Math.min(further, blocks - 1);
        const resting = new Map<string, number>();
        const values = Float64Array.from({ length: rows * columns }, (_, index) => {
          const [value, moves] = stream.next().value ?? [0, 1];
          // Whole blocks without a trade.
          const key = `${index % columns} ${Math.floor(Math.floor(index / columns) / 3)}`;
          resting.set(key, resting.get(key) ?? moves);
          return (value / 1e6) * (resting.get(key) ?? 1);
        });
        const found = statistics.overfitting({ rows, columns, values }, blocks);
        const slow = slowOverfitting({ rows, columns, values }, blocks);
        expect(found.splits).toBe(slow.length);
        slow.forEach((split, index) => {
          expect(found.inSample[index]).toBeCloseTo(split.best, 9);
          expect(found.outOfSample[index]).toBeCloseTo(split.outside, 9);
          expect(found.logits[index]).toBeCloseTo(split.logit, 9);
        });
        expect(found.pbo).toBeCloseTo(slow.filter(({ logit }) => logit <= 0).length / slow.length, 12);
      },
    ),
    { numRuns: 60 },
  ));

test('strategies that are the same share their rank', () => {
  const series = [0.01, -0.02, 0.03, 0.01, -0.01, 0.02, 0.01, -0.03];
  const values = Float64Array.from(series.flatMap((value) => [value, value, value]));
  const found = statistics.overfitting({ rows: 8, columns: 3, values }, 4);
  expect([...found.logits]).toEqual(Array.from({ length: 6 }, () => 0));
  expect([found.pbo, found.shareOfNegativeLogits]).toEqual([1, 0]);
});

test('a strategy that always earns the same has no ratio, whatever rounding says, and is never the best', () => {
  const steady = Array.from({ length: 40 }, () => 0.001 + 0.0002);
  const moving = Array.from({ length: 40 }, (_, row) => 0.01 * Math.sin(row * 1.7) + 0.004);
  const values = Float64Array.from(steady.flatMap((value, row) => [value, moving[row] ?? 0]));
  const found = statistics.overfitting({ rows: 40, columns: 2, values }, 8);
  expect(Math.max(...found.inSample)).toBeLessThan(10);
});
