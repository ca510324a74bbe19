/** One mark of the account: the bar's start in ISO-8601 UTC, and the equity at its close, in dollars. */
export interface EquityPoint {
  readonly time: string;
  readonly equity: number;
}

/** Equity that reached zero or less has no meaningful returns afterwards. */
export const isRuined = (points: readonly EquityPoint[]): boolean => points.some(({ equity }) => !(equity > 0));

/** Distance of each point from the high-water mark so far, as a fraction: 0 or negative. The mark begins at `start`. */
export function underwaterOf(points: readonly EquityPoint[], start: number): Float64Array {
  let peak = start;
  return Float64Array.from(points, ({ equity }) => {
    peak = Math.max(peak, equity);
    return equity / peak - 1;
  });
}
