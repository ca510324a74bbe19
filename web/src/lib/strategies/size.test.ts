import { expect, test } from 'vitest';
import { sizeWords } from './size.ts';

test.each([
  ['equity:0.08', '8 % of equity a symbol'],
  ['equity:0.125', '12.5 % of equity a symbol'],
  ['units:100', '100 units a symbol'],
  ['units:1', '1 unit a symbol'],
  ['all', 'all'],
])('%s is %s', (size, words) => expect(sizeWords(size).replaceAll(/\s/gu, ' ')).toBe(words));
