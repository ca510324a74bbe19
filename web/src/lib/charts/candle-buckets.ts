export interface Candle {
  readonly o: number;
  readonly h: number;
  readonly l: number;
  readonly c: number;
}

/** A candle at a place of the index axis: one bar, or all bars of a bucket. */
export interface PlacedCandle extends Candle {
  readonly x: number;
}

/**
 * The bars `from` to `to`, both included, as at most about `most` candles: open of the first, close of the last, the
 * extremes of all. Buckets begin at multiples of their size, a power of two, so that a candle keeps its bars while one pans.
 */
export function candleBuckets(bars: readonly Candle[], from: number, to: number, most: number): readonly PlacedCandle[] {
  let size = 1;
  while ((to - from + 1) / size > most) size *= 2;
  const out: PlacedCandle[] = [];
  for (let start = Math.floor(from / size) * size; start <= to; start += size) {
    const end = Math.min(bars.length, start + size) - 1;
    const first = bars[start];
    const last = bars[end];
    if (!first || !last) continue;
    let { h, l } = first;
    for (let index = start + 1; index <= end; index += 1) {
      const bar = bars[index];
      if (!bar) continue;
      if (bar.h > h) h = bar.h;
      if (bar.l < l) l = bar.l;
    }
    out.push({ x: (start + end) / 2, o: first.o, h, l, c: last.c });
  }
  return out;
}
