import { expect, test } from 'vitest';
import { nearestIndex } from './nearest.ts';

test.each([
  { values: [0.4, 0.5, 0.9], at: 0.44, index: 0 },
  { values: [0.9, 0.4, 0.5], at: 0.46, index: 2 },
  { values: [0.4, 0.6], at: 0.5, index: 0 },
  { values: [0.4], at: 9, index: 0 },
  { values: [], at: 0.5, index: undefined },
])('the nearest of $values to $at', ({ values, at, index }) => expect(nearestIndex(values, at)).toBe(index));
