import { expect, test } from 'vitest';
import { endWords, pausedWords, subjectWords } from './pauses.ts';

const brake = (code: string, scope: 'account' | 'strategy' | 'symbol', subject: string | null = null, reset = 'person') => ({
  key: `${code} ${scope} ${subject ?? ''}`,
  code,
  scope,
  subject,
  effect: 'entries-off',
  because: 'a rumour',
  by: 'Ada',
  since: '2024-03-04T15:00:00Z',
  reset,
});
const STRATEGIES = [{ id: 's1', name: 'Trend' }];

test.each([
  [brake('Pause', 'account'), 'the account'],
  [brake('Pause', 'strategy', 's1'), 'strategy Trend'],
  [brake('Pause', 'strategy', 's9'), 'strategy s9'],
  [brake('FeedGap', 'symbol', 'AAPL'), 'AAPL'],
])('%o is on %s', (one, words) => expect(subjectWords(one, STRATEGIES)).toBe(words));

test.each([
  [brake('Pause', 'account'), 'by two people'],
  [brake('Rejects', 'strategy', 's1'), 'by a risk officer'],
  [brake('FeedGap', 'symbol', 'AAPL', 'automatic'), 'by itself, when its cause has gone'],
])('%o ends %s', (one, words) => expect(endWords(one)).toBe(words));

test.each([
  { name: 'nothing', brakes: [], words: '' },
  { name: 'a breaker alone', brakes: [brake('FeedGap', 'symbol', 'AAPL')], words: '' },
  { name: 'a strategy', brakes: [brake('Pause', 'strategy', 's1')], words: 'PAUSED: strategy Trend' },
  { name: 'two things', brakes: [brake('Pause', 'strategy', 's1'), brake('Pause', 'symbol', 'AAPL')], words: 'PAUSED: 2' },
  { name: 'the account among others', brakes: [brake('Pause', 'symbol', 'AAPL'), brake('Pause', 'account')], words: 'PAUSED' },
])('in the shell, $name: "$words"', ({ brakes, words }) => expect(pausedWords(brakes, STRATEGIES)).toBe(words));
