/** Orders, executions and everything else as the simulated venue knows them: in whole cents and whole shares, with no type of the product's. */

export type VenueSide = 'buy' | 'sell';
export type VenueType = 'market' | 'limit' | 'stop' | 'stop_limit' | 'trailing_stop';
export type VenueClass = 'bracket' | 'oto' | 'oco';
/** `held`: an exit that waits for its entry, or a stop that the broker keeps until its price is touched. */
export type VenueStatus =
  | 'accepted'
  | 'pending_new'
  | 'new'
  | 'held'
  | 'partially_filled'
  | 'pending_cancel'
  | 'pending_replace'
  | 'filled'
  | 'canceled'
  | 'expired'
  | 'rejected'
  | 'replaced';
export type VenueRole = 'take_profit' | 'stop_loss';

export interface VenueRequest {
  readonly clientId: string;
  readonly symbol: string;
  readonly side: VenueSide;
  readonly type: VenueType;
  readonly timeInForce: string;
  readonly shares: number;
  readonly limitCents?: number;
  readonly stopCents?: number;
  /** How far a trailing stop keeps from the best price: in cents, or in parts of 1e9 of it. */
  readonly trailCents?: number;
  readonly trailParts?: number;
  readonly orderClass?: VenueClass;
  /** Prices of the exits that come with it. */
  readonly profitCents?: number;
  readonly lossCents?: number;
}

/** What is to be otherwise of an order. */
export type VenueChange = Pick<
  VenueRequest,
  'clientId' | 'shares' | 'timeInForce' | 'limitCents' | 'stopCents' | 'trailCents' | 'trailParts'
>;

export interface VenueOrder extends Omit<VenueRequest, 'shares' | 'stopCents'> {
  readonly id: string;
  readonly foreign: boolean;
  readonly createdAt: number;
  /** Of an exit, fewer once the other exit has filled in part. */
  shares: number;
  /** Of a trailing stop it follows the price. */
  stopCents?: number;
  /** The id of the order that its family was sent with. */
  readonly familyId?: string;
  readonly role?: VenueRole;
  /** An exit that may trade. */
  armed: boolean;
  readonly replaces?: string;
  /** The first of those that took one another's place. */
  readonly chainId: string;
  replacedBy?: string;
  /** What of `filled` was filled by those whose place it took. */
  carried: number;
  /** The best price that a trailing stop has seen. */
  bestCents?: number;
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

export const OVER: ReadonlySet<VenueStatus> = new Set(['filled', 'canceled', 'expired', 'rejected', 'replaced']);
