import fc from 'fast-check';
import type { BarSeries } from './types.ts';

/** For tests: changes in thousandths of the close before; `up` and `down` beyond open and close. Many bars stand still or repeat a price. */
interface Move {
  readonly open: number;
  readonly close: number;
  readonly up: number;
  readonly down: number;
  readonly volume: number;
  readonly gap: number;
}

const change = fc.oneof(fc.constant(0), fc.integer({ min: -30, max: 30 }));
const move: fc.Arbitrary<Move> = fc.record({
  open: change,
  close: change,
  up: fc.nat(20),
  down: fc.nat(20),
  volume: fc.nat(5_000),
  gap: fc.constantFrom(1, 1, 1, 5),
});

/** Prices of whole cents, from a first price on, `gap` hours apart. */
export function barsOf(moves: readonly Move[], first: number): BarSeries {
  const count = moves.length;
  const column = (): Float64Array => new Float64Array(count);
  const bars = { startAtMs: column(), open: column(), high: column(), low: column(), close: column(), volume: column() };
  const cents = (price: number): number => Math.max(0.01, Math.round(price * 100) / 100);
  let before = first;
  let hours = 0;
  for (const [index, { open, close, up, down, volume, gap }] of moves.entries()) {
    hours += gap;
    const start = cents(before * (1 + open / 1000));
    before = cents(start * (1 + close / 1000));
    bars.startAtMs[index] = hours * 3_600_000;
    bars.open[index] = start;
    bars.close[index] = before;
    bars.high[index] = cents(Math.max(start, before) * (1 + up / 1000));
    bars.low[index] = Math.min(start, before, cents(Math.min(start, before) / (1 + down / 1000)));
    bars.volume[index] = volume;
  }
  return { length: count, ...bars };
}

export function randomBars(most: number, least = 0): fc.Arbitrary<BarSeries> {
  return fc
    .record({ moves: fc.array(move, { minLength: least, maxLength: most, size: 'max' }), first: fc.constantFrom(5, 20, 100) })
    .map(({ moves, first }) => barsOf(moves, first));
}
