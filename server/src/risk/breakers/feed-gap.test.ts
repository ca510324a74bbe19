import { expect, test } from 'vitest';
import { instantFromMs } from '../../money/instant.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../limits.ts';
import { feedGap } from './feed-gap.ts';

test.each([
  { name: 'one millisecond under', ms: 119_999, limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'exactly two intervals', ms: 120_000, limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'one over', ms: 120_001, limits: DEFAULT_LIMITS, effect: 'entries-off' },
  { name: 'unlimited', ms: 9_999_999, limits: UNLIMITED, effect: 'none' },
])('$name', ({ ms, limits, effect }) => {
  expect(feedGap(instantFromMs(0), instantFromMs(ms), 60_000, limits).effect).toBe(effect);
});
