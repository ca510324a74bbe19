import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BAR_COLUMNS, PriceBars } from './price-bars.ts';
import type { BarLists } from './price-bars.ts';
import { Series } from './series.ts';

const MINUTE = 60_000;

/** Bars from the minute `from` on, each told from the others by its number. */
const barsFrom = (from: number, count: number): BarLists => {
  const column = (value: (at: number) => number): number[] => Array.from({ length: count }, (_, index) => value(from + index));
  return {
    startAtMs: column((at) => at * MINUTE),
    open: column((at) => at),
    high: column((at) => at + 2),
    low: column((at) => at - 2),
    close: column((at) => at + 1),
    volume: column((at) => at % 7),
  };
};
const told = (bars: PriceBars) => Object.fromEntries(BAR_COLUMNS.map((name) => [name, [...bars.columns[name].subarray(0, bars.length)]]));

describe('bars of a chart', () => {
  test('pages before and news after make one stretch, whatever their sizes', () =>
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 5 }), fc.array(fc.tuple(fc.nat(40), fc.nat(9)), { maxLength: 6 }), (pages, news) => {
        let first = 10_000;
        let end = first + 5;
        let bars = PriceBars.of(barsFrom(first, 5));
        for (const size of pages) {
          bars = bars.withOlder(barsFrom(first - size, size));
          first -= size;
        }
        for (const [size, again] of news) {
          // The newest so many come again, as they do when a bar is mended.
          const from = Math.max(first, end - again);
          bars = bars.withNewest(barsFrom(from, end - from + size));
          end += size;
          expect(bars.changedFrom).toBeLessThanOrEqual(Math.max(0, from - first));
        }
        expect(told(bars)).toEqual(told(PriceBars.of(barsFrom(first, end - first))));
        expect(bars.extent(0, bars.length - 1)).toEqual([first - 2, end + 1]);
      }),
    ));

  test('a page of older bars may hold some that are here', () => {
    const bars = PriceBars.of(barsFrom(100, 10)).withOlder(barsFrom(95, 10));
    expect(told(bars)).toEqual(told(PriceBars.of(barsFrom(95, 15))));
  });

  test.each([
    { name: 'before the first', ms: 99 * MINUTE, index: -1 },
    { name: 'at the start of one', ms: 103 * MINUTE, index: 3 },
    { name: 'within one', ms: 103.5 * MINUTE, index: 3 },
    { name: 'after the last', ms: 900 * MINUTE, index: 9 },
  ])('an instant $name', ({ ms, index }) => expect(PriceBars.of(barsFrom(100, 10)).indexAt(ms)).toBe(index));
});

describe('candles', () => {
  const bars = PriceBars.of(barsFrom(0, 1_000));

  test('with room, each bar is itself', () =>
    expect(bars.candles(5, 7, 10)).toEqual([5, 6, 7].map((x) => ({ x, o: x, h: x + 2, l: x - 2, c: x + 1, v: x % 7 }))));

  test('without, open of the first, close of the last, extremes and volume of all', () => {
    const plain = barsFrom(0, 1_000);
    const high = Array.from(plain.high).with(517, 5_000);
    const drawn = PriceBars.of({ ...plain, high }).candles(0, 999, 100);
    expect(drawn.length).toBeLessThanOrEqual(100);
    expect(Math.max(...drawn.map(({ h }) => h))).toBe(5_000);
    expect([drawn[0]?.o, drawn.at(-1)?.c]).toEqual([0, 1_000]);
    const total = Array.from(plain.volume).reduce((sum, volume) => sum + volume, 0);
    expect(drawn.reduce((sum, { v }) => sum + v, 0)).toBe(total);
  });

  test('a pan by less than a bucket draws the same candles, and a page of older bars moves them only', () => {
    const middle = (from: number) => bars.candles(from, from + 799, 100).slice(2, -2);
    expect(middle(3)).toEqual(middle(5));
    const more = PriceBars.of(barsFrom(4_096, 1_000)).withOlder(barsFrom(0, 4_096));
    const before = PriceBars.of(barsFrom(4_096, 1_000)).candles(0, 999, 100);
    expect(more.candles(4_096, 5_095, 100)).toEqual(before.map((candle) => ({ ...candle, x: candle.x + 4_096 })));
  });
});

describe('a series of values', () => {
  test('what comes later counts as if it had been there, and what is no number is absent', () =>
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: false }), { minLength: 1, maxLength: 200 }), fc.nat(200), (values, where) => {
        const from = Math.min(where, values.length);
        const grown = Series.of(Float64Array.from(values.slice(0, from)), 0).with(Float64Array.from(values.slice(from)), from);
        expect(values.map((_, at) => grown.at(at))).toEqual(values.map((value) => (Number.isNaN(value) ? undefined : value)));
        expect(grown.extent(0, 300)).toEqual(Series.of(Float64Array.from(values), 0).extent(0, 300));
      }),
    ));
});
