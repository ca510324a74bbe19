import { expect, test } from 'vitest';
import { RATE_DEFAULTS } from '../../graphql/rate-limits.ts';
import { UsageError } from '../usage.ts';
import { readOperations } from './operations.ts';

test.each([
  ['nothing set', {}, {}, 'any'],
  ['the environment', {}, { TIDEMARK_DOCUMENTS: 'trusted' }, 'trusted'],
  ['the flag before the environment', { documents: 'any' }, { TIDEMARK_DOCUMENTS: 'trusted' }, 'any'],
])('%s', (_name, options, environment, documents) =>
  expect(readOperations({ ...RATE_DEFAULTS, ...options }, environment)).toEqual({ documents, rates: RATE_DEFAULTS }),
);

test('what each may ask for', () =>
  expect(readOperations({ operationsPerSecond: 1, costPerMinute: 200_000 }, {}).rates).toEqual({
    operationsPerSecond: 1,
    costPerMinute: 200_000,
  }));

test.each([
  ['another word', { documents: 'Trusted' }, {}, /--documents is "Trusted"; it is any, or trusted/],
  ['another word of the environment', {}, { TIDEMARK_DOCUMENTS: 'all' }, /TIDEMARK_DOCUMENTS is "all"/],
  ['an empty word', {}, { TIDEMARK_DOCUMENTS: '' }, /TIDEMARK_DOCUMENTS is ""/],
  ['no operation a second', { operationsPerSecond: 0 }, {}, /--operations-per-second is 0; the least is 1/],
  ['less than one operation may cost', { costPerMinute: 199_999 }, {}, /--cost-per-minute is 199999; the least is 200000/],
])('%s is refused', (_name, options, environment, message) => {
  expect(() => readOperations({ ...RATE_DEFAULTS, ...options }, environment)).toThrow(UsageError);
  expect(() => readOperations({ ...RATE_DEFAULTS, ...options }, environment)).toThrow(message);
});
