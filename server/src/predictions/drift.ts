import { driftExcess, healthOf, windowDrift } from '@tidemark/compute/models';
import type { DriftExcess, DriftReference, WindowDrift } from '@tidemark/compute/models';
import { logLoss, regressionMeasures } from '@tidemark/compute/research';
import type { Instant } from '../money/instant.ts';
import { OUTCOMES_MIN } from './outcome-figures.ts';
import type { Prediction, ScoredOutcome } from './prediction.ts';

/** How far a model's last rows at one strategy lie from those of its training. */
export interface MeasuredDrift {
  /** Predictions in the window, and outcomes behind its error. */
  readonly rows: number;
  readonly outcomes: number;
  /** From 0 to 100, and the measure that decides it; `undefined` at 100. */
  readonly health: number;
  readonly worst: keyof DriftExcess | undefined;
  /** Population stability index beyond what is usual: what the breaker is told. */
  readonly stabilityIndex: number;
  readonly measures: DriftMeasures;
}

export interface DriftMeasures extends WindowDrift {
  readonly excess: DriftExcess;
}

export interface RecordedDrift extends MeasuredDrift {
  readonly strategyId: string;
  readonly version: string;
  readonly modelId: string;
  /** When the window's newest bar closed. */
  readonly decidedAt: Instant;
}

/** Measures a window of predictions that have a score, and the error of those whose outcome is known. `undefined` while the window is not full. */
export function measureDrift(
  reference: DriftReference,
  window: readonly Pick<Prediction, 'features' | 'score'>[],
  outcomes: readonly ScoredOutcome[],
): MeasuredDrift | undefined {
  if (window.length < reference.window) return undefined;
  const features = reference.features.map(({ name }, place) => ({
    name,
    values: Float64Array.from(window, (row) => row.features[place] ?? Number.NaN),
  }));
  const drift = windowDrift(reference, { features, predictions: Float64Array.from(window, ({ score }) => score ?? Number.NaN) });
  const known = outcomes.filter((each) => each.label !== undefined);
  const excess = driftExcess(reference, drift.figures, known.length < OUTCOMES_MIN ? null : errorOf(reference, known));
  const { score, worst } = healthOf(reference.task, excess);
  return {
    rows: window.length,
    outcomes: known.length,
    health: score,
    worst: worst ?? undefined,
    stabilityIndex: excess.psi,
    measures: { ...drift, excess },
  };
}

function errorOf({ task }: DriftReference, outcomes: readonly ScoredOutcome[]): number {
  const labels = Float64Array.from(outcomes, ({ label }) => label ?? Number.NaN);
  const scores = Float64Array.from(outcomes, ({ score }) => score);
  return task === 'classes' ? logLoss(labels, scores) : regressionMeasures(labels, scores).rmse;
}
