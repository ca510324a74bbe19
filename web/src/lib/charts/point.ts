/** One point of an equity curve, as a chart draws it. */
export interface Point {
  readonly at: string;
  readonly equity: number;
  /** A positive fraction below the high-water mark. */
  readonly drawdown: number;
  readonly highWaterMark: number;
  readonly benchmark?: number | undefined;
}

/** Of a curve as the server gives it: its high-water mark is worked out. */
export function pointsOf(
  curve: readonly { readonly time: string; readonly equity: number; readonly drawdown: number }[],
): readonly Point[] {
  let high = Number.NEGATIVE_INFINITY;
  return curve.map(({ time, equity, drawdown }) => {
    high = Math.max(high, equity);
    return { at: time, equity, drawdown: Math.abs(drawdown), highWaterMark: high };
  });
}
