import { expect, test } from 'vitest';
import { instantFromMs } from '../../money/instant.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../limits.ts';
import { disconnected } from './disconnected.ts';

const at = instantFromMs;

test.each([
  { name: 'connected', since: undefined, now: at(9_999), limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'one millisecond under', since: at(0), now: at(1_999), limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'exactly', since: at(0), now: at(2_000), limits: DEFAULT_LIMITS, effect: 'entries-off' },
  { name: 'one over', since: at(0), now: at(2_001), limits: DEFAULT_LIMITS, effect: 'entries-off' },
  { name: 'unlimited', since: at(0), now: at(90_000), limits: UNLIMITED, effect: 'none' },
])('$name', ({ since, now, limits, effect }) => {
  expect(disconnected(since, now, limits).effect).toBe(effect);
});
