import { checkNumber } from '../statistics-input.ts';
import { at, checkLabels, checkProbabilities, weightsOf } from '../rows-input.ts';

/** Weights of the rows by what was said and what was true; without weights, counts. */
export interface Confusion {
  readonly trueNegatives: number;
  readonly falsePositives: number;
  readonly falseNegatives: number;
  readonly truePositives: number;
}

/** Of a threshold. What divides by nothing is 0, as scikit-learn has it: a classifier that never says 1 has found nothing. */
export interface Decisions extends Confusion {
  readonly accuracy: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Matthews, 1975: the correlation of what was said and what was true. */
  readonly mcc: number;
}

const PROBABILITY = { min: 0, max: 1 };
/** The distance that log-loss keeps from certainty, so that one sure mistake does not make all of it infinite. As scikit-learn 1.2. */
const LEAST_DOUBT = 2 ** -52;
/** Log-loss of who says one half to everything: what a model on data without information cannot beat. */
export const COIN_LOG_LOSS = Math.LN2;

/** A probability of at least `threshold` says 1. scikit-learn's classifiers say 1 above one half; the two differ at the threshold alone. */
export function decisionsOf(labels: Float64Array, probabilities: Float64Array, weights?: Float64Array, threshold = 0.5): Decisions {
  const counts = confusionOf(labels, probabilities, weights, threshold);
  const { trueNegatives: tn, falsePositives: fp, falseNegatives: fn, truePositives: tp } = counts;
  const precision = ratio(tp, tp + fp);
  const recall = ratio(tp, tp + fn);
  return {
    ...counts,
    accuracy: (tp + tn) / (tp + tn + fp + fn),
    precision,
    recall,
    f1: ratio(2 * tp, 2 * tp + fp + fn),
    mcc: ratio(tp * tn - fp * fn, Math.sqrt((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))),
  };
}

function confusionOf(labels: Float64Array, probabilities: Float64Array, weights: Float64Array | undefined, threshold: number): Confusion {
  checkNumber('decisions', 'threshold', threshold, PROBABILITY);
  const counted = check('decisions', labels, probabilities, weights);
  const sums = [0, 0, 0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    const cell = 2 * at(labels, row) + (at(probabilities, row) >= threshold ? 1 : 0);
    sums[cell] = at(sums, cell) + at(counted, row);
  }
  return { trueNegatives: at(sums, 0), falsePositives: at(sums, 1), falseNegatives: at(sums, 2), truePositives: at(sums, 3) };
}

/** −Σ w (y ln p + (1 − y) ln(1 − p)) / Σ w, with p kept 2⁻⁵² away from 0 and 1. {@link COIN_LOG_LOSS} is that of a coin. */
export function logLoss(labels: Float64Array, probabilities: Float64Array, weights?: Float64Array): number {
  return meanOf('logLoss', labels, probabilities, weights, (label, probability) => {
    const right = label === 1 ? probability : 1 - probability;
    return -Math.log(Math.min(1 - LEAST_DOUBT, Math.max(LEAST_DOUBT, right)));
  });
}

/** Σ w (p − y)² / Σ w. Brier, 1950. */
export function brierScore(labels: Float64Array, probabilities: Float64Array, weights?: Float64Array): number {
  return meanOf('brierScore', labels, probabilities, weights, (label, probability) => (probability - label) ** 2);
}

function meanOf(
  what: string,
  labels: Float64Array,
  probabilities: Float64Array,
  weights: Float64Array | undefined,
  loss: (label: number, probability: number) => number,
): number {
  const counted = check(what, labels, probabilities, weights);
  let [sum, weight] = [0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    sum += at(counted, row) * loss(at(labels, row), at(probabilities, row));
    weight += at(counted, row);
  }
  return sum / weight;
}

function check(what: string, labels: Float64Array, probabilities: Float64Array, weights: Float64Array | undefined): Float64Array {
  checkLabels(what, labels);
  checkProbabilities(what, probabilities, labels.length);
  return weightsOf(what, labels.length, weights);
}

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
