import { expect, test } from 'vitest';
import { keptText, parseKept } from './kept-layouts.ts';

const NOTHING = { layouts: {}, named: {} };

test.each([
  { name: 'nothing', text: null },
  { name: 'no JSON', text: '{' },
  { name: 'a list', text: '[]' },
  { name: 'another version', text: '{"version":2,"layouts":{"orders":{}}}' },
  { name: 'no version', text: '{"layouts":{"orders":{}}}' },
  { name: 'other shapes', text: '{"version":1,"layouts":[],"named":{"orders":5}}' },
])('$name keeps nothing', ({ text }) => expect(parseKept(text)).toEqual(NOTHING));

test('what was written is read', () => {
  const kept = { layouts: { orders: { order: ['a'] } }, named: { orders: { Morning: { hidden: ['a'] } } } };
  expect(parseKept(keptText(kept))).toEqual(kept);
});
