import { expect, test } from 'vitest';
import { skewMs } from './clock-skew.ts';

test.each([
  { name: 'ours is ahead', asked: 1_000, answered: 1_100, brokers: 550, skew: 500 },
  { name: 'ours is behind', asked: 1_000, answered: 1_100, brokers: 1_550, skew: -500 },
  { name: 'half a millisecond behind is zero, and not -0', asked: 1_000, answered: 1_001, brokers: 1_001, skew: 0 },
  { name: 'the longest question that tells', asked: 0, answered: 2_000, brokers: 1_000, skew: 0 },
  { name: 'a longer question tells nothing', asked: 0, answered: 2_001, brokers: 1_000, skew: undefined },
  { name: 'our clock was set back between', asked: 1_000, answered: 999, brokers: 1_000, skew: undefined },
])('$name', ({ asked, answered, brokers, skew }) => {
  expect(skewMs(asked, answered, brokers)).toBe(skew);
});
