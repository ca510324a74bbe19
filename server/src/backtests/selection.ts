/**
 * What is known of the search that a run came out of: the trial ledger gives it, or `tidemark report --selection FILE.json`. Ratios are
 * fractions. `null` where a figure cannot be given; `reasons` then says why, by the figure's name.
 */
export interface SelectionRecord {
  readonly format: 1;
  /** SHA-256 of the bars that the trials ran over, as in the run's `data.hash`. */
  readonly dataHash: string;
  /** SHA-256 of the strategy's module. */
  readonly strategyVersion: string;
  /** Every set of parameters that was ever tried on these data, this one included. */
  readonly trials: number;
  /** Probability that the true Sharpe ratio of the run is above 0. */
  readonly psr: number | null;
  /** The same against the best that so many trials without skill are expected to show. */
  readonly dsr: number | null;
  /** Share of the splits of a combinatorially symmetric cross-validation in which the best set of one half was below the median in the other. */
  readonly pbo: number | null;
  /** Annual return out of sample over that in sample, of a walk-forward. */
  readonly walkForwardEfficiency: number | null;
  /** Returns needed until a Sharpe ratio like this one is above 0 with 95 % confidence. */
  readonly trackRecordMin: number | null;
  readonly reasons?: Readonly<Partial<Record<SelectionFigure, string>>> | undefined;
}

export type SelectionFigure = 'psr' | 'dsr' | 'pbo' | 'walkForwardEfficiency' | 'trackRecordMin';

/** What is known of the search itself, beside the trials: by its sweep and its walk-forward. */
export type SearchFindings = Pick<SelectionRecord, 'pbo' | 'walkForwardEfficiency' | 'reasons'>;

/** At or above it the Sharpe ratio is taken for more than the luck of the search. */
export const DSR_MIN = 0.95;
/** Above it the search is taken to have chosen noise. */
export const PBO_MAX = 0.5;
/** Below it too little of the in-sample return came back. */
export const WALK_FORWARD_EFFICIENCY_MIN = 0.5;

export const isOverfit = ({ dsr, pbo }: SelectionRecord): boolean => (dsr !== null && dsr < DSR_MIN) || (pbo !== null && pbo > PBO_MAX);
