import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noise } from '../reference-series.ts';
import { logLoss } from '../validation/classification.ts';
import { reliability } from '../validation/reliability.ts';
import { calibrated, fitIsotonic, fitPlatt } from './calibration.ts';
import { sigmoid } from './sigmoid.ts';

interface Scored {
  readonly scores: Float64Array;
  readonly labels: Float64Array;
  readonly weights: Float64Array;
}

const scored: fc.Arbitrary<Scored> = fc
  .array(fc.tuple(fc.integer({ min: -20, max: 20 }), fc.constantFrom(0, 1), fc.integer({ min: 0, max: 3 })), {
    minLength: 6,
    maxLength: 60,
  })
  .map((rows) => [[-25, 0, 1], [25, 1, 1], [-24, 1, 1], [24, 0, 1], ...rows] as const)
  .map((rows) => ({
    scores: Float64Array.from(rows, ([score]) => score / 4),
    labels: Float64Array.from(rows, ([, label]) => label),
    weights: Float64Array.from(rows, ([, , weight]) => weight),
  }));

/** The level of each distinct score by the formula of the isotonic mean: max over starts of min over ends of the mean between. */
function isotonicByFormula({ scores, labels, weights }: Scored, score: number): number {
  const known = [...new Set(scores.filter((_, row) => (weights[row] ?? 0) > 0))].toSorted((a, b) => a - b);
  const meanOf = (from: number, to: number): number => {
    let [sum, weight] = [0, 0];
    for (const [row, each] of scores.entries()) {
      if (each < from || each > to) continue;
      sum += (weights[row] ?? 0) * (labels[row] ?? 0);
      weight += weights[row] ?? 0;
    }
    return sum / weight;
  };
  const starts = known.filter((each) => each <= score);
  const ends = known.filter((each) => each >= score);
  return Math.max(...starts.map((from) => Math.min(...ends.map((to) => meanOf(from, to)))));
}

describe('isotonic calibration', () => {
  test('is the least-squares step function that does not fall', () =>
    fc.assert(
      fc.property(scored, (each) => {
        const found = fitIsotonic(each.scores, each.labels, each.weights);
        for (const [row, score] of each.scores.entries()) {
          if ((each.weights[row] ?? 0) > 0) expect(calibrated(found, score)).toBeCloseTo(isotonicByFormula(each, score), 12);
        }
      }),
    ));

  test('does not fall, and keeps the mean', () =>
    fc.assert(
      fc.property(scored, fc.double({ min: -9, max: 9, noNaN: true }), fc.double({ min: 0, max: 3, noNaN: true }), (each, score, more) => {
        const found = fitIsotonic(each.scores, each.labels, each.weights);
        expect(calibrated(found, score + more)).toBeGreaterThanOrEqual(calibrated(found, score) - 1e-15);
        const sum = (of: (row: number) => number): number => each.weights.reduce((total, weight, row) => total + weight * of(row), 0);
        expect(sum((row) => calibrated(found, each.scores[row] ?? 0))).toBeCloseTo(
          sum((row) => each.labels[row] ?? 0),
          9,
        );
      }),
    ));

  test('of scores that are told', () => {
    const found = fitIsotonic(Float64Array.of(1, 2, 3, 4, 5), Float64Array.of(0, 1, 0, 0, 1));
    expect(found).toEqual({ kind: 'isotonic', scores: [1, 2, 4, 5], probabilities: [0, 1 / 3, 1 / 3, 1] });
    const wanted = [0, 1 / 6, 1 / 3, 2 / 3, 1];
    for (const [place, score] of [0, 1.5, 3, 4.5, 6].entries()) expect(calibrated(found, score)).toBeCloseTo(wanted[place] ?? 0, 12);
  });
});

describe('Platt calibration', () => {
  test('its slope of the loss is 0 at the softened targets', () =>
    fc.assert(
      fc.property(scored, ({ scores, labels, weights }) => {
        const found = fitPlatt(scores, labels, weights);
        const weightOf = (label: number): number => weights.reduce((sum, weight, row) => sum + (labels[row] === label ? weight : 0), 0);
        const [high, low] = [(weightOf(1) + 1) / (weightOf(1) + 2), 1 / (weightOf(0) + 2)];
        const pull = (by: (score: number) => number): number =>
          scores.reduce((sum, score, row) => {
            const target = labels[row] === 1 ? high : low;
            return sum + (weights[row] ?? 0) * (target - 1 / (1 + Math.exp(-(found.slope * score + found.intercept)))) * by(score);
          }, 0);
        expect(pull(() => 1)).toBeCloseTo(0, 8);
        expect(pull((score) => score)).toBeCloseTo(0, 7);
      }),
    ));

  test('stays finite where the classes are apart', () => {
    const found = fitPlatt(Float64Array.of(-1, -2, 1, 2), Float64Array.of(0, 0, 1, 1));
    expect(found.slope).toBeGreaterThan(0);
    expect(calibrated(found, 100)).toBeLessThanOrEqual(1);
    expect(calibrated(found, 1)).toBeGreaterThan(0.6);
    expect(calibrated(found, 1)).toBeLessThan(0.8);
  });

  test('does not depend on the unit of the scores', () =>
    fc.assert(
      fc.property(scored, ({ scores, labels, weights }) => {
        const [own, other] = [
          fitPlatt(scores, labels, weights),
          fitPlatt(
            scores.map((score) => 1e6 * score + 3e6),
            labels,
            weights,
          ),
        ];
        for (const score of scores) expect(calibrated(other, 1e6 * score + 3e6)).toBeCloseTo(calibrated(own, score), 9);
      }),
    ));
});

describe('both repair a model that is too sure', () => {
  const count = 4000;
  const odds = noise(count, 7).map((x) => 4 * x - 2);
  const labels = noise(count, 91).map((x, row) => (x < sigmoid(odds[row] ?? 0) ? 1 : 0));
  const scores = odds.map((each) => 5 * each);
  const raw = scores.map(sigmoid);
  const half = count / 2;
  const fits = [fitPlatt, fitIsotonic] as const;

  test.each(fits.map((fit) => [fit.name, fit] as const))('%s', (_, fit) => {
    const calibration = fit(scores.slice(0, half), labels.slice(0, half));
    const repaired = scores.slice(half).map((score) => calibrated(calibration, score));
    const unseen = labels.slice(half);
    expect(reliability(unseen, raw.slice(half)).expectedError).toBeGreaterThan(0.15);
    expect(reliability(unseen, repaired).expectedError).toBeLessThan(0.05);
    expect(logLoss(unseen, repaired)).toBeLessThan(logLoss(unseen, raw.slice(half)) - 0.2);
  });
});

describe('what cannot be calibrated is refused', () => {
  const of = (...values: readonly number[]): Float64Array => Float64Array.from(values);
  test.each<{ name: string; run: () => unknown; message: string }>([
    { name: 'one class', run: () => fitPlatt(of(1, 2), of(1, 1)), message: 'platt: all labels are 1' },
    { name: 'one class with weight', run: () => fitIsotonic(of(1, 2), of(0, 1), of(1, 0)), message: 'isotonic: all labels are 0' },
    { name: 'one score', run: () => fitPlatt(of(2, 2), of(0, 1)), message: 'platt: all scores are 2' },
    {
      name: 'one score, with a mean that is rounded',
      run: () => fitPlatt(of(0.1, 0.1, 0.1), of(0, 1, 1)),
      message: 'platt: all scores are 0.1',
    },
    { name: 'no number', run: () => fitIsotonic(of(1, Number.NaN), of(0, 1)), message: 'isotonic: scores[1] is NaN' },
  ])('$name', ({ run, message }) => expect(run).toThrow(message));
});
