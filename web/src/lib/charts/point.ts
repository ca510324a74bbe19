/** One point of an equity curve, as a chart draws it. */
export interface Point {
  readonly at: string;
  readonly equity: number;
  /** A positive fraction below the high-water mark. */
  readonly drawdown: number;
  readonly highWaterMark: number;
  readonly benchmark?: number | undefined;
}

/** Of a curve as the server gives it, whose mark begins at the cash: it follows from equity and drawdown, but where all is lost. */
export function pointsOf(
  curve: readonly { readonly time: string; readonly equity: number; readonly drawdown: number }[],
): readonly Point[] {
  let high = 0;
  return curve.map(({ time, equity, drawdown }) => {
    if (drawdown > -1) high = equity / (1 + drawdown);
    return { at: time, equity, drawdown: Math.abs(drawdown), highWaterMark: high };
  });
}
