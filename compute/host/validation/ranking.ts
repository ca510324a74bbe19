import type { Figure } from '../statistics-input.ts';
import { at, checkFinite, checkLabels, weightsOf } from '../rows-input.ts';

/** Of each score as a threshold, from the highest down: what share of zeros and of ones lies at or above it. Begins at the origin. */
export interface RocCurve {
  readonly falsePositiveRate: Float64Array;
  readonly truePositiveRate: Float64Array;
}

/** Weight at or above each distinct score, from the highest down. */
interface Steps {
  readonly zeros: readonly number[];
  readonly ones: readonly number[];
}

/** Rows of equal score are one step, so that their order cannot matter. */
function stepsOf(what: string, labels: Float64Array, scores: Float64Array, weights: Float64Array | undefined): Steps {
  checkLabels(what, labels);
  checkFinite(what, 'scores', scores, labels.length);
  const counted = weightsOf(what, labels.length, weights);
  const order = Uint32Array.from(labels.keys()).sort((a, b) => at(scores, b) - at(scores, a));
  const [zeros, ones]: [number[], number[]] = [[], []];
  let [zero, one] = [0, 0];
  for (const [place, row] of order.entries()) {
    if (at(labels, row) === 1) one += at(counted, row);
    else zero += at(counted, row);
    if (place + 1 < order.length && at(scores, at(order, place + 1)) === at(scores, row)) continue;
    zeros.push(zero);
    ones.push(one);
  }
  return { zeros, ones };
}

/** `null` where one of the classes has no weight. */
export function rocCurve(labels: Float64Array, scores: Float64Array, weights?: Float64Array): RocCurve | null {
  const { zeros, ones } = stepsOf('rocCurve', labels, scores, weights);
  const [zero, one] = [zeros.at(-1) ?? 0, ones.at(-1) ?? 0];
  if (zero === 0 || one === 0) return null;
  return {
    falsePositiveRate: sharesOf(zeros, zero),
    truePositiveRate: sharesOf(ones, one),
  };
}

/** Of the whole, from the origin on. */
function sharesOf(steps: readonly number[], whole: number): Float64Array {
  const shares = new Float64Array(steps.length + 1);
  for (const [step, weight] of steps.entries()) shares[step + 1] = weight / whole;
  return shares;
}

/**
 * Area under the ROC curve: the probability that a one has a higher score than a zero, ties counted by half (Hanley and McNeil, 1982). `null` where
 * one of the classes has no weight.
 */
export function rocAuc(labels: Float64Array, scores: Float64Array, weights?: Float64Array): Figure {
  const { zeros, ones } = stepsOf('rocAuc', labels, scores, weights);
  const [zero, one] = [zeros.at(-1) ?? 0, ones.at(-1) ?? 0];
  if (zero === 0 || one === 0) return null;
  let area = 0;
  for (let step = 0; step < zeros.length; step += 1) {
    const [zerosBefore, onesBefore] = step === 0 ? [0, 0] : [at(zeros, step - 1), at(ones, step - 1)];
    area += (at(zeros, step) - zerosBefore) * (at(ones, step) + onesBefore);
  }
  return area / (2 * zero * one);
}

/** Σ (recall gained at a threshold · precision there), from the highest threshold down, without interpolation. `null` without ones. */
export function averagePrecision(labels: Float64Array, scores: Float64Array, weights?: Float64Array): Figure {
  const { zeros, ones } = stepsOf('averagePrecision', labels, scores, weights);
  const one = ones.at(-1) ?? 0;
  if (one === 0) return null;
  let sum = 0;
  for (let step = 0; step < zeros.length; step += 1) {
    const gained = at(ones, step) - (step === 0 ? 0 : at(ones, step - 1));
    if (gained > 0) sum += (gained * at(ones, step)) / (at(ones, step) + at(zeros, step));
  }
  return sum / one;
}
