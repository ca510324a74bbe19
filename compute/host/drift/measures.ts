import { weightedMean } from '../moments.ts';
import { at } from '../rows-input.ts';
import type { Figure } from '../statistics-input.ts';
import { presentOf, sharesOf, type ColumnReference, type NamedColumn } from './column.ts';

/** How far the values of a window lie from those of the training. All are 0 where both are spread alike, and never below. */
export interface ColumnDrift {
  readonly name: string;
  /** Population stability index: Σ (p − q) ln(p/q), q of the training; the same both ways round. */
  readonly psi: number;
  /** Kullback and Leibler's divergence of the window from the training, Σ p ln(p/q), in nats. */
  readonly kl: number;
  /**
   * Kolmogorov and Smirnov's statistic of two samples over the cuts of the bins, of the values that are there. It never exceeds the one over all values, and falls short of it by
   * at most the largest share that a bin has of the training's values.
   */
  readonly ks: number;
  /** |mean − mean of the training| in deviations of the training; `null` where one of them has no values, or the training's do not vary. */
  readonly meanShift: Figure;
  /** Share of the window's rows without a value. */
  readonly missing: number;
}

/**
 * PSI and KL see each share as (1 − kε)·share + ε, k the number of bins with that of missing values: an empty bin is not an infinity, shares still sum to 1, and what is spread
 * alike still differs by nothing.
 */
const EPSILON = 1e-4;

const smoothed = (shares: readonly number[]): readonly number[] => shares.map((share) => (1 - shares.length * EPSILON) * share + EPSILON);

/** Σ (p − q) ln(p/q) of shares that are above 0. */
const psiOf = (p: readonly number[], q: readonly number[]): number =>
  p.reduce((sum, share, bin) => sum + (share - at(q, bin)) * Math.log(share / at(q, bin)), 0);

/** Σ p ln(p/q). Rounding can bring nearly equal shares below 0 by a few units of the last place. */
const klOf = (p: readonly number[], q: readonly number[]): number =>
  Math.max(
    0,
    p.reduce((sum, share, bin) => sum + share * Math.log(share / at(q, bin)), 0),
  );

/** The largest difference of both shares below a cut. */
function ksOf(now: readonly number[], then: readonly number[]): number {
  const sum = (shares: readonly number[]): number => shares.reduce((total, share) => total + share, 0);
  const [allNow, allThen] = [sum(now), sum(then)];
  if (allNow === 0 || allThen === 0) return 0;
  let [below, belowThen, most] = [0, 0, 0];
  for (const [bin, share] of now.slice(0, -1).entries()) {
    below += share;
    belowThen += at(then, bin);
    most = Math.max(most, Math.abs(below / allNow - belowThen / allThen));
  }
  return most;
}

function meanShiftOf({ mean, deviation }: ColumnReference, values: Float64Array): Figure {
  const present = presentOf(values);
  if (present.length === 0 || mean === null || deviation === null || deviation === 0) return null;
  return Math.abs(weightedMean(present, new Float64Array(present.length).fill(1)) - mean) / deviation;
}

/** Throws a RangeError for another column, or one without rows. */
export function columnDrift(reference: ColumnReference, { name, values }: NamedColumn): ColumnDrift {
  if (name !== reference.name || values.length === 0)
    throw new RangeError(
      `A window of ${values.length} rows of ${name} cannot be measured against ${reference.name}: give at least one row of the same column.`,
    );
  const now = sharesOf(reference.cuts, values);
  const p = smoothed([...now.shares, now.missing]);
  const q = smoothed([...reference.shares, reference.missing]);
  return {
    name,
    psi: psiOf(p, q),
    kl: klOf(p, q),
    ks: ksOf(now.shares, reference.shares),
    meanShift: meanShiftOf(reference, values),
    missing: now.missing,
  };
}

/** Mean entropy in bits of predictions of a probability, −p log₂ p − (1 − p) log₂(1 − p): 1 for who never knows, 0 for who is always sure. `null` without any. */
export function meanEntropy(predictions: Float64Array): Figure {
  const present = presentOf(predictions);
  if (present.length === 0) return null;
  const part = (p: number): number => (p > 0 ? -p * Math.log2(p) : 0);
  return weightedMean(
    present.map((p) => part(p) + part(1 - p)),
    new Float64Array(present.length).fill(1),
  );
}
