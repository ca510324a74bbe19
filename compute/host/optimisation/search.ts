import type { ParameterAxis } from '../parameter-axis.ts';
import type { GridSet } from '../parameter-grid.ts';
import type { SweepPool } from '../sweep.ts';
import type { SweepSpan } from '../sweep-runner.ts';
import { Selector, type Selection, type SelectionSpec } from './selection.ts';
import type { FigureBasis } from './set-figures.ts';

/** The sets among which one is chosen, and how. */
export interface ParameterSpace {
  readonly axes: readonly ParameterAxis[];
  /** Begins anew each time: the same sets in the same order. */
  readonly sets: () => Iterable<GridSet>;
  /** Whether they are those of the axes' grid, so that they have neighbours. */
  readonly isGrid: boolean;
  readonly selection: SelectionSpec;
}

/** Throws `UsageError` for a criterion that is wrong or a plateau that cannot be: before anything runs. */
export function checkSpace(space: ParameterSpace): void {
  selectorOf(space, { bars: 1, periodsPerYear: 1 });
}

const selectorOf = ({ axes, isGrid, selection }: ParameterSpace, basis: FigureBasis): Selector =>
  new Selector(selection, axes, basis, isGrid);

/** Runs all sets over a span of the pool's bars and chooses one. `onSets` is told how many more are done. */
export async function search(
  pool: SweepPool,
  space: ParameterSpace,
  span: SweepSpan,
  basis: FigureBasis,
  onSets?: (count: number) => void,
): Promise<Selection> {
  const selector = selectorOf(space, basis);
  for await (const chunk of pool.run(space.sets(), span)) {
    selector.take(chunk);
    onSets?.(chunk.sets.length);
  }
  return selector.result();
}
