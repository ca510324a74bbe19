import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OUTCOMES_MIN, outcomeFigures } from './outcome-figures.ts';
import type { ScoredOutcome } from './prediction.ts';
import { instantFromMs } from '../money/instant.ts';

const outcome = (score: number, label: number | undefined, gained: number): ScoredOutcome => ({
  score,
  label,
  gained,
  endsAt: instantFromMs(0),
});

test('fewer than thirty outcomes with a label say nothing, and why', () => {
  const known = Array.from({ length: OUTCOMES_MIN - 1 }, (_, row) => outcome(0.5 + row / 100, row % 2, row));
  const few = outcomeFigures('classes', [...known, outcome(0.5, undefined, 0)]);
  expect(few).toEqual({
    n: 29,
    undecided: 1,
    ic: null,
    rankIc: null,
    figures: undefined,
    unknownBecause: '29 outcomes are known so far, and fewer than 30 say nothing.',
  });
  expect(outcomeFigures('classes', [...known, outcome(0.5, 1, 0)]).unknownBecause).toBeUndefined();
});

test('by hand: three of four right at 0.8', () => {
  // Brier: 0.75 · 0.04 + 0.25 · 0.64 = 0.19; log-loss: −0.75 ln 0.8 − 0.25 ln 0.2.
  const rows = Array.from({ length: 40 }, (_, row) => outcome(0.8, row % 4 === 0 ? 0 : 1, row));
  const { figures, ic } = outcomeFigures('classes', rows);
  expect(figures).toMatchObject({ task: 'classes', accuracy: 0.75, brier: expect.closeTo(0.19, 12) });
  expect(figures).toMatchObject({ logLoss: expect.closeTo(-0.75 * Math.log(0.8) - 0.25 * Math.log(0.2), 12) });
  expect(figures).toMatchObject({ calibration: { expectedError: expect.closeTo(0.05, 12) } });
  // A prediction that never moves orders nothing.
  expect(ic).toBeNull();
});

test('a model that orders returns rightly has a rank IC of 1, values have errors and no log-loss', () => {
  const rows = Array.from({ length: 50 }, (_, row) => outcome(row, row + 2, row ** 3));
  const { figures, rankIc, ic } = outcomeFigures('values', rows);
  expect(figures).toEqual({ task: 'values', rmse: 2, mae: 2 });
  expect(rankIc).toBeCloseTo(1, 12);
  expect(ic).toBeLessThan(1);
});

test('the order of outcomes does not matter', () => {
  const any = fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 0, max: 1 }), fc.integer({ min: -9, max: 9 }));
  fc.assert(
    fc.property(fc.array(any, { minLength: 30, maxLength: 60 }), (list) => {
      const rows = list.map(([score, label, gained]) => outcome(score / 100, label, gained));
      const [one, other] = [outcomeFigures('classes', rows), outcomeFigures('classes', rows.toReversed())];
      const lossOf = ({ figures }: typeof one): number => (figures?.task === 'classes' ? figures.logLoss : Number.NaN);
      expect(lossOf(other)).toBeCloseTo(lossOf(one), 10);
      expect(other.rankIc ?? 0).toBeCloseTo(one.rankIc ?? 0, 10);
    }),
  );
});
