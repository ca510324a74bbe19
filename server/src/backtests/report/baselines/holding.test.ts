import { describe, expect, test } from 'vitest';
import { barsOn } from '../test/bars.ts';
import { plainResult } from '../test/results.ts';
import { cashOf, holdingOf } from './holding.ts';
import { markedPricesOf } from './marked-prices.ts';

const marks = plainResult([100, 100, 100, 100]).equity;
const curveOf = (series: readonly ReturnType<typeof barsOn>[]): readonly number[] | undefined =>
  holdingOf(
    marks,
    200,
    series.map((each) => markedPricesOf(marks, each)),
  )?.map(({ equity }) => Math.round(equity * 1e9) / 1e9);

describe('buying and holding', () => {
  test.each([
    { name: 'a bar for each mark', days: [1, 2, 3, 4], closes: [50, 55, 45, 60], curve: [200, 220, 180, 240] },
    { name: 'a missing bar keeps the last close', days: [1, 3, 4], closes: [50, 45, 60], curve: [200, 200, 180, 240] },
    { name: 'bars before the first mark', days: [-5, 1, 2, 3, 4], closes: [9, 50, 55, 45, 60], curve: [200, 220, 180, 240] },
    { name: 'bars that begin too late', days: [2, 3, 4], closes: [55, 45, 60], curve: undefined },
    { name: 'no bars', days: [], closes: [], curve: undefined },
    { name: 'a first price of zero', days: [1, 2], closes: [0, 5], curve: undefined },
  ])('one symbol: $name', ({ days, closes, curve }) => expect(curveOf([barsOn('SYM', days, closes)])).toEqual(curve));

  test.each([
    { name: 'equal parts, never rebalanced', other: barsOn('B', [1, 2, 3, 4], [10, 20, 40, 10]), curve: [200, 310, 490, 220] },
    { name: 'a part waits in cash for its first close', other: barsOn('B', [3, 4], [10, 20]), curve: [200, 210, 190, 320] },
    { name: 'a symbol without any bar stays cash', other: barsOn('B', [], []), curve: [200, 210, 190, 220] },
  ])('two symbols: $name', ({ other, curve }) => expect(curveOf([barsOn('A', [1, 2, 3, 4], [50, 55, 45, 60]), other])).toEqual(curve));

  test('later prices never change an earlier mark', () => {
    const before = curveOf([barsOn('A', [1, 2, 3, 4], [50, 55, 45, 60])]);
    const after = curveOf([barsOn('A', [1, 2, 3, 4], [50, 55, 99, 1])]);
    expect(after?.slice(0, 2)).toEqual(before?.slice(0, 2));
  });
});

test.each([
  { name: 'without a rate', rate: 0, last: 100 },
  { name: 'simple interest by time, from mark to mark', rate: 3.65, last: 100 * 1.01 ** 3 },
])('cash: $name', ({ rate, last }) => expect(cashOf(marks, 100, rate).at(-1)?.equity).toBeCloseTo(last, 9));
