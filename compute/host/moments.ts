import { at } from './rows-input.ts';

/** Σ w x / Σ w. */
export function weightedMean(values: Float64Array, weights: Float64Array): number {
  let [sum, weight] = [0, 0];
  for (let row = 0; row < values.length; row += 1) {
    sum += at(weights, row) * at(values, row);
    weight += at(weights, row);
  }
  return sum / weight;
}

/** A deviation below this share of the values' size is the rounding of their mean. */
const ROUNDING = 1e-14;

/** Whether values move: `spread` is their Σ w (x − mean)², `size` their Σ w x². What divides by the spread of values that do not has no meaning. */
export const moves = (spread: number, size: number): boolean => spread > ROUNDING ** 2 * size;

/** Mean, and deviation over n − 1. */
export function momentsOf(values: readonly number[]): { readonly mean: number; readonly deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (values.length - 1)) };
}
