import { expect, test } from 'vitest';
import { countWindows, windowsOf } from './windows.ts';

test.each([
  ['504', ' 126 ', { train: 504, test: 126 }],
  ['1', '126', { problem: 'Bars to choose in: a whole number from 2.' }],
  ['5.5', '126', { problem: 'Bars to choose in: a whole number from 2.' }],
  ['504', '0', { problem: 'Bars to trade in: a whole number from 1.' }],
  ['504', '', { problem: 'Bars to trade in: a whole number from 1.' }],
] as const)('%s and %s', (train, tested, expected) => expect(windowsOf(train, tested)).toEqual(expected));

test.each([
  ['a last one that is shorter', 10, { train: 4, test: 4 }, 2],
  ['whole ones', 9, { train: 3, test: 3 }, 2],
  ['no bar left', 4, { train: 4, test: 1 }, 0],
  ['too few', 3, { train: 4, test: 1 }, 0],
])('%s', (_name, bars, windows, expected) => expect(countWindows(bars, windows)).toBe(expected));
