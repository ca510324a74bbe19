import type { Timeframe } from './bar.ts';
import { TIMEFRAME_MS } from './validate-bar.ts';

/** The timeframe whose length is the shortest step between bars; `undefined` where that fits none, or there are fewer than two bars. */
export function inferTimeframe(startAtMs: Float64Array): Timeframe | undefined {
  let shortest = Number.POSITIVE_INFINITY;
  for (let row = 1; row < startAtMs.length; row += 1) {
    shortest = Math.min(shortest, (startAtMs[row] ?? Number.NaN) - (startAtMs[row - 1] ?? Number.NaN));
  }
  const found = Object.entries(TIMEFRAME_MS).find(([, length]) => length === shortest);
  return found?.[0] as Timeframe | undefined;
}
