import type { DriftReference, Verdict } from '@tidemark/compute/models';
import type { LabelSpec } from '@tidemark/compute/research';
import type { StrategyModule } from '@tidemark/compute/types';
import type { Instant } from '../money/instant.ts';

/** A strategy's bar of one symbol: what a prediction is known by. */
export interface PredictionKey {
  readonly strategyId: string;
  /** SHA-256 of the module that carries the model. */
  readonly version: string;
  readonly symbol: string;
  /** Start of the bar. */
  readonly barAt: Instant;
}

/** What a model said at a bar at which its strategy decided. */
export interface Prediction extends PredictionKey {
  /** When the bar closed. */
  readonly decidedAt: Instant;
  readonly modelId: string;
  /** The decision's entry in the journal. */
  readonly seq: number;
  /** A probability of class 1, or a value; `undefined` where a feature has no value, or the output is no number. */
  readonly score: number | undefined;
  readonly verdict: Verdict;
  readonly reason: string;
  /** In the order of the model; not-a-number where there is no value. */
  readonly features: Float64Array;
  readonly explanation: Explanation | undefined;
  /** Whether the module, asked again, decided what the journal holds. */
  readonly agrees: boolean;
}

/** What adds up to the score, in the score's own unit: log odds of a boosted or linear classifier. */
export interface Explanation {
  readonly base: number;
  readonly contributions: Float64Array;
}

/** What came of a prediction, by the label of the model's training. */
export interface Outcome {
  /** 0 or 1, or the value that was predicted; `undefined` where the label says neither. */
  readonly label: number | undefined;
  /** Simple return until the label's end, of the side that is taken. */
  readonly gained: number;
  /** Start of the last bar that the label looks at. */
  readonly endsAt: Instant;
}

/** A prediction whose outcome is known. */
export interface ScoredOutcome extends Outcome {
  readonly score: number;
}

/** A model as its module carries it: what is needed to ask it again, and to judge it. */
export interface CarriedModel {
  /** SHA-256 of its bytes. */
  readonly id: string;
  readonly module: StrategyModule;
  readonly bytes: Uint8Array;
  readonly label: LabelSpec;
  /** `undefined` where nobody wrote its training rows down: its drift is not measured. */
  readonly reference: DriftReference | undefined;
}
