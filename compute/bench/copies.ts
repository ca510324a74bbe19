import type { BarSeries } from '../host/types.ts';
import type { Work } from './measure.ts';

export interface Copy extends Work {
  readonly targets: readonly Float64Array[];
}

/** Copies columns into others that are there already: the least that any work over them can take. */
export function copyOf(name: string, columns: readonly Float64Array[]): Copy {
  const targets = columns.map((column) => new Float64Array(column.length));
  const run = (): void => {
    for (const [index, column] of columns.entries()) targets[index]?.set(column);
  };
  return { name, run, targets };
}

export function copyOfBars({ open, high, low, close, volume }: BarSeries): Copy {
  return copyOf('copy of its five columns', [open, high, low, close, volume]);
}

/** Copies as many doubles, which are not zero, from one array to another. */
export function copyOfDoubles(count: number): Copy {
  return copyOf(`copy of ${count.toLocaleString('en')} doubles`, [new Float64Array(count).fill(1.5)]);
}
