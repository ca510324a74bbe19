import { expect, test } from 'vitest';
import { keyOnce, RetryKey } from './retry-key.ts';

test('the same request keeps its key until it is answered; another one has another', () => {
  const keys = new RetryKey();
  const first = keys.of({ id: 'a', limitPrice: '51' });
  expect(first).toMatch(/^[\da-f]{32}$/);
  expect(keys.of({ id: 'a', limitPrice: '51' })).toBe(first);
  const other = keys.of({ id: 'a', limitPrice: '52' });
  expect(other).not.toBe(first);
  keys.forget();
  expect(keys.of({ id: 'a', limitPrice: '52' })).not.toBe(other);
  expect(keyOnce()).not.toBe(keyOnce());
});
