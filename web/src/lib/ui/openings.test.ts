import { expect, test } from 'vitest';
import { Openings } from './openings.ts';

test('what was begun in an opening ends with it, and the next one is another', () => {
  const openings = new Openings();
  openings.renew();
  const first = openings.current();
  expect(first()).toBe(true);
  openings.renew();
  openings.renew();
  const second = openings.current();
  expect([first(), second()]).toEqual([false, true]);
});
