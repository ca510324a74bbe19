import { expect, test } from 'vitest';
import { DEFAULT_LIMITS, UNLIMITED } from '../limits.ts';
import { stopCluster } from './stop-cluster.ts';

test.each([
  { name: 'one under', stops: [10, 11, 12], bar: 12, limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'exactly', stops: [10, 11, 12, 13], bar: 13, limits: DEFAULT_LIMITS, effect: 'entries-off' },
  { name: 'one over', stops: [9, 10, 11, 12, 13], bar: 13, limits: DEFAULT_LIMITS, effect: 'entries-off' },
  { name: 'the oldest within 24 bars', stops: [1, 22, 23, 24], bar: 24, limits: DEFAULT_LIMITS, effect: 'entries-off' },
  { name: 'the oldest too old', stops: [0, 22, 23, 24], bar: 24, limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'off for three bars still', stops: [10, 10, 10, 10], bar: 13, limits: DEFAULT_LIMITS, effect: 'entries-off' },
  { name: 'on after four', stops: [10, 10, 10, 10], bar: 14, limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'unlimited', stops: [1, 1, 1, 1, 1], bar: 1, limits: UNLIMITED, effect: 'none' },
])('$name', ({ stops, bar, limits, effect }) => {
  expect(stopCluster(stops, bar, limits).effect).toBe(effect);
});
