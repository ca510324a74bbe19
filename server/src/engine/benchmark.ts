import { moneyFromNumber, toNumber } from '../money/fixed.ts';
import type { Money } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';

/** A daily close, known at the end of its day. */
export interface DailyClose {
  readonly at: Instant;
  readonly close: number;
}

interface Point {
  readonly at: Instant;
  readonly equity: Money;
}

/**
 * Puts the benchmark beside each point: equity at the first point that has a price × close ÷ close there. A point before the first
 * known close, or a range with none, has no benchmark.
 */
export function scaledBenchmark<P extends Point>(
  points: readonly P[],
  closes: readonly DailyClose[],
): (P & { readonly benchmark: Money | undefined })[] {
  let next = 0;
  let known: number | undefined;
  let base: { readonly equity: number; readonly close: number } | undefined;
  return points.map((point) => {
    for (let close = closes[next]; close !== undefined && close.at <= point.at; close = closes[next]) {
      known = close.close;
      next += 1;
    }
    if (known === undefined) return { ...point, benchmark: undefined };
    base ??= { equity: toNumber(point.equity), close: known };
    const scaled = Math.round(((base.equity * known) / base.close) * 100) / 100;
    return { ...point, benchmark: moneyFromNumber(scaled) };
  });
}

/** At most `max` of the items, evenly spread, always with the first and the last. */
export function thinned<T>(items: readonly T[], max: number): readonly T[] {
  if (items.length <= max) return items;
  const step = (items.length - 1) / (max - 1);
  return Array.from({ length: max }, (_, index) => items[Math.round(index * step)]).filter((item): item is T => item !== undefined);
}
