import type { Figure } from '../statistics-input.ts';
import type { DriftFigures } from './model-drift.ts';
import type { DriftReference } from './reference.ts';

/** By how much each measure lies above what is usual; `null` where it is not known. */
export interface DriftExcess extends DriftFigures {
  /** Log-loss above that of unseen rows of the training, in nats; of values the root mean squared error above theirs, as a part of theirs. */
  readonly error: Figure;
}

export interface Health {
  /** From 0 to 100. */
  readonly score: number;
  /** The measure that decides it; `null` at 100. */
  readonly worst: keyof DriftExcess | null;
}

/** Excess at which a measure alone brings the health to 0. That of `psi` is where the breaker pauses by default. */
const WORST: Readonly<Record<keyof DriftFigures, number>> = { psi: 0.4, kl: 0.2, ks: 0.4, meanShift: 2, entropyShift: 0.3 };
/** Of the error, in nats of log-loss, and as a part of the error on unseen rows. */
const WORST_ERROR: Readonly<Record<DriftReference['task'], number>> = { classes: 0.1, values: 0.5 };
const MEASURES = ['psi', 'kl', 'ks', 'meanShift', 'entropyShift', 'error'] as const;

const above = (value: Figure, usual: Figure): Figure => (value === null ? null : Math.max(0, value - (usual ?? 0)));

/** `error` is that of rows whose outcome is known, as the reference measures it; `null` while too few are. */
export function driftExcess({ usual, error: unseen, task }: DriftReference, figures: DriftFigures, error: Figure): DriftExcess {
  return {
    psi: Math.max(0, figures.psi - usual.psi),
    kl: Math.max(0, figures.kl - usual.kl),
    ks: Math.max(0, figures.ks - usual.ks),
    meanShift: above(figures.meanShift, usual.meanShift),
    entropyShift: above(figures.entropyShift, usual.entropyShift),
    // Values that were predicted without any error have no part of it.
    error: error === null || unseen === null || (task === 'values' && unseen === 0) ? null : errorAbove(task, error, unseen),
  };
}

const errorAbove = (task: DriftReference['task'], error: number, unseen: number): number =>
  Math.max(0, task === 'classes' ? error - unseen : error / unseen - 1);

/** 100 · (1 − the largest excess as a share of its worst, at most 1): the worst measure decides, and none can make good for another. */
export function healthOf(task: DriftReference['task'], excess: DriftExcess): Health {
  const worstOf = { ...WORST, error: WORST_ERROR[task] };
  let [most, worst]: [number, keyof DriftExcess | null] = [0, null];
  for (const name of MEASURES) {
    const share = Math.min(1, (excess[name] ?? 0) / worstOf[name]);
    if (share > most) [most, worst] = [share, name];
  }
  return { score: 100 * (1 - most), worst };
}
