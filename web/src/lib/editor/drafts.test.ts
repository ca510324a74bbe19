import { expect, test } from 'vitest';
import { keepDraft, readDraft } from './drafts.ts';

/** What a browser keeps, with room for so many characters. */
function drawer(room = Infinity) {
  const kept = new Map<string, string>();
  return {
    kept,
    getItem: (key: string) => kept.get(key) ?? null,
    removeItem: (key: string) => void kept.delete(key),
    setItem: (key: string, value: string) => {
      if (value.length > room) throw new DOMException('full', 'QuotaExceededError');
      kept.set(key, value);
    },
  };
}

test('a draft comes back by what it belongs to', () => {
  const own = drawer();
  expect(keepDraft(own, 'strategy a', { source: 'new', base: 'old' })).toBe(true);
  expect(readDraft(own, 'strategy a')).toEqual({ source: 'new', base: 'old' });
  expect(readDraft(own, 'strategy b')).toBeUndefined();
});

test('a text as it is saved needs none', () => {
  const own = drawer();
  keepDraft(own, 'a', { source: 'new', base: 'old' });
  keepDraft(own, 'a', { source: 'old', base: 'old' });
  expect(own.kept.size).toBe(0);
});

test('a browser without room says so', () => expect(keepDraft(drawer(10), 'a', { source: 'x'.repeat(20), base: '' })).toBe(false));

test.each(['nonsense', '{}', 'null', '{"source":1,"base":""}'])('%s is no draft', (text) => {
  const own = drawer();
  own.kept.set('tidemark.draft.a', text);
  expect(readDraft(own, 'a')).toBeUndefined();
});
