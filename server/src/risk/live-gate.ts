/** What a version of a strategy has been through before live trading. */
export interface PromotionView {
  readonly version: string;
  /** Trading days that it has served on paper. */
  readonly paperDays: number;
}

/** Who and what may trade live. Empty: nobody and nothing. */
export interface LiveGateView {
  /** Promoted versions by strategy. */
  readonly promotions: ReadonlyMap<string, PromotionView>;
  /** People whose role may trade. */
  readonly traders: ReadonlySet<string>;
}

export const NOBODY_LIVE: LiveGateView = Object.freeze({ promotions: new Map(), traders: new Set<string>() });

/** A log-in is fresh for this long. */
export const LOGIN_FRESH_MS = 15 * 60_000;
