import type { Instant } from '../money/instant.ts';

/** What a version of a strategy has been through before live trading. */
export interface PromotionView {
  readonly version: string;
  /** Trading days that it has served on paper. */
  readonly paperDays: number;
}

/** A person or program that places orders by itself. */
export interface LiveTrader {
  /** Holds a role that may trade live. */
  readonly mayTradeLive: boolean;
  /** When its last full log-in was; a program's key has none. */
  readonly loggedInAt: Instant | undefined;
}

/** Who and what may trade live. Empty: nobody and nothing. */
export interface LiveGateView {
  /** Promoted versions by strategy. */
  readonly promotions: ReadonlyMap<string, PromotionView>;
  /** By principal. */
  readonly traders: ReadonlyMap<string, LiveTrader>;
}

export const NOBODY_LIVE: LiveGateView = Object.freeze({ promotions: new Map(), traders: new Map() });

/** A log-in is fresh for this long. */
export const LOGIN_FRESH_MS = 15 * 60_000;
