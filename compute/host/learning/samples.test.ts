import { describe, expect, test } from 'vitest';
import { importancesOf, openLearning, scoresOf } from './learning.node.ts';
import type { BoostingParameters, Samples } from './learning.node.ts';
import { madeSamples } from './made-samples.ts';

const learning = await openLearning();
const classes = madeSamples('class', { rows: 200, features: 3 });
const values = madeSamples('value', { rows: 200, features: 3 });
const weighted = (samples: Samples, weightOf: (target: number) => number): Samples => ({
  ...samples,
  weights: samples.target.map(weightOf),
});

describe('weights of any size', () => {
  test.each<{ name: string; one: number; zero: number }>([
    { name: 'far apart', one: 1e12, zero: 1e-10 },
    { name: 'far apart the other way', one: 1e-10, zero: 1e12 },
    { name: 'as far as doubles go', one: 1e-299, zero: 1 },
    { name: 'all of them tiny', one: 2e-310, zero: 1e-310 },
    { name: 'the least that there are', one: 5e-324, zero: 1e-323 },
  ])('$name: the base is the logarithm of the odds', ({ one, zero }) => {
    const samples = weighted(classes, (target) => (target === 1 ? one : zero));
    const ones = classes.target.filter((target) => target === 1).length;
    const { model } = learning.boost(samples, { objective: 'binary', trees: 2 });
    // Subnormal numbers have fewer digits, and so have their odds.
    expect(model.baseScores[0]).toBeCloseTo(Math.log(ones / (200 - ones)) + Math.log(one) - Math.log(zero), 9);
    expect(scoresOf(model, [0, 0, 0]).every(Number.isFinite)).toBe(true);
    const several = learning.boost(samples, { objective: 'multiclass', classes: 2, trees: 2 }).model;
    expect((several.baseScores[1] ?? 0) - (several.baseScores[0] ?? 0)).toBeCloseTo(model.baseScores[0] ?? Number.NaN, 9);
  });

  test('only their proportions count, whatever they are', () => {
    const of = (scale: number): unknown =>
      learning.boost(
        weighted(values, (target) => scale * (target > 0 ? 2 : 1)),
        { objective: 'regression', trees: 5 },
      ).model;
    expect(of(2 ** -1070)).toEqual(of(1));
    expect(of(2 ** 38)).toEqual(of(1));
  });

  test('what is nothing beside the largest is left out, as a weight of zero is', () => {
    const of = (light: number): unknown =>
      learning.boost(
        weighted(values, (target) => (target > 0 ? 1 : light)),
        { objective: 'regression', trees: 5 },
      ).model;
    expect(of(1e-301)).toEqual(of(0));
    expect(of(1e-9)).not.toEqual(of(0));
    const only = weighted(classes, (target) => (target === 1 ? 1e12 : 1e-300));
    expect(() => learning.boost(only, { objective: 'binary' })).toThrow(/no row is of class 0/);
  });
});

describe('targets of any size that is taken', () => {
  const boosting: readonly BoostingParameters[] = [{ objective: 'regression' }, { objective: 'quantile', quantile: 0.5 }];
  test.each(boosting)('$objective: gains, importances and values are finite', (parameters) => {
    const largest = Math.max(...values.target.map(Math.abs));
    const target = values.target.map((value) => (value / largest) * 1e15);
    const { model } = learning.boost({ ...values, target }, { ...parameters, trees: 30, l2: 0, learningRate: 1 });
    expect(model.gains.every(Number.isFinite)).toBe(true);
    expect(model.values.every(Number.isFinite)).toBe(true);
    expect(importancesOf(model).reduce((sum, part) => sum + part, 0)).toBeCloseTo(1, 12);
  });

  test('larger ones are refused', () => {
    const target = classes.target.map((value) => value * 1e20);
    expect(() => learning.boost({ ...classes, target }, { objective: 'regression' })).toThrow(/at most 1000000000000000 either way/);
  });
});
