import { philoxUniform } from '../philox.ts';
import type { Samples } from './samples.ts';

/** Numbers from 0 to below 1: each stream of a seed is one of its own. */
export function uniform(seed: number, stream = 0): () => number {
  let drawn = 0;
  return () => philoxUniform(drawn++, stream, seed);
}

export interface MadeOptions {
  readonly rows: number;
  readonly features: number;
  readonly seed?: number;
  /** Part of the values that is missing. */
  readonly missing?: number;
  /** Different values of a feature; as many as there are when absent. */
  readonly steps?: number | undefined;
}

/** Columns of noise. */
export function madeColumns({ rows, features, seed = 1, missing = 0, steps }: MadeOptions): readonly Float64Array[] {
  const next = uniform(seed);
  const value = (): number => {
    const noise = next() + next() - 1;
    if (next() < missing) return Number.NaN;
    return steps === undefined ? noise : Math.round(noise * steps);
  };
  return Array.from({ length: features }, () => Float64Array.from({ length: rows }, value));
}

/** Samples whose target follows from the first features, and noise. Missing values count as 0.5. */
export function madeSamples(kind: 'class' | 'value', options: MadeOptions, classes = 2): Samples {
  const columns = madeColumns(options);
  const next = uniform(options.seed ?? 1, 1);
  const at = (feature: number, row: number): number => {
    const value = columns[feature]?.[row] ?? 0;
    return Number.isNaN(value) ? 0.5 : value;
  };
  const target = Float64Array.from({ length: options.rows }, (_, row) => {
    const level = at(0, row) + 2 * at(1, row) * at(2, row) + (next() - 0.5) / 2;
    return kind === 'value' ? level : Math.min(classes - 1, Math.max(0, Math.floor(((level + 1) / 2) * classes)));
  });
  return { names: columns.map((_, feature) => `f${feature}`), columns, target };
}

export const rowOf = (columns: readonly Float64Array[], row: number): Float64Array =>
  Float64Array.from(columns, (column) => column[row] ?? Number.NaN);
