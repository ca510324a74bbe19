/** Orders, executions and everything else as the simulated venue knows them: in whole cents and whole shares, with no type of the product's. */

export type VenueSide = 'buy' | 'sell';
export type VenueType = 'market' | 'limit' | 'stop' | 'stop_limit';
export type VenueStatus =
  'accepted' | 'pending_new' | 'new' | 'partially_filled' | 'pending_cancel' | 'filled' | 'canceled' | 'expired' | 'rejected';

export interface VenueRequest {
  readonly clientId: string;
  readonly symbol: string;
  readonly side: VenueSide;
  readonly type: VenueType;
  readonly timeInForce: string;
  readonly shares: number;
  readonly limitCents?: number;
  readonly stopCents?: number;
}

export interface VenueOrder extends VenueRequest {
  readonly id: string;
  readonly foreign: boolean;
  readonly createdAt: number;
  status: VenueStatus;
  updatedAt: number;
  filled: number;
  /** Σ shares × cents. */
  paidCents: number;
  /** A stop that has been touched. */
  triggered: boolean;
  /** Shares of pieces that are on their way. */
  planned: number;
  pieces: number;
}

export interface VenueExecution {
  readonly id: string;
  readonly orderId: string;
  readonly clientId: string;
  readonly symbol: string;
  readonly side: VenueSide;
  readonly shares: number;
  readonly cents: number;
  readonly at: number;
  /** What of the order was filled after it. */
  readonly cumulative: number;
}

export interface VenuePosition {
  shares: number;
  /** Σ of what the shares held have cost, in cents, as a fraction: the venue rounds only what it shows. */
  costCents: number;
}

/** All that ever happened at the venue: the oracle knows nothing else. */
export type VenueRecord =
  | { readonly kind: 'accepted'; readonly at: number; readonly order: VenueRequest & { readonly id: string } }
  | { readonly kind: 'refused'; readonly at: number; readonly clientId: string; readonly why: string }
  | { readonly kind: 'executed'; readonly at: number; readonly execution: VenueExecution }
  | { readonly kind: 'busted'; readonly at: number; readonly execution: VenueExecution }
  | { readonly kind: 'corrected'; readonly at: number; readonly execution: VenueExecution; readonly cents: number }
  | { readonly kind: 'ended'; readonly at: number; readonly orderId: string; readonly status: VenueStatus }
  | { readonly kind: 'cash'; readonly at: number; readonly cents: number; readonly why: 'dividend' | 'transfer' | 'fee' }
  | { readonly kind: 'split'; readonly at: number; readonly symbol: string; readonly factor: number; readonly added: number };

export type Refusal = { readonly status: number; readonly code: number; readonly message: string };

/** What the venue tells of an order, as it happened. */
export interface VenueUpdate {
  readonly event: string;
  readonly order: Readonly<VenueOrder>;
  readonly execution?: VenueExecution;
  readonly at: number;
}

export const OVER: ReadonlySet<VenueStatus> = new Set(['filled', 'canceled', 'expired', 'rejected']);
