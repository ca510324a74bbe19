import { expect, test } from 'vitest';
import { engineNow, shareLeft } from './engine-now.ts';

const MADE = '2026-01-05T15:00:00Z';
const ENDS = '2026-01-05T15:30:00Z';

test('time goes on between two words of the server, and never back', () => {
  expect(engineNow(MADE, 1_000, 61_000)).toBe(Date.parse(MADE) + 60_000);
  expect(engineNow(MADE, 2_000, 1_000)).toBe(Date.parse(MADE));
});

test.each([
  ['when it is made', MADE, 1],
  ['half way', '2026-01-05T15:15:00Z', 0.5],
  ['at its end', ENDS, 0],
  ['after it', '2026-01-05T16:00:00Z', 0],
  ['before it was made, by a clock that is behind', '2026-01-05T14:00:00Z', 1],
])('%s there is so much left', (_name, now, left) => {
  expect(shareLeft(MADE, ENDS, Date.parse(now))).toBe(left);
});

test('what ends when it begins has nothing left', () => {
  expect(shareLeft(MADE, MADE, Date.parse(MADE))).toBe(0);
});
