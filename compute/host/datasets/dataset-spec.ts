import type { HorizonTarget } from '../labels/fixed-horizon.ts';
import type { TripleBarrier } from '../labels/triple-barrier.ts';
import type { CombinatorialOptions } from '../validation/combinatorial.ts';
import type { KFoldOptions } from '../validation/purged-k-fold.ts';
import type { WalkForwardOptions } from '../validation/walk-forward.ts';

/** What is to be predicted. Features are named as in the registry. */
export type LabelSpec =
  | { readonly kind: 'fixed-horizon'; readonly horizon: number; readonly target: HorizonTarget }
  /** 1 for the profit, 0 for the loss; those that end undecided are dropped. `volatility` names a feature, of one bar. */
  | ({ readonly kind: 'triple-barrier'; readonly volatility: string } & TripleBarrier)
  /** The side is the sign of the feature `side`. */
  | ({ readonly kind: 'meta'; readonly volatility: string; readonly side: string } & TripleBarrier);

/** What a row counts: the product of these, 1 on average. A row that counts nothing is none. */
export interface WeightSpec {
  readonly uniqueness?: boolean;
  readonly returns?: boolean;
  /** The weight that the oldest would have; see `ageDecay`. */
  readonly oldest?: number;
}

/**
 * Folds, groups, `train` and `test` are counted in distinct times of rows: a time of which no row is left teaches and tests nothing. `embargo` and `gap` are counted
 * in distinct times of bars, over all symbols: they are time that passes, with rows or without.
 */
export type SplitSpec =
  | ({ readonly kind: 'k-fold' } & KFoldOptions)
  | ({ readonly kind: 'combinatorial' } & CombinatorialOptions)
  | ({ readonly kind: 'walk-forward' } & WalkForwardOptions);

export interface DatasetSpec {
  readonly features: readonly string[];
  readonly label: LabelSpec;
  readonly weights?: WeightSpec;
  readonly split: SplitSpec;
}

/** A column from elsewhere: fundamentals, sentiment, another model. */
export interface ExternalFeature {
  readonly name: string;
  readonly symbol: string;
  /** One a bar, finite; not-a-number where there is none. */
  readonly values: Float64Array;
  /** When each value was known, in milliseconds since 1970. */
  readonly knownAtMs: Float64Array;
}

/** A dataset that cannot be: says which feature, symbol or row, and what to do. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}
