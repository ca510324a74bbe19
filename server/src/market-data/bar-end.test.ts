import { expect, test } from 'vitest';
import { formatInstant, instant } from '../money/instant.ts';
import { barEndsAt } from './bar-end.ts';

test.each([
  ['1Min', '2024-03-04T15:00:00Z', '2024-03-04T15:01:00Z'],
  ['1Hour', '2024-03-04T15:00:00Z', '2024-03-04T16:00:00Z'],
  ['1Day', '2024-03-04T00:00:00Z', '2024-03-04T21:00:00Z'],
  ['1Day', '2024-07-05T00:00:00Z', '2024-07-05T20:00:00Z'],
  ['1Day', '2024-07-03T00:00:00Z', '2024-07-03T17:00:00Z'],
  ['1Day', '2024-03-02T00:00:00Z', '2024-03-03T00:00:00Z'],
  ['1Day', '1950-01-03T00:00:00Z', '1950-01-04T00:00:00Z'],
] as const)('%s bar of %s is known at %s', (timeframe, start, end) => {
  expect(formatInstant(barEndsAt(timeframe, instant(start)))).toBe(end);
});
