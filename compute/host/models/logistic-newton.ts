import type { Matrix } from '../statistics-matrix.ts';
import { at } from '../rows-input.ts';
import { solvePositiveDefinite } from './cholesky.ts';
import { exponential } from './exponential.ts';
import { TrainingError } from './training-data.ts';

const STEPS_MAX = 200;
const HALVINGS_MAX = 50;
/** Newton's step halves the distance to nothing in a few more steps from here: the loss cannot tell them any more. */
const NEAR = 1e-8;
/** What the next step could still gain. After it the optimum is as near as numbers go. Both are parts of the loss at zero, so that the unit of the weights is all one. */
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

/** The loss at a place, with its slope and curvature there. */
interface Shape {
  readonly place: Float64Array;
  readonly loss: number;
  readonly gradient: Float64Array;
  /** Lower half, row by row. */
  readonly hessian: Float64Array;
}

/** Where Newton's step leads, and what half of its promise is. */
interface Step {
  readonly direction: Float64Array;
  readonly gain: number;
}

/**
 * The coefficients of the least loss, by Newton's method with halved steps: the loss is convex, so that there is one optimum, and the way to it is the same
 * each time. Throws a {@link TrainingError} where the optimum is not determined.
 */
export function leastLogisticLoss(problem: LogisticProblem): Float64Array {
  let shape = shapeAt(problem, new Float64Array(problem.x.columns));
  const unit = shape.loss;
  for (let count = 0; count < STEPS_MAX; count += 1) {
    const step = stepFrom(problem, shape);
    if (step.gain <= DONE * unit) return after(shape, step, 1);
    shape = step.gain <= NEAR * unit ? shapeAt(problem, after(shape, step, 1)) : lowered(problem, shape, step);
  }
  throw new TrainingError(`${problem.what}: no optimum after ${STEPS_MAX} steps: raise the penalty.`);
}

function stepFrom({ what, x }: LogisticProblem, { gradient, hessian }: Shape): Step {
  const direction = solvePositiveDefinite(hessian, x.columns, gradient);
  if (direction !== undefined) return { direction, gain: dot(direction, gradient) / 2 };
  throw new TrainingError(
    `${what}: the coefficients are not determined: a feature follows from the others, or the classes are apart. Leave the feature out, or raise the penalty.`,
  );
}

const after = ({ place }: Shape, { direction }: Step, part: number): Float64Array =>
  place.map((value, index) => value - part * at(direction, index));

/** Mostly the whole step is taken: its shape is worked out with its loss, in one pass, and serves the next step. */
function lowered(problem: LogisticProblem, from: Shape, step: Step): Shape {
  let part = 1;
  for (let halving = 0; halving < HALVINGS_MAX; halving += 1) {
    const shape = shapeAt(problem, after(from, step, part));
    if (shape.loss <= from.loss - GAIN_MIN * part * 2 * step.gain) return shape;
    part /= 2;
  }
  throw new TrainingError(`${problem.what}: the loss does not fall any more: scale the weights to about 1, or raise the penalty.`);
}

function shapeAt({ x, targets, weights, penalties }: LogisticProblem, place: Float64Array): Shape {
  const { rows, columns, values } = x;
  const gradient = new Float64Array(columns);
  const hessian = new Float64Array(columns * columns);
  let loss = 0;
  for (let row = 0; row < rows; row += 1) {
    const z = scoreOf(x, row, place);
    const [weight, target] = [at(weights, row), at(targets, row)];
    const e = exponential(-Math.abs(z));
    loss += weight * (Math.log1p(e) + Math.max(z, 0) - target * z);
    const slope = weight * ((z >= 0 ? 1 / (1 + e) : e / (1 + e)) - target);
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
    loss += (at(penalties, i) * at(place, i) ** 2) / 2;
    gradient[i] = at(gradient, i) + at(penalties, i) * at(place, i);
    hessian[i * columns + i] = at(hessian, i * columns + i) + at(penalties, i);
  }
  return { place, loss, gradient, hessian };
}

function scoreOf({ columns, values }: Matrix, row: number, place: Float64Array): number {
  let sum = 0;
  for (let column = 0; column < columns; column += 1) sum += at(values, row * columns + column) * at(place, column);
  return sum;
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, index) => sum + value * at(b, index), 0);
