import type { Reliability } from '@tidemark/compute/models';
import {
  brierScore,
  decisionsOf,
  informationCoefficient,
  logLoss,
  rankInformationCoefficient,
  regressionMeasures,
  reliability,
} from '@tidemark/compute/research';
import type { ScoredOutcome } from './prediction.ts';

/** Fewer outcomes say nothing. */
export const OUTCOMES_MIN = 30;

/** What a classifier's predictions were worth. */
export interface ClassifierFigures {
  readonly task: 'classes';
  /** Share of labels that lie on the prediction's side of one half. */
  readonly accuracy: number;
  readonly logLoss: number;
  readonly brier: number;
  readonly calibration: Reliability;
}

export interface ValueFigures {
  readonly task: 'values';
  readonly rmse: number;
  readonly mae: number;
}

/** Of the newest outcomes. */
export interface OutcomeFigures {
  /** Outcomes with a label, and those of which the label says neither. */
  readonly n: number;
  readonly undecided: number;
  /** Of predictions and the returns that came; `null` where one of them does not move, or there are too few. */
  readonly ic: number | null;
  readonly rankIc: number | null;
  readonly figures: ClassifierFigures | ValueFigures | undefined;
  /** Why there are none. */
  readonly unknownBecause: string | undefined;
}

/** Of about as many predictions: they crowd near one half, and bins of one width would be empty. */
const CALIBRATION_BINS = 5;

/** Rolling figures of a model in production. */
export function outcomeFigures(task: 'classes' | 'values', outcomes: readonly ScoredOutcome[]): OutcomeFigures {
  const known = outcomes.filter(({ label }) => label !== undefined);
  const counted = { n: known.length, undecided: outcomes.length - known.length };
  if (known.length < OUTCOMES_MIN) {
    const unknownBecause = `${known.length} outcomes are known so far, and fewer than ${OUTCOMES_MIN} say nothing.`;
    return { ...counted, ic: null, rankIc: null, figures: undefined, unknownBecause };
  }
  const labels = Float64Array.from(known, ({ label }) => label ?? Number.NaN);
  const scores = Float64Array.from(known, ({ score }) => score);
  const gained = Float64Array.from(known, (each) => each.gained);
  return {
    ...counted,
    ic: informationCoefficient(scores, gained),
    rankIc: rankInformationCoefficient(scores, gained),
    figures: task === 'classes' ? classifierFigures(labels, scores) : valueFigures(labels, scores),
    unknownBecause: undefined,
  };
}

function classifierFigures(labels: Float64Array, scores: Float64Array): ClassifierFigures {
  return {
    task: 'classes',
    accuracy: decisionsOf(labels, scores).accuracy,
    logLoss: logLoss(labels, scores),
    brier: brierScore(labels, scores),
    calibration: reliability(labels, scores, undefined, { bins: CALIBRATION_BINS, rule: 'count' }),
  };
}

function valueFigures(labels: Float64Array, scores: Float64Array): ValueFigures {
  const { rmse, mae } = regressionMeasures(labels, scores);
  return { task: 'values', rmse, mae };
}
