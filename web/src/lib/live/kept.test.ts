import { expect, test } from 'vitest';
import { isNews, merged } from './kept.ts';

const BEFORE = { updatedAt: '2016-01-04T14:30:00Z' };
const AT = { updatedAt: '2016-01-04T14:31:00Z' };

test.each([
  ['a push of what is not known', undefined, AT, 'push', true],
  ['an answer about what is not known', undefined, AT, 'answer', true],
  ['a later push', BEFORE, AT, 'push', true],
  ['a later answer', BEFORE, AT, 'answer', true],
  ['a push of the same moment', AT, AT, 'push', true],
  ['an answer of the same moment: it may be the older one', AT, AT, 'answer', false],
  ['a push of what was before, told again after a reconnect', AT, BEFORE, 'push', false],
  ['an answer of what was before', AT, BEFORE, 'answer', false],
] as const)('%s', (_name, known, told, by, expected) => expect(isNews(known, told, by)).toBe(expected));

test('a list keeps each thing once and in its place, and the oldest falls out', () => {
  const list = [{ id: 'c' }, { id: 'b' }, { id: 'a' }];
  expect(merged(list, { id: 'd' }, 3)).toEqual([{ id: 'd' }, { id: 'c' }, { id: 'b' }]);
  const fresh = { id: 'b' };
  expect(merged(list, fresh, 3)[1]).toBe(fresh);
  expect(merged(list, fresh, 3)).toHaveLength(3);
});
