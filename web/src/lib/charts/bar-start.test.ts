import { expect, test } from 'vitest';
import { areDays } from './bar-start.ts';

const at = (...texts: readonly string[]): number[] => texts.map((text) => Date.parse(text));

test.each([
  { name: 'sessions of a week', starts: at('2019-12-27T00:00:00Z', '2019-12-30T00:00:00Z'), days: true },
  { name: 'hours, one of which begins at midnight', starts: at('2019-12-30T00:00:00Z', '2019-12-30T01:00:00Z'), days: false },
  { name: 'sessions stamped by their opening', starts: at('2019-12-30T14:30:00Z', '2019-12-31T14:30:00Z'), days: false },
  { name: 'nothing', starts: [], days: false },
])('$name', ({ starts, days }) => expect(areDays(starts)).toBe(days));
