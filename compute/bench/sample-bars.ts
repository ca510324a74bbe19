import type { PriceColumns } from '../host/indicators.ts';
import type { BarSeries } from '../host/types.ts';

const DAY_MS = 86_400_000;

/** Numbers from 0 to 1 (exclusive) that depend on the seed alone: xorshift of 32 bits. The seed is not 0. */
export function seededRandom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A random walk of prices around 100 with ranges and volumes: the same for the same length and seed. */
export function sampleColumns(length: number, seed = 88_172_645): PriceColumns {
  const random = seededRandom(seed);
  const column = (): Float64Array<ArrayBuffer> => new Float64Array(length);
  const columns = { open: column(), high: column(), low: column(), close: column(), volume: column() };
  let price = 100;
  for (let i = 0; i < length; i += 1) {
    const open = price;
    // Pulled back to 100, so that a long walk neither dies out nor overflows.
    price *= 1 + (random() - 0.5) * 0.02 + (100 - price) * 1e-5;
    columns.open[i] = open;
    columns.close[i] = price;
    columns.high[i] = Math.max(price, open) * (1 + random() * 0.003);
    columns.low[i] = Math.min(price, open) * (1 - random() * 0.003);
    columns.volume[i] = 1 + Math.floor(random() * 1e6);
  }
  return columns;
}

/** The same walk as daily bars. */
export function sampleSeries(length: number, seed?: number): BarSeries {
  return { length, startAtMs: Float64Array.from({ length }, (_, index) => index * DAY_MS), ...sampleColumns(length, seed) };
}
