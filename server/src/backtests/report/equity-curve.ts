/** One mark of the account: the bar's start in ISO-8601 UTC, and the equity at its close, in dollars. */
export interface EquityPoint {
  readonly time: string;
  readonly equity: number;
}

/** Simple return of each point over the one before; the first over `start`. */
export function returnsOf(points: readonly EquityPoint[], start: number): Float64Array {
  const returns = new Float64Array(points.length);
  let previous = start;
  for (const [index, { equity }] of points.entries()) {
    returns[index] = equity === previous ? 0 : equity / previous - 1;
    previous = equity;
  }
  return returns;
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

export interface Drawdown {
  /** Negative. */
  readonly depth: number;
  readonly peakTime: string;
  readonly troughTime: string;
  /** First return to the peak; `null` while under water at the end. */
  readonly recoveryTime: string | null;
  /** From the peak to the trough, and from the peak to the recovery or the end of the data. */
  readonly barsToTrough: number;
  readonly bars: number;
}

/** The stretches below a high-water mark, deepest first. The first point is a peak. */
export function drawdownsOf(points: readonly EquityPoint[]): readonly Drawdown[] {
  const found: Drawdown[] = [];
  let peak = 0;
  let trough = 0;
  const valueAt = (index: number): number => points[index]?.equity ?? Number.NaN;
  const timeAt = (index: number): string => points[index]?.time ?? '';
  const close = (end: number, recovered: boolean): void => {
    if (trough <= peak) return;
    found.push({
      depth: valueAt(trough) / valueAt(peak) - 1,
      peakTime: timeAt(peak),
      troughTime: timeAt(trough),
      recoveryTime: recovered ? timeAt(end) : null,
      barsToTrough: trough - peak,
      bars: end - peak,
    });
  };
  for (let index = 1; index < points.length; index += 1) {
    if (valueAt(index) >= valueAt(peak)) {
      close(index, true);
      peak = index;
      trough = index;
    } else if (trough === peak || valueAt(index) < valueAt(trough)) trough = index;
  }
  close(points.length - 1, false);
  return found.sort((a, b) => a.depth - b.depth);
}

export interface PeriodReturn {
  /** `2024-03` or `2024`. */
  readonly period: string;
  readonly return: number;
}

/** Return of each calendar month (7 characters of the time) or year (4): last mark over the last mark of the period before. */
export function calendarReturnsOf(points: readonly EquityPoint[], start: number, characters: 4 | 7): readonly PeriodReturn[] {
  const lastOf = new Map<string, number>();
  for (const { time, equity } of points) lastOf.set(time.slice(0, characters), equity);
  let previous = start;
  return [...lastOf].map(([period, equity]) => {
    const value = equity / previous - 1;
    previous = equity;
    return { period, return: value };
  });
}
