import { expect, test } from 'vitest';
import { mergedProfile } from './daily-returns.ts';
import { profileOf } from './sample-account.ts';

const history = { days: [1, 2], millionths: [10, -20] };

test('a history is taken as told, and goes on by one day', () => {
  const first = mergedProfile(undefined, profileOf('ACME', { dailyReturns: history }));
  expect(first.dailyReturns).toEqual(history);
  const second = mergedProfile(first, profileOf('ACME', { newestReturn: { day: 5, millionths: 30 } }));
  expect(second.dailyReturns).toEqual({ days: [1, 2, 5], millionths: [10, -20, 30] });
  expect(second.newestReturn).toBeUndefined();
});

test('a day that is known already changes nothing', () => {
  const first = mergedProfile(undefined, profileOf('ACME', { dailyReturns: history }));
  expect(mergedProfile(first, profileOf('ACME', { newestReturn: { day: 2, millionths: 99 } })).dailyReturns).toEqual(history);
  expect(mergedProfile(first, profileOf('ACME')).dailyReturns).toEqual(history);
});

test('250 days are kept', () => {
  const days = Array.from({ length: 250 }, (_, day) => day);
  const first = profileOf('ACME', { dailyReturns: { days, millionths: days } });
  const { dailyReturns } = mergedProfile(first, profileOf('ACME', { newestReturn: { day: 250, millionths: 250 } }));
  expect(dailyReturns?.days).toHaveLength(250);
  expect(dailyReturns?.millionths[0]).toBe(1);
});
