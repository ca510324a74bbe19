import { UsageError } from '../backtest-flags.ts';
import type { AxisValue, ParameterAxis } from '../parameter-axis.ts';
import type { GridSet } from '../parameter-grid.ts';

/**
 * How good the neighbourhood of a set is. Neighbours are the sets of the grid that ran and lie within so many steps on every axis of numbers,
 * with the same values on axes of choices; the set itself is one of them. The score of the plateau is the median of their scores: a lonely
 * peak does not lift it, for it is one value of many.
 */
export interface Plateau {
  /** Steps of the grid, on each axis. */
  readonly steps: number;
  /** Neighbours that ran, the set itself included. */
  readonly neighbours: number;
  /** Of them, those whose objective has a value: the figures below are theirs. */
  readonly scored: number;
  readonly median: number | null;
  readonly worst: number | null;
  readonly mean: number | null;
  /** Median over the set's own score; `null` where that is not above 0. 1 is flat ground, near 0 is a peak that stands alone. */
  readonly ratio: number | null;
}

/** Scores of a whole grid are kept: of so many sets at most. */
export const PLATEAU_SETS_MAX = 10_000_000;
/** Of a plateau's neighbours at least this part must have a score, or it is chosen by nobody. */
const SCORED_MIN = 0.5;
const NOT_RUN = Number.NaN;
const NO_SCORE = -Infinity;

export const combinationsOf = (axes: readonly ParameterAxis[]): number => axes.reduce((product, { count }) => product * count, 1);

function medianOf(sorted: readonly number[]): number {
  const middle = sorted.length >>> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The scores of a grid, by the places of their values on the axes. */
export class ScoreGrid {
  private readonly axes: readonly ParameterAxis[];
  private readonly places: readonly ReadonlyMap<AxisValue, number>[];
  private readonly scores: Float64Array;

  /** Throws {@link UsageError} for axes without steps and grids that are too large. */
  constructor(axes: readonly ParameterAxis[]) {
    const endless = axes.find(({ count }) => !Number.isFinite(count));
    if (endless !== undefined)
      throw new UsageError(`a plateau is counted in steps of a grid, and ${endless.name} has none: give it a step`);
    const size = combinationsOf(axes);
    if (size > PLATEAU_SETS_MAX)
      throw new UsageError(`a plateau is looked for in grids of up to ${PLATEAU_SETS_MAX} sets; this one has ${size}`);
    this.axes = axes;
    this.places = axes.map((axis) => new Map(Array.from({ length: axis.count }, (_, index) => [axis.at(index), index])));
    this.scores = new Float64Array(size).fill(NOT_RUN);
  }

  /** A set that ran; its score is not-a-number where the objective has no value. */
  put(set: GridSet, score: number): void {
    this.scores[this.indexOf(this.placesOf(set))] = Number.isNaN(score) ? NO_SCORE : score;
  }

  plateau(set: GridSet, steps: number): Plateau {
    const ran = this.around(set, steps);
    const sorted = ran.filter((score) => score !== NO_SCORE).toSorted((a, b) => a - b);
    const own = this.scores[this.indexOf(this.placesOf(set))] ?? Number.NaN;
    const some = sorted.length > 0;
    const median = some ? medianOf(sorted) : null;
    return {
      steps,
      neighbours: ran.length,
      scored: sorted.length,
      median,
      worst: sorted[0] ?? null,
      mean: some ? sorted.reduce((sum, score) => sum + score, 0) / sorted.length : null,
      ratio: median !== null && own > 0 ? median / own : null,
    };
  }

  /** The median around a set; not-a-number where too few of its neighbours have a score. */
  level(set: GridSet, steps: number): number {
    const { neighbours, scored, median } = this.plateau(set, steps);
    return scored >= SCORED_MIN * neighbours ? (median ?? Number.NaN) : Number.NaN;
  }

  private around(set: GridSet, steps: number): readonly number[] {
    let indexes: readonly number[] = [0];
    for (const [axis, place] of this.placesOf(set).entries()) {
      const { kind, count } = this.axes[axis] ?? { kind: 'text', count: 1 };
      const reach = kind === 'number' ? steps : 0;
      const [first, last] = [Math.max(0, place - reach), Math.min(count - 1, place + reach)];
      indexes = indexes.flatMap((index) => Array.from({ length: last - first + 1 }, (_, step) => index * count + first + step));
    }
    return indexes.map((index) => this.scores[index] ?? NOT_RUN).filter((score) => !Number.isNaN(score));
  }

  private placesOf(set: GridSet): readonly number[] {
    return set.map((value, axis) => {
      const place = this.places[axis]?.get(value);
      if (place === undefined) throw new Error('Invariant: a set of the grid has values of its axes');
      return place;
    });
  }

  private indexOf(places: readonly number[]): number {
    return places.reduce((index, place, axis) => index * (this.axes[axis]?.count ?? 1) + place, 0);
  }
}
