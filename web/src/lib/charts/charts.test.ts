import { describe, expect, test } from 'vitest';
import { decimate, extent, padded } from './decimate.ts';
import { dateTicks, priceTickDecimals } from './ticks.ts';

describe('decimate', () => {
  test('keeps a short series whole', () => expect(decimate([1, 2, 3], 100)).toEqual([0, 1, 2]));

  test('keeps every peak of a long series', () => {
    const values = Array.from({ length: 10_000 }, (_, index) => Math.sin(index / 50));
    values[5_123] = 99;
    values[7_001] = -99;
    const kept = decimate(values, 400);
    expect(kept.length).toBeLessThan(900);
    expect(kept).toContain(5_123);
    expect(kept).toContain(7_001);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(9_999);
    expect([...kept].sort((a, b) => a - b)).toEqual(kept);
  });
});

describe('extent', () => {
  test('skips gaps', () => expect(extent([undefined, 3, Number.NaN, -1], [2])).toEqual([-1, 3]));
  test('knows when there is nothing', () => expect(extent([undefined])).toBeUndefined());
  test('padding gives a flat series height', () => {
    const [low, high] = padded([5, 5]);
    expect(low).toBeLessThan(5);
    expect(high).toBeGreaterThan(5);
  });
});

test.each([
  { name: 'a wide range', range: [100, 180], decimals: 0 },
  { name: 'an ordinary one', range: [100, 112], decimals: 2 },
  { name: 'one of cents', range: [0.12, 0.22], decimals: 2 },
  { name: 'lines less than a cent apart', range: [0.18, 0.19], decimals: 3 },
  { name: 'far below a cent', range: [0.000_12, 0.000_13], decimals: 6 },
  { name: 'no range', range: [5, 5], decimals: 2 },
] as const)('the axis of prices over $name has $decimals decimals', ({ range, decimals }) =>
  expect(priceTickDecimals(range, 5)).toBe(decimals),
);

describe('dateTicks', () => {
  const days = (count: number) => Array.from({ length: count }, (_, index) => new Date(Date.UTC(2018, 0, 2 + index, 20)).toISOString());

  test.each([
    { name: 'three months by month', times: days(90), most: 6, labels: ['Feb', 'Mar', 'Apr'] },
    { name: 'ten years by year', times: days(1100), most: 6, labels: ['2019', '2020', '2021'] },
    { name: 'twenty years by five', times: days(7_300), most: 6, labels: ['2020', '2025', '2030', '2035'] },
    { name: 'nothing for one point', times: days(1), most: 6, labels: [] },
  ])('$name', ({ times, most, labels }) => expect(dateTicks(times, 'UTC', most).map((tick) => tick.label)).toEqual(labels));

  test('a session by the hour, in New York', () => {
    const times = Array.from({ length: 390 }, (_, index) => new Date(Date.UTC(2018, 4, 11, 13, 30 + index)).toISOString());
    expect(dateTicks(times, 'America/New_York', 8).map((tick) => tick.label)).toEqual([
      '10:00',
      '11:00',
      '12:00',
      '13:00',
      '14:00',
      '15:00',
    ]);
  });
});
