import fc from 'fast-check';
import { rowsOf } from './training-data.ts';
import type { TrainingData } from './training-data.ts';

/** For tests: rows that one can learn something from, by a linear rule with noise. Weights are whole numbers, a few of them 0. */
export interface RandomTraining {
  readonly data: TrainingData & { readonly weights: Float64Array };
  /** The rule's value with noise: a label for regressions. */
  readonly values: Float64Array;
}

const cell = fc.double({ min: -3, max: 3, noNaN: true }).map((value) => Math.round(value * 1000) / 1000);

export const randomTraining: fc.Arbitrary<RandomTraining> = fc
  .record({ columns: fc.integer({ min: 1, max: 4 }), rows: fc.integer({ min: 30, max: 60 }) })
  .chain(({ columns, rows }) =>
    fc.record({
      columns: fc.constant(columns),
      cells: fc.array(cell, { minLength: rows * columns, maxLength: rows * columns }),
      noise: fc.array(cell, { minLength: rows, maxLength: rows }),
      weights: fc.array(fc.constantFrom(0, 1, 1, 2, 3), { minLength: rows, maxLength: rows }),
      rule: fc.array(cell, { minLength: columns, maxLength: columns }),
    }),
  )
  .map(({ columns, cells, noise, weights, rule }) => {
    const rows = noise.length;
    // Something of each row's own moves every column, so that none of them is constant.
    const values = Float64Array.from(cells, (value, index) => value + ((index * 7919) % 101) / 1000);
    const targets = Float64Array.from(noise, (each, row) => rule.reduce((sum, b, k) => sum + b * (values[row * columns + k] ?? 0), each));
    const middle = [...targets].toSorted((a, b) => a - b)[rows >> 1] ?? 0;
    const features = rule.map((_, k) => `f${k}`);
    // Labels with a share that the rule does not explain: the first rows take turns.
    const labels = targets.map((value, row) => (row < 12 ? row % 2 : Number(value >= middle)));
    const counted = Float64Array.from(weights, (weight, row) => (row < 12 ? 1 : weight));
    return { data: { features, x: { rows, columns, values }, y: labels, weights: counted }, values: targets };
  });

/** Each row as often as it weighs, without weights. */
export function repeatedRows({ features, x, y, weights = new Float64Array(x.rows).fill(1) }: TrainingData): TrainingData {
  const places = [...weights].flatMap((weight, row) => Array.from({ length: weight }, () => row));
  return rowsOf({ features, x, y }, places);
}
