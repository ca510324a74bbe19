import { checkNumber } from '../statistics-input.ts';
import type { Matrix } from '../statistics-matrix.ts';
import { at } from '../rows-input.ts';
import { centredData, modelOf } from './least-squares.ts';
import type { CentredData } from './least-squares.ts';
import { PENALTY } from './logistic.ts';
import type { LinearModel } from './model.ts';
import { TrainingError } from './training-data.ts';
import type { TrainingData } from './training-data.ts';

export interface LassoParameters {
  /** scikit-learn's alpha. */
  readonly penalty?: number;
}

export interface ElasticNetParameters extends LassoParameters {
  /** The part of the penalty on |b|₁; the rest is on |b|². 1 is the lasso. */
  readonly l1Ratio?: number;
}

const RATIO = { min: 0.01, max: 1 };
const SWEEPS_MAX = 100_000;
/** The largest move of a sweep at which the optimum is reached, in parts of the labels' deviation. */
const STILL = 1e-14;

/** Lasso: {@link trainElasticNet} with the whole penalty on |b|₁, so that coefficients become exactly 0. Tibshirani, 1996. */
export function trainLasso(data: TrainingData, { penalty = 1 }: LassoParameters = {}): LinearModel {
  checkNumber('lasso', 'penalty', penalty, PENALTY);
  const centred = centredData('lasso', data);
  return modelOf('lasso', data, centred, descend('lasso', centred, penalty, 0), { penalty });
}

/**
 * Elastic net: the least Σ w (y − ŷ)² / (2 Σ w) + penalty · (l1Ratio · |b|₁ + (1 − l1Ratio)/2 · |b|²) over standardised features (Zou and Hastie, 2005, as scikit-learn
 * writes it), by cyclical coordinate descent (Friedman, Hastie and Tibshirani, 2010).
 */
export function trainElasticNet(data: TrainingData, { penalty = 1, l1Ratio = 0.5 }: ElasticNetParameters = {}): LinearModel {
  const what = 'elastic-net';
  checkNumber(what, 'penalty', penalty, PENALTY);
  checkNumber(what, 'l1Ratio', l1Ratio, RATIO);
  const centred = centredData(what, data);
  return modelOf(what, data, centred, descend(what, centred, penalty * l1Ratio, penalty * (1 - l1Ratio)), { penalty, l1Ratio });
}

/** Of what the labels and features share, one row's moments are enough: a sweep costs the square of the features, however many rows there are. */
function descend(what: string, { x, y, weights }: CentredData, l1: number, l2: number): Float64Array {
  const { columns } = x;
  const { gram, shared, deviation } = momentsOf(x, y, weights);
  const found = new Float64Array(columns);
  for (let sweep = 0; sweep < SWEEPS_MAX; sweep += 1) {
    let move = 0;
    for (let column = 0; column < columns; column += 1) {
      let left = at(shared, column);
      for (let other = 0; other < columns; other += 1) {
        if (other !== column) left -= at(gram, column * columns + other) * at(found, other);
      }
      const shrunk = Math.max(0, Math.abs(left) - l1) / (at(gram, column * columns + column) + l2);
      const value = shrunk === 0 ? 0 : Math.sign(left) * shrunk;
      move = Math.max(move, Math.abs(value - at(found, column)));
      found[column] = value;
    }
    if (move <= STILL * deviation) return found;
  }
  throw new TrainingError(
    `${what}: no optimum after ${SWEEPS_MAX} sweeps: features follow from each other almost. Leave some out, or raise the penalty.`,
  );
}

interface Moments {
  /** Σ w x xᵀ / Σ w, row by row. */
  readonly gram: Float64Array;
  /** Σ w x y / Σ w. */
  readonly shared: Float64Array;
  readonly deviation: number;
}

function momentsOf({ rows, columns, values }: Matrix, y: Float64Array, weights: Float64Array): Moments {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const gram = new Float64Array(columns * columns);
  const shared = new Float64Array(columns);
  let squares = 0;
  for (let row = 0; row < rows; row += 1) {
    const [weight, label] = [at(weights, row) / total, at(y, row)];
    squares += weight * label * label;
    for (let i = 0; i < columns; i += 1) {
      const value = weight * at(values, row * columns + i);
      shared[i] = at(shared, i) + value * label;
      for (let j = 0; j < columns; j += 1) gram[i * columns + j] = at(gram, i * columns + j) + value * at(values, row * columns + j);
    }
  }
  return { gram, shared, deviation: Math.sqrt(squares) };
}
