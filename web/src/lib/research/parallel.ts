import type { SweepTrialsQuery } from '@tidemark/schema/documents';
import { number, percent } from '#lib/format.ts';
import type { Figure } from './surface.ts';

export type Trials = NonNullable<NonNullable<SweepTrialsQuery['sweep']>['trialTable']>;

/** One upright line of the picture, and where each trial crosses it: 0 below, 1 above, not a number where it has no value. */
export interface Axis {
  readonly name: string;
  readonly isFigure: boolean;
  readonly places: Float64Array;
  /** Places of its values in order, each once: a step by keys goes from one to the next. */
  readonly stops: readonly number[];
  /** The value at a place, in words. */
  readonly text: (place: number) => string;
}

/** What is let through on an axis: from a place to a place, both included. */
export type Range = readonly [number, number];
/** The ranges of axes by their names. */
export type Brushes = Readonly<Record<string, Range>>;

export const WHOLE = [0, 1] as const;
/** Figures have a value of their own a trial: keys go in so many steps. */
const STEPS = 50;
/** Places are compared with this much room: they come from divisions. */
const ROOM = 1e-9;

const FIGURES: readonly { readonly figure: Figure; readonly name: string; readonly text: (value: number) => string }[] = [
  { figure: 'sharpe', name: 'Sharpe', text: (value) => number(value) },
  { figure: 'totalReturn', name: 'Return', text: (value) => percent(value, { decimals: 0 }) },
  { figure: 'maxDrawdown', name: 'Drawdown', text: (value) => percent(value, { decimals: 0 }) },
];

export const figureName = (figure: Figure): string => FIGURES.find((each) => each.figure === figure)?.name ?? '';

interface Scale {
  readonly low: number;
  readonly span: number;
}

function scaleOf(values: readonly (number | null)[]): Scale | undefined {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return undefined;
  const low = known.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  const high = known.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  return { low, span: high - low };
}

/** All values the same stand in the middle. */
const placeIn = ({ low, span }: Scale, value: number): number => (span === 0 ? 0.5 : (value - low) / span);

function parameterAxis(name: string, values: readonly string[]): Axis | undefined {
  const distinct = [...new Set(values)];
  if (distinct.length < 2) return undefined;
  const areNumbers = distinct.every((value) => value !== '' && Number.isFinite(Number(value)));
  const inOrder = areNumbers ? distinct.toSorted((a, b) => Number(a) - Number(b)) : distinct;
  const scale = scaleOf(inOrder.map((value, index) => (areNumbers ? Number(value) : index)));
  const stops = inOrder.map((value, index) => (scale === undefined ? 0.5 : placeIn(scale, areNumbers ? Number(value) : index)));
  const placeOf = new Map(inOrder.map((value, index) => [value, stops[index] ?? Number.NaN]));
  return {
    name,
    isFigure: false,
    places: Float64Array.from(values, (value) => placeOf.get(value) ?? Number.NaN),
    stops,
    text: (place) => inOrder[nearestStop(stops, place)] ?? '',
  };
}

/** Index of the stop nearest to a place, the lower of two. */
export function nearestStop(stops: readonly number[], place: number): number {
  let best = 0;
  for (const [index, stop] of stops.entries()) if (Math.abs(stop - place) < Math.abs((stops[best] ?? 0) - place) - ROOM) best = index;
  return best;
}

/** The parameters that vary, in their order, and the figures that any trial has. */
export function axesOf(trials: Trials): readonly Axis[] {
  const parameters = trials.parameters.flatMap(({ name, values }) => parameterAxis(name, values) ?? []);
  const figures = FIGURES.flatMap(({ figure, name, text }): Axis[] => {
    const scale = scaleOf(trials[figure]);
    if (scale === undefined) return [];
    const stops = scale.span === 0 ? [0.5] : Array.from({ length: STEPS + 1 }, (_, step) => step / STEPS);
    const places = Float64Array.from(trials[figure], (value) => (value === null ? Number.NaN : placeIn(scale, value)));
    return [{ name, isFigure: true, places, stops, text: (place) => text(scale.low + scale.span * (scale.span === 0 ? 0 : place)) }];
  });
  return [...parameters, ...figures];
}

const isWhole = ([low, high]: Range): boolean => low <= 0 && high >= 1;

/** With what an axis lets through; all of it is no brush at all. */
export function brushed(brushes: Brushes, name: string, range: Range): Brushes {
  const others = Object.entries(brushes).filter(([other]) => other !== name);
  return Object.fromEntries(isWhole(range) ? others : [...others, [name, range]]);
}

/** Rows of the trials that every brush lets through, in their order. One without a value passes no brush on that axis. */
export function passing(axes: readonly Axis[], brushes: Brushes, count: number): readonly number[] {
  const wanted = axes.flatMap(({ name, places }) => {
    const range = brushes[name];
    return range === undefined ? [] : [{ places, low: range[0] - ROOM, high: range[1] + ROOM }];
  });
  const rows: number[] = [];
  for (let row = 0; row < count; row += 1) {
    if (wanted.every(({ places, low, high }) => (places[row] ?? Number.NaN) >= low && (places[row] ?? Number.NaN) <= high)) rows.push(row);
  }
  return rows;
}

/** From the worst to the best by a figure; those without it come first. Of equals the first is the best, as in the list of the best sets. */
export function ranked(rows: readonly number[], values: readonly (number | null)[]): readonly number[] {
  const of = (row: number): number => values[row] ?? Number.NEGATIVE_INFINITY;
  return rows.toSorted((a, b) => (of(a) === of(b) ? b - a : of(a) - of(b)));
}

/** The range after one of its ends went so many stops further; an end never passes the other. */
export function stepped(stops: readonly number[], range: Range, end: 0 | 1, by: number): Range {
  const from = nearestStop(stops, range[end]);
  const next = stops[Math.max(0, Math.min(stops.length - 1, from + by))] ?? range[end];
  return moved(range, end, next);
}

/** The range after one of its ends went to a place. */
export function moved([low, high]: Range, end: 0 | 1, place: number): Range {
  const inside = Math.max(0, Math.min(1, place));
  return end === 0 ? [Math.min(inside, high), high] : [low, Math.max(inside, low)];
}

/** The row whose line passes nearest to a place: `across` counts axes, `up` is 0 to 1. `undefined` beyond `most`. */
export function nearestLine(
  axes: readonly Axis[],
  rows: readonly number[],
  { across, up }: { readonly across: number; readonly up: number },
  most: number,
): number | undefined {
  const left = Math.max(0, Math.min(axes.length - 2, Math.floor(across)));
  const [from, to] = [axes[left]?.places, axes[left + 1]?.places];
  if (from === undefined || to === undefined) return undefined;
  const share = Math.max(0, Math.min(1, across - left));
  let best: number | undefined;
  let least = most;
  for (const row of rows) {
    const distance = Math.abs((from[row] ?? Number.NaN) * (1 - share) + (to[row] ?? Number.NaN) * share - up);
    // Of lines that lie upon each other the last, which is drawn above.
    if (distance <= least) [best, least] = [row, distance];
  }
  return best;
}
