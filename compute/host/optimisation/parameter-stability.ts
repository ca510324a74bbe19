import type { AxisValue, ParameterAxis } from '../parameter-axis.ts';
import type { ParameterValues } from '../types.ts';

/** How much the chosen value of a parameter moves from window to window. A rule that holds has little reason to. */
export interface ParameterStability {
  readonly name: string;
  readonly distinct: number;
  /** Of windows after the first, the share whose value is another than in the one before; `null` of fewer than two. */
  readonly changed: number | null;
  readonly mostCommon: AxisValue;
  /** Share of windows with the most common value. */
  readonly mostCommonShare: number;
  /** Of numbers; `null` for choices. */
  readonly mean: number | null;
  readonly least: number | null;
  readonly largest: number | null;
  /** Mean absolute change from window to window, in steps of the grid; `null` for choices and samples, and of fewer than two. */
  readonly meanStep: number | null;
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

function placesOf(axis: ParameterAxis, values: readonly AxisValue[]): readonly number[] {
  if (axis.kind !== 'number' || !Number.isFinite(axis.count)) return [];
  const known = new Map(Array.from({ length: axis.count }, (_, index) => [axis.at(index), index]));
  return values.map((value) => known.get(value) ?? Number.NaN);
}

const changesOf = (places: readonly number[]): readonly number[] =>
  places.slice(1).map((place, index) => Math.abs(place - (places[index] ?? Number.NaN)));

function stabilityOf(axis: ParameterAxis, values: readonly AxisValue[]): ParameterStability {
  const counts = new Map<AxisValue, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  // Of equally common ones the first that was chosen.
  const [[mostCommon, most] = ['', 0]] = [...counts].toSorted(([, a], [, b]) => b - a);
  const numbers = axis.kind === 'number' ? values.map(Number) : [];
  const sorted = numbers.toSorted((a, b) => a - b);
  return {
    name: axis.name,
    distinct: counts.size,
    changed: mean(values.slice(1).map((value, index) => Number(value !== values[index]))),
    mostCommon,
    mostCommonShare: most / values.length,
    mean: mean(numbers),
    least: sorted[0] ?? null,
    largest: sorted.at(-1) ?? null,
    meanStep: mean(changesOf(placesOf(axis, values))),
  };
}

/** Of each axis over the windows in which a set was chosen; empty where there is none. */
export function parameterStability(axes: readonly ParameterAxis[], chosen: readonly ParameterValues[]): readonly ParameterStability[] {
  if (chosen.length === 0) return [];
  return axes.map((axis) =>
    stabilityOf(
      axis,
      chosen.map((values) => values[axis.name] ?? ''),
    ),
  );
}
