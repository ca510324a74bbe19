import { expect, test } from 'vitest';
import { copyOf, copyOfBars, copyOfDoubles } from './copies.ts';
import { sampleColumns, sampleSeries } from './sample-bars.ts';

test('a copy takes every column to a target of its own', () => {
  const columns = [Float64Array.from([1, 2, 3]), Float64Array.from([4, Number.NaN])];
  const copy = copyOf('copy', columns);
  expect(copy.targets).not.toEqual(columns);
  copy.run();
  expect(copy.targets).toEqual(columns);
  expect(copy.targets.some((target) => columns.some(({ buffer }) => buffer === target.buffer))).toBe(false);
});

test('copies are of what they say', () => {
  const bars = copyOfBars(sampleSeries(3));
  expect([bars.name, bars.targets.map(({ length }) => length)]).toEqual(['copy of its five columns', [3, 3, 3, 3, 3]]);
  const doubles = copyOfDoubles(24_750);
  expect([doubles.name, doubles.targets.map(({ length }) => length)]).toEqual(['copy of 24,750 doubles', [24_750]]);
});

test('sample bars depend on length and seed alone, and are bars', () => {
  const bars = sampleColumns(2_000);
  expect(sampleColumns(2_000)).toEqual(bars);
  expect(sampleColumns(2_000, 7).close).not.toEqual(bars.close);
  expect(sampleColumns(1_000).close).toEqual(bars.close.slice(0, 1_000));
  const isBar = (index: number): boolean => {
    const [open, high, low, close] = [bars.open, bars.high, bars.low, bars.close].map((column) => column[index] ?? Number.NaN) as [
      number,
      number,
      number,
      number,
    ];
    return low > 0 && low <= Math.min(open, close) && high >= Math.max(open, close) && (bars.volume[index] ?? 0) >= 1;
  };
  expect(Array.from(bars.close, (_, index) => isBar(index))).toEqual(Array.from(bars.close, () => true));
});

test('a walk of a million bars stays around a hundred', () => {
  const { close } = sampleColumns(1_000_000);
  expect(close.reduce((least, value) => Math.min(least, value), Infinity)).toBeGreaterThan(1);
  expect(close.reduce((most, value) => Math.max(most, value), 0)).toBeLessThan(10_000);
});
