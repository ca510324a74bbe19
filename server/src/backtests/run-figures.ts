import { returnsOf } from '@tidemark/compute';
import { calendarReturns } from '@tidemark/compute/statistics';
import type { CalendarUnit, PeriodReturn, Statistics } from '@tidemark/compute/statistics';
import type { BacktestResult } from '@tidemark/compute/types';
import { badgesOf } from './badges.ts';
import { METRIC_LABELS } from './metric-labels.ts';
import type { Timeframe } from '../market-data/bar.ts';
import { isRuined, underwaterOf } from './report/equity-curve.ts';
import { timeframeOfRun } from './run-timeframe.ts';
import type { SelectionRecord } from './selection.ts';

export interface RunMetric {
  readonly name: string;
  readonly label: string;
  readonly value: number | null;
  readonly unit: string;
}

/** What is shown of a run without its curve and its trades. */
export interface RunFigures {
  readonly metrics: readonly RunMetric[];
  /** Short words on what to mind. */
  readonly badges: readonly string[];
  /** In the order of time: `2024-03`, and `2024`. None after a ruin. */
  readonly months: readonly PeriodReturn[];
  readonly years: readonly PeriodReturn[];
  /** Of its bars; `undefined` where there are too few to tell. */
  readonly timeframe: Timeframe | undefined;
}

/** A round trip, matched first in, first out. */
export type RunTrade = BacktestResult['trades'][number];

/** The equity at a bar's close, in dollars, and its distance from the high-water mark: a fraction, 0 or negative. */
export interface RunPoint {
  readonly time: string;
  readonly equity: number;
  readonly drawdown: number;
}

/** The return of each calendar month and year that the curve touches, by UTC; none where equity reached zero, for nothing can be earned on nothing. */
export function calendarOf(result: Pick<BacktestResult, 'equity' | 'options'>): Pick<RunFigures, 'months' | 'years'> {
  const returns = isRuined(result.equity) ? undefined : returnsOf(result);
  const timesMs = Float64Array.from(result.equity, ({ time }) => Date.parse(time));
  const by = (unit: CalendarUnit): readonly PeriodReturn[] => (returns === undefined ? [] : calendarReturns(returns, timesMs, unit));
  return { months: by('month'), years: by('year') };
}

export const figuresOf = (result: BacktestResult, statistics: Statistics, selection: SelectionRecord | undefined): RunFigures => ({
  metrics: METRIC_LABELS.map(({ name, label, unit }) => ({ name, label, unit, value: result.metrics[name] })),
  badges: badgesOf(result, statistics, selection),
  ...calendarOf(result),
  timeframe: timeframeOfRun(result),
});

/** The equity curve with its distance from the high-water mark, as a fraction, at each point. The mark begins at the run's cash. */
export function withDrawdown({ equity, options }: Pick<BacktestResult, 'equity' | 'options'>): RunPoint[] {
  const underwater = underwaterOf(equity, options.cash);
  return equity.map((point, index) => ({ ...point, drawdown: underwater[index] ?? Number.NaN }));
}

/** Fewest points that a curve is cut to: its first and last, and the highest and the deepest between them. */
export const POINTS_MIN = 4;

/** Places of the highest equity and the deepest drawdown from `from` up to `to`, which is left out, in their order. */
function extremesOf(points: readonly RunPoint[], from: number, to: number): readonly number[] {
  let [highest, deepest] = [from, from];
  for (let place = from + 1; place < to; place += 1) {
    if ((points[place]?.equity ?? 0) > (points[highest]?.equity ?? 0)) highest = place;
    if ((points[place]?.drawdown ?? 0) < (points[deepest]?.drawdown ?? 0)) deepest = place;
  }
  return highest === deepest ? [highest] : [Math.min(highest, deepest), Math.max(highest, deepest)];
}

/**
 * At most `most` points of a curve, and all of a shorter one: the first and the last, and of each stretch between them, all as long as one bar or nearly so, the highest equity and the deepest
 * drawdown. So its highest point and its maximum drawdown stay. `most` is at least {@link POINTS_MIN}.
 */
export function thinned(points: readonly RunPoint[], most: number): readonly RunPoint[] {
  const { length } = points;
  if (length <= most) return points;
  const stretches = Math.floor((most - 2) / 2);
  const inner = length - 2;
  const places = Array.from({ length: stretches }, (_, stretch) =>
    extremesOf(points, 1 + Math.floor((stretch * inner) / stretches), 1 + Math.floor(((stretch + 1) * inner) / stretches)),
  ).flat();
  return [0, ...places, length - 1].flatMap((place) => points[place] ?? []);
}
