import type { ColumnDrift, DriftExcess, DriftFigures } from '@tidemark/compute/models';
import type { Page, PageQuery } from '../orders/page.ts';
import type { RecordedDrift } from './drift.ts';
import type { OutcomeFigures } from './outcome-figures.ts';
import type { RollingOutcome } from './rolling-outcomes.ts';
import type { ListedPrediction, PredictionFilter } from './service.ts';
import type { WhatIf } from './what-if.ts';

/** A feature of a prediction: its value, and what it adds to the score. */
export interface FeatureView {
  readonly name: string;
  readonly value: number | null;
  readonly contribution: number | null;
}

/** How far a model has drifted where it works. */
export interface DriftView {
  /** Predictions that a window needs; `undefined` where nothing is known of the training's rows. */
  readonly window: number | undefined;
  readonly newest: RecordedDrift | undefined;
  /** Newest first. */
  readonly history: readonly RecordedDrift[];
  /** Why nothing was measured yet. */
  readonly unknownBecause: string | undefined;
}

/** What the newest outcomes of a model come to, all together and as time went on. */
export interface OutcomesView extends OutcomeFigures {
  readonly rolling: (window: number) => readonly RollingOutcome[];
}

export type { ColumnDrift, DriftExcess, DriftFigures };

/** What the API reads of models at work. */
export interface PredictionReads {
  list(filter: PredictionFilter, page: PageQuery): Promise<Page<ListedPrediction>>;
  /** Names with versions, in the order of the model. */
  featureNames(modelId: string): Promise<readonly string[]>;
  /** `undefined` for a model that is not known. */
  drift(modelId: string, strategyId: string | undefined, last: number): Promise<DriftView | undefined>;
  /** As last measured, whichever strategy carries it. */
  newestDrift(modelId: string): Promise<RecordedDrift | undefined>;
  /** `undefined` for a model that is not known; of the usual row where none is given. */
  whatIf(modelId: string, row: Float64Array | undefined): Promise<WhatIf | undefined>;
  outcomes(modelId: string, strategyId: string | undefined, last: number): Promise<OutcomesView | undefined>;
}
