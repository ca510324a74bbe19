import { expect, test } from 'vitest';
import { modelOf, scheduleOf, stateOf } from './run-words.ts';

test.each<[number | null, string]>([
  [null, 'by hand'],
  [1_440, 'daily'],
  [2_880, 'every 2 days'],
  [60, 'hourly'],
  [120, 'every 2 hours'],
  [15, 'every 15 minutes'],
  [90, 'every 90 minutes'],
])('every %s minutes is %s', (minutes, words) => expect(scheduleOf(minutes)).toBe(words));

test('a run without an end waits or works', () => {
  expect(stateOf({ outcome: null, begunAt: null }).text).toBe('○ waits');
  expect(stateOf({ outcome: null, begunAt: '2026-01-02T00:00:00Z' }).text).toBe('● at work');
  expect(stateOf({ outcome: 'OVER_BUDGET', begunAt: '2026-01-02T00:00:00Z' })).toEqual({ text: '▲ budget used up', tone: 'warn' });
});

test('an agent without a model says so', () => {
  expect(modelOf({ model: 'SCRIPTED' }, 'large at host')).toBe('scripted: no model');
  expect(modelOf({ model: 'CONFIGURED' }, 'large at host')).toBe('large at host');
  expect(modelOf({ model: 'CONFIGURED' }, null)).toBe('none is set up');
});
