import { expect, test } from 'vitest';
import { TextCache } from './text-cache.ts';

const textOf = (name: string, characters: number): string => name.padEnd(characters, '.');
/** Which of these texts are kept; asked last first, so that asking changes nothing that is looked at here. */
const kept = (cache: TextCache<number>, texts: readonly string[]): readonly boolean[] => texts.map((text) => cache.get(text) !== undefined);

test('what is kept is bounded by the length of the texts together, not by their number', () => {
  const cache = new TextCache<number>(10_000);
  const long = ['a', 'b', 'c'].map((name) => textOf(name, 4_000));
  long.forEach((text, index) => cache.set(text, index));
  expect(kept(cache, long)).toEqual([false, true, true]);
  const short = Array.from({ length: 1_000 }, (_, index) => textOf(String(index), 10));
  short.forEach((text, index) => cache.set(text, index));
  expect(kept(cache, long)).toEqual([false, false, false]);
  expect(kept(cache, short).filter(Boolean)).toHaveLength(Math.floor(10_000 / 1_010));
});

test('the one that was longest unused goes first', () => {
  const cache = new TextCache<number>(10_000);
  const [a, b, c] = ['a', 'b', 'c'].map((name) => textOf(name, 4_000)) as [string, string, string];
  cache.set(a, 1);
  cache.set(b, 2);
  expect(cache.get(a)).toBe(1);
  cache.set(c, 3);
  expect(kept(cache, [a, b, c])).toEqual([true, false, true]);
});

test('one that is longer than all of it is not kept, and takes no place of others', () => {
  const cache = new TextCache<number>(10_000);
  cache.set('short', 1);
  cache.set(textOf('long', 9_001), 2);
  expect(kept(cache, ['short', textOf('long', 9_001)])).toEqual([true, false]);
});

test('one that is set again counts once', () => {
  const cache = new TextCache<number>(10_000);
  for (let time = 0; time < 10; time += 1) cache.set(textOf('a', 4_000), time);
  cache.set(textOf('b', 4_000), 1);
  expect(kept(cache, [textOf('a', 4_000), textOf('b', 4_000)])).toEqual([true, true]);
});
