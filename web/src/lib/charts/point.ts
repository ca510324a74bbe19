/** One point of an equity curve, as a chart draws it. */
export interface Point {
  readonly at: string;
  readonly equity: number;
  /** A positive fraction below the high-water mark. */
  readonly drawdown: number;
  readonly highWaterMark: number;
  readonly benchmark?: number | undefined;
}
