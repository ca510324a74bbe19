import { expect, test } from 'vitest';
import { instantFromMs } from '../money/instant.ts';
import type { Bar } from './bar.ts';
import { BarCollector } from './bar-collector.ts';

const DAY = 86_400_000;
const bar = (symbol: string, day: number): Bar => ({
  symbol,
  timeframe: '1Day',
  startAt: instantFromMs(day * DAY),
  open: 1,
  high: 1,
  low: 1,
  close: 1,
  volume: 1,
});

function collect(symbols: readonly string[]): { add: (symbol: string, day: number) => void; slices: string[]; pass: () => void } {
  const slices: string[] = [];
  let waiting: (() => void) | undefined;
  const collector = new BarCollector(
    symbols,
    (bars) => slices.push(bars.map(({ symbol, startAt }) => `${symbol}${startAt / DAY}`).join(' ')),
    (action) => {
      waiting = action;
      return () => {
        waiting = undefined;
      };
    },
    250,
  );
  return { add: (symbol, day) => collector.add(bar(symbol, day)), slices, pass: () => waiting?.() };
}

test('a slice is delivered as soon as it is complete, in symbol order', () => {
  const { add, slices } = collect(['A', 'B']);
  add('B', 1);
  expect(slices).toEqual([]);
  add('A', 1);
  expect(slices).toEqual(['A1 B1']);
});

test('a symbol that did not trade does not hold up the others', () => {
  const { add, slices, pass } = collect(['A', 'B', 'C']);
  add('C', 1);
  add('A', 1);
  pass();
  expect(slices).toEqual(['A1 C1']);
  pass();
  expect(slices).toEqual(['A1 C1']);
});

test('a later bar completes the slice before it, and a late bar is not lost', () => {
  const { add, slices } = collect(['A', 'B']);
  add('A', 1);
  add('A', 2);
  add('B', 1);
  add('B', 2);
  expect(slices).toEqual(['A1', 'B1', 'A2 B2']);
});
