import { at, checkFinite, checkLabels, weightsOf } from '../rows-input.ts';
import { moves, weightedMean } from '../moments.ts';
import { sigmoid } from './sigmoid.ts';
import { leastLogisticLoss } from './logistic-newton.ts';
import { TrainingError } from './training-data.ts';

/** probability = 1 / (1 + e^−(slope · score + intercept)). */
export interface PlattCalibration {
  readonly kind: 'platt';
  readonly slope: number;
  readonly intercept: number;
}

/** Linear between the points, level outside them. Scores rise, probabilities do not fall. */
export interface IsotonicCalibration {
  readonly kind: 'isotonic';
  readonly scores: readonly number[];
  readonly probabilities: readonly number[];
}

/** What turns the scores of a classifier into probabilities that are as often right as they say. */
export type Calibration = PlattCalibration | IsotonicCalibration;

export function calibrated(calibration: Calibration, score: number): number {
  return calibration.kind === 'platt' ? sigmoid(calibration.slope * score + calibration.intercept) : interpolated(calibration, score);
}

/**
 * Platt's sigmoid, by Newton's method (Platt, Probabilistic Outputs for Support Vector Machines, 1999; Lin, Lin and Weng, 2007). Its targets are not 0 and 1
 * but (n₁ + 1)/(n₁ + 2) and 1/(n₀ + 2), n the weights of the classes, so that it stays finite where the classes are apart. Scores must be
 * of rows that the model has not been trained on.
 */
export function fitPlatt(scores: Float64Array, labels: Float64Array, weights?: Float64Array): PlattCalibration {
  const what = 'platt';
  const { counted, ones, zeros } = checkCalibrationData(what, scores, labels, weights);
  const high = (ones + 1) / (ones + 2);
  const low = 1 / (zeros + 2);
  // Seen from mean 0 and deviation 1, so that Newton's steps do not depend on the size of the scores.
  const mean = weightedMean(scores, counted);
  const squares = (centre: number): number => scores.reduce((sum, score, row) => sum + at(counted, row) * (score - centre) ** 2, 0);
  const spread = Math.sqrt(squares(mean) / (ones + zeros));
  if (!moves(squares(mean), squares(0)))
    throw new TrainingError(`${what}: all scores are ${mean}: a model that always says the same cannot be calibrated.`);
  const values = new Float64Array(2 * scores.length).fill(1);
  for (const [row, score] of scores.entries()) values[2 * row] = (score - mean) / spread;
  const [slope = 0, intercept = 0] = leastLogisticLoss({
    what,
    x: { rows: scores.length, columns: 2, values },
    targets: labels.map((label) => (label === 1 ? high : low)),
    weights: counted,
    penalties: new Float64Array(2),
  });
  return { kind: 'platt', slope: slope / spread, intercept: intercept - (slope / spread) * mean };
}

/** Rows next to each other that share a probability. */
interface Block {
  weight: number;
  mean: number;
  from: number;
  to: number;
}

/**
 * The rising steps that are nearest to the labels, by pooling adjacent violators (Ayer, Brunk, Ewing, Reid and Silverman, 1955; Zadrozny and Elkan, 2002); rows
 * of equal score count as one. It needs more rows than Platt's sigmoid: about a thousand. Scores must be of rows that the model has not been trained on.
 */
export function fitIsotonic(scores: Float64Array, labels: Float64Array, weights?: Float64Array): IsotonicCalibration {
  const { counted } = checkCalibrationData('isotonic', scores, labels, weights);
  const blocks: Block[] = [];
  for (const block of tiedScores(scores, labels, counted)) {
    let last = block;
    for (let before = blocks.at(-1); before !== undefined && before.mean >= last.mean; before = blocks.at(-1)) {
      blocks.pop();
      last = pooled(before, last);
    }
    blocks.push(last);
  }
  const points = blocks.flatMap(({ from, to, mean }) =>
    from === to ? [[from, mean] as const] : [[from, mean] as const, [to, mean] as const],
  );
  return { kind: 'isotonic', scores: points.map(([score]) => score), probabilities: points.map(([, probability]) => probability) };
}

/** A block for each distinct score that has weight, from the lowest up. */
function tiedScores(scores: Float64Array, labels: Float64Array, weights: Float64Array): readonly Block[] {
  const order = Uint32Array.from(scores.keys()).sort((a, b) => at(scores, a) - at(scores, b));
  const blocks: Block[] = [];
  for (const row of order) {
    const [score, weight] = [at(scores, row), at(weights, row)];
    if (weight === 0) continue;
    const own: Block = { weight, mean: at(labels, row), from: score, to: score };
    const last = blocks.at(-1);
    if (last?.to === score) blocks[blocks.length - 1] = pooled(last, own);
    else blocks.push(own);
  }
  return blocks;
}

function pooled(a: Block, b: Block): Block {
  const weight = a.weight + b.weight;
  return { weight, mean: (a.mean * a.weight + b.mean * b.weight) / weight, from: a.from, to: b.to };
}

function interpolated({ scores, probabilities }: IsotonicCalibration, score: number): number {
  let [low, high] = [0, scores.length - 1];
  if (score <= at(scores, low)) return at(probabilities, low);
  if (score >= at(scores, high)) return at(probabilities, high);
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (at(scores, middle) <= score) low = middle;
    else high = middle;
  }
  const part = (score - at(scores, low)) / (at(scores, high) - at(scores, low));
  return at(probabilities, low) + part * (at(probabilities, high) - at(probabilities, low));
}

interface CalibrationData {
  readonly counted: Float64Array;
  readonly ones: number;
  readonly zeros: number;
}

function checkCalibrationData(
  what: string,
  scores: Float64Array,
  labels: Float64Array,
  weights: Float64Array | undefined,
): CalibrationData {
  checkLabels(what, labels);
  checkFinite(what, 'scores', scores, labels.length);
  const counted = weightsOf(what, labels.length, weights);
  const ones = labels.reduce((sum, label, row) => sum + label * at(counted, row), 0);
  const zeros = labels.reduce((sum, label, row) => sum + (1 - label) * at(counted, row), 0);
  if (ones > 0 && zeros > 0) return { counted, ones, zeros };
  throw new TrainingError(`${what}: all labels are ${ones > 0 ? 1 : 0}: a calibration needs rows of both classes.`);
}
