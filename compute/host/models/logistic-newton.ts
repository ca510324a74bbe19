import type { Matrix } from '../statistics-matrix.ts';
import { at } from '../validation/input.ts';
import { solvePositiveDefinite } from './cholesky.ts';
import { exponential } from './exponential.ts';
import { TrainingError } from './training-data.ts';

const STEPS_MAX = 200;
const HALVINGS_MAX = 50;
/** Newton's step halves the distance to nothing in a few more steps from here: the loss cannot tell them any more. */
const NEAR = 1e-8;
/** What the next step could still gain, in parts of the loss. After it the optimum is as near as numbers go. */
const DONE = 1e-14;
/** The part of the promised gain that a step must bring (Armijo, 1966). */
const GAIN_MIN = 1e-4;

/** A loss that is to be least: Σ w (log(1 + e^z) − t z) + ½ Σ penalty · b², z = x · b. */
export interface LogisticProblem {
  readonly what: string;
  readonly x: Matrix;
  /** From 0 to 1; probabilities that are wanted, and mostly labels. */
  readonly targets: Float64Array;
  readonly weights: Float64Array;
  /** One a column. */
  readonly penalties: Float64Array;
}

/** Slope and curvature of the loss at a place. */
interface Shape {
  readonly loss: number;
  readonly gradient: Float64Array;
  /** Lower half, row by row. */
  readonly hessian: Float64Array;
}

/**
 * The coefficients of the least loss, by Newton's method with halved steps: the loss is convex, so that there is one optimum, and the way to it is the same
 * each time. Throws a {@link TrainingError} where the optimum is not determined.
 */
export function leastLogisticLoss(problem: LogisticProblem): Float64Array {
  let place: Float64Array = new Float64Array(problem.x.columns);
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const shape = shapeAt(problem, place);
    const direction = solvePositiveDefinite(shape.hessian, problem.x.columns, shape.gradient);
    if (direction === undefined) {
      throw new TrainingError(
        `${problem.what}: the coefficients are not determined: a feature follows from the others, or the classes are apart. Leave the feature out, or raise the penalty.`,
      );
    }
    const gain = dot(direction, shape.gradient) / 2;
    place = moved(problem, place, direction, shape.loss, gain);
    if (gain <= DONE * (1 + shape.loss)) return place;
  }
  throw new TrainingError(`${problem.what}: no optimum after ${STEPS_MAX} steps: raise the penalty.`);
}

function moved(problem: LogisticProblem, from: Float64Array, direction: Float64Array, loss: number, gain: number): Float64Array {
  const by = (part: number): Float64Array => from.map((value, index) => value - part * at(direction, index));
  if (gain <= NEAR * (1 + loss)) return by(1);
  let part = 1;
  for (let halving = 0; halving < HALVINGS_MAX; halving += 1) {
    const place = by(part);
    if (lossAt(problem, place) <= loss - GAIN_MIN * part * 2 * gain) return place;
    part /= 2;
  }
  throw new TrainingError(`${problem.what}: the loss does not fall any more: scale the weights to about 1, or raise the penalty.`);
}

function lossAt({ x, targets, weights, penalties }: LogisticProblem, place: Float64Array): number {
  let loss = 0;
  for (let row = 0; row < x.rows; row += 1) {
    const z = scoreOf(x, row, place);
    loss += at(weights, row) * (Math.log1p(exponential(-Math.abs(z))) + Math.max(z, 0) - at(targets, row) * z);
  }
  return place.reduce((sum, value, index) => sum + (at(penalties, index) * value * value) / 2, loss);
}

function shapeAt(problem: LogisticProblem, place: Float64Array): Shape {
  const { x, targets, weights, penalties } = problem;
  const { rows, columns, values } = x;
  const gradient = new Float64Array(columns);
  const hessian = new Float64Array(columns * columns);
  for (let row = 0; row < rows; row += 1) {
    const z = scoreOf(x, row, place);
    const weight = at(weights, row);
    const e = exponential(-Math.abs(z));
    const slope = weight * ((z >= 0 ? 1 / (1 + e) : e / (1 + e)) - at(targets, row));
    const curvature = (weight * e) / ((1 + e) * (1 + e));
    const start = row * columns;
    for (let i = 0; i < columns; i += 1) {
      const value = values[start + i] ?? 0;
      gradient[i] = (gradient[i] ?? 0) + slope * value;
      const scaled = curvature * value;
      const line = i * columns;
      for (let j = 0; j <= i; j += 1) hessian[line + j] = (hessian[line + j] ?? 0) + scaled * (values[start + j] ?? 0);
    }
  }
  for (let i = 0; i < columns; i += 1) {
    gradient[i] = at(gradient, i) + at(penalties, i) * at(place, i);
    hessian[i * columns + i] = at(hessian, i * columns + i) + at(penalties, i);
  }
  return { loss: lossAt(problem, place), gradient, hessian };
}

function scoreOf({ columns, values }: Matrix, row: number, place: Float64Array): number {
  let sum = 0;
  for (let column = 0; column < columns; column += 1) sum += at(values, row * columns + column) * at(place, column);
  return sum;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, index) => sum + value * at(b, index), 0);
