import { setRowAt } from '@tidemark/compute';
import type { AxisValue, GridSet, ParameterAxis } from '@tidemark/compute';

/** A place of two parameters, with the best that any values of the others gave there. */
export interface SurfaceCell {
  readonly x: AxisValue;
  readonly y: AxisValue;
  readonly sharpe: number | null;
  readonly totalReturn: number;
  readonly maxDrawdown: number;
  readonly trades: number;
}

/** So many cells can be drawn and sent. */
export const CELLS_MAX = 20_000;

export type Surface = readonly SurfaceCell[];

const better = (a: SurfaceCell, b: SurfaceCell): boolean => (a.sharpe ?? Number.NEGATIVE_INFINITY) > (b.sharpe ?? Number.NEGATIVE_INFINITY);

/** Collects the cells of two axes from parts of a sweep, in any number of pieces. */
export function openSurface(axes: readonly ParameterAxis[], xName: string, yName: string) {
  const [x, y] = [axes.findIndex(({ name }) => name === xName), axes.findIndex(({ name }) => name === yName)];
  const cells = new Map<string, SurfaceCell>();
  return {
    add: (sets: Iterable<GridSet>, figures: Float64Array): void => {
      let index = 0;
      for (const set of sets) {
        const row = setRowAt(figures, index);
        index += 1;
        if (row === undefined) continue;
        const { sharpe, totalReturn, maxDrawdown, trades } = row;
        const cell = { x: set[x] ?? '', y: set[y] ?? '', sharpe, totalReturn, maxDrawdown, trades };
        const key = `${cell.x} ${cell.y}`;
        const before = cells.get(key);
        if (before === undefined || better(cell, before)) cells.set(key, cell);
      }
    },
    cells: (): Surface => [...cells.values()],
  };
}
