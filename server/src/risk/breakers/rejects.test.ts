import { expect, test } from 'vitest';
import { instantFromMs } from '../../money/instant.ts';
import { DEFAULT_LIMITS, UNLIMITED } from '../limits.ts';
import { rejects, withOutcome } from './rejects.ts';
import type { OrderOutcome } from './rejects.ts';

/** `x` was rejected, `.` was taken; oldest first. */
const outcomes = (text: string, ageMs = 0): readonly OrderOutcome[] =>
  text.split('').map((mark, index) => ({ orderId: `o${index}`, at: instantFromMs(1_000_000 - ageMs), rejected: mark === 'x' }));
const now = instantFromMs(1_000_000);

test.each([
  { name: 'four in a row', seen: outcomes('.xxxx'), limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'five in a row', seen: outcomes('.xxxxx'), limits: DEFAULT_LIMITS, effect: 'pause' },
  { name: 'five, and one that was taken', seen: outcomes('xxxxx.'), limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'exactly 20 % of ten', seen: outcomes('x.x.......'), limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'more than 20 % of ten', seen: outcomes('x.x.x.....'), limits: DEFAULT_LIMITS, effect: 'pause' },
  { name: 'of nine', seen: outcomes('x.x.x....'), limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'five minutes ago', seen: outcomes('x.x.x.....', 300_000), limits: DEFAULT_LIMITS, effect: 'none' },
  { name: 'just within', seen: outcomes('x.x.x.....', 299_999), limits: DEFAULT_LIMITS, effect: 'pause' },
  { name: 'unlimited', seen: outcomes('xxxxxxxxxx'), limits: UNLIMITED, effect: 'none' },
])('$name', ({ seen, limits, effect }) => {
  expect(rejects(seen, now, limits).effect).toBe(effect);
});

test('a later word on an order takes the place of the earlier', () => {
  const seen = withOutcome(outcomes('.'), { orderId: 'o0', at: now, rejected: true });
  expect(seen).toEqual([{ orderId: 'o0', at: now, rejected: true }]);
});
