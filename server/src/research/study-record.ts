import type { SweepRow as SetFigures } from '@tidemark/compute';
import type { SweepOverfitting, WalkForwardResult } from '@tidemark/compute/optimisation';
import type { ParameterValues } from '@tidemark/compute/types';
import type { Instant } from '../money/instant.ts';
import type { StudyKind, StudyRequest, StudyState } from './study.ts';

/** A set with what came of it. */
export interface RankedSet extends Omit<SetFigures, 'set'> {
  readonly parameters: ParameterValues;
}

/** How lucky the best set is, against everything that was ever tried on the same bars. */
export interface Selection {
  readonly trials: number;
  /** Of one bar, over all trials. */
  readonly sharpeVariance: number;
  /** What the best of so many without skill is expected to show, a year. */
  readonly expectedMaximum: number | null;
  readonly psr: number | null;
  readonly dsr: number | null;
  /** Bars. */
  readonly trackRecordMin: number | null;
}

/** Cross-validation of a sweep, or why there is none. */
export type Overfitting = SweepOverfitting | { readonly reason: string };

export interface SweepSummary {
  /** By Sharpe ratio, then as they come; at most a hundred. */
  readonly best: readonly RankedSet[];
  /** Without one where no set has a Sharpe ratio. */
  readonly selection: Selection | null;
  /** Without one where an earlier version ran it. */
  readonly overfitting?: Overfitting;
}

/** What a list shows of a walk-forward. */
export interface WalkForwardSummary extends Pick<WalkForwardResult, 'traded' | 'profitableShare' | 'efficiency' | 'joined'> {
  readonly windows: number;
  /** Of the joined curve; `null` where it has no Sharpe ratio. */
  readonly selection: Selection | null;
}

/** What a row keeps of a study that is done. */
export interface Summaries {
  readonly sweep: SweepSummary;
  readonly 'walk-forward': WalkForwardSummary;
}

/** A study that waits, is worked on, or has ended. */
export interface RecordedStudy<K extends StudyKind> {
  readonly id: string;
  readonly state: StudyState;
  /** 0 to 1. */
  readonly progress: number;
  readonly strategyName: string;
  readonly version: string;
  readonly request: StudyRequest;
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
  readonly bars: number | undefined;
  readonly dataHash: string | undefined;
  /** Combinations or draws; known once it runs. */
  readonly size: number | undefined;
  /** Of a walk-forward: of all its windows together. */
  readonly sets: number;
  readonly refused: number;
  readonly summary: Summaries[K] | undefined;
  readonly reusedFrom: string | undefined;
  readonly error: string | undefined;
  readonly command: string;
  readonly createdAt: Instant;
  readonly finishedAt: Instant | undefined;
}

export type RecordedSweep = RecordedStudy<'sweep'>;
export type RecordedWalkForward = RecordedStudy<'walk-forward'>;
