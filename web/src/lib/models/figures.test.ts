import { describe, expect, test } from 'vitest';
import { againstBaseline, lossText, meanOf, standingOf } from './figures.ts';
import type { Fold } from './figures.ts';

const none = { auc: null, logLoss: null, rmse: null, rankIc: null };
const ofClasses = (auc: number | null, logLoss: number): Fold => ({
  found: { ...none, auc, logLoss },
  baseline: { ...none, auc: 0.51, logLoss: 0.694 },
  baseRate: { logLoss: 0.69, rmse: null },
  coin: { logLoss: Math.LN2 },
});
const ofValues = (rankIc: number, rmse: number): Fold => ({
  found: { ...none, rankIc, rmse },
  baseline: { ...none, rankIc: 0.01, rmse: 0.031 },
  baseRate: { logLoss: null, rmse: 0.03 },
  coin: null,
});

describe('means over folds', () => {
  test('leave out what is not known, and are not known where nothing is', () => {
    expect(meanOf([1, null, 3, undefined])).toBe(2);
    expect(meanOf([null, undefined])).toBeUndefined();
    expect(meanOf([])).toBeUndefined();
  });

  test('of classes stand beside a linear model, the base rate and a coin', () => {
    const standing = standingOf([ofClasses(0.52, 0.7), ofClasses(null, 0.68)]);
    expect(standing).toMatchObject({ ofValues: false, ranking: 0.52, linear: 0.694, coin: Math.LN2 });
    expect(standing.loss).toBeCloseTo(0.69, 12);
    expect(standing.baseRate).toBeCloseTo(0.69, 12);
  });

  test('of values are an RMSE and a rank IC, and have no coin', () => {
    const standing = standingOf([ofValues(0.04, 0.029), ofValues(0.02, 0.031)]);
    expect(standing).toMatchObject({ ofValues: true, linear: 0.031, baseRate: 0.03, coin: undefined });
    expect(standing.ranking).toBeCloseTo(0.03, 12);
    expect(standing.loss).toBeCloseTo(0.03, 12);
  });

  test('without folds nothing is known', () => {
    expect(standingOf([])).toEqual({
      ofValues: false,
      ranking: undefined,
      loss: undefined,
      linear: undefined,
      baseRate: undefined,
      coin: undefined,
    });
  });
});

describe('a loss beside another', () => {
  test.each([
    { loss: 0.68, baseline: 0.69, says: '▲ better' },
    { loss: 0.7, baseline: 0.69, says: '▼ worse' },
    { loss: 0.69, baseline: 0.69, says: '● equal' },
    { loss: null, baseline: 0.69, says: undefined },
    { loss: Number.NaN, baseline: 0.69, says: undefined },
    { loss: 0.69, baseline: undefined, says: undefined },
  ])('$loss against $baseline: $says', ({ loss, baseline, says }) => expect(againstBaseline(loss, baseline)).toBe(says));

  test('has the digits of its kind', () => {
    expect(lossText(0.69314, false)).toBe('0.6931');
    expect(lossText(0.0123456, true)).toBe('0.01235');
    expect(lossText(null, true)).toBe('n/a');
  });
});
