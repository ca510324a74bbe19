import { expect, test } from 'vitest';
import { ratio } from '../../money/fixed.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../limits.ts';
import { modelDrift } from './model-drift.ts';

test.each([
  { name: 'half, exactly', index: ratio('0.25'), limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'half, one unit over', index: ratio('0.250000001'), limits: DEFAULT_LIMITS, effect: 'half' },
  { name: 'pause, exactly', index: ratio('0.4'), limits: DEFAULT_LIMITS, effect: 'half' },
  { name: 'pause, one unit over', index: ratio('0.400000001'), limits: DEFAULT_LIMITS, effect: 'pause' },
  { name: 'not a number', index: undefined, limits: DEFAULT_LIMITS, effect: 'pause' },
  { name: 'unlimited', index: ratio('9'), limits: UNLIMITED, effect: 'none' },
])('$name', ({ index, limits, effect }) => {
  expect(modelDrift(index, limits).effect).toBe(effect);
});
