import type { Money, Price, Quantity, Ratio } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import type { Instrument } from '../../instruments/instrument.ts';
import type { OrderType, Side, TimeInForce } from '../../orders/order.ts';

/** The venue's own words for an order's status, the subset that this exchange uses. */
export type VenueStatus =
  | 'accepted'
  | 'pending_new'
  | 'new'
  | 'partially_filled'
  | 'filled'
  | 'pending_cancel'
  | 'canceled'
  | 'expired'
  | 'pending_replace'
  | 'replaced'
  | 'rejected';

export const VENUE_TERMINAL: ReadonlySet<VenueStatus> = new Set(['filled', 'canceled', 'expired', 'replaced', 'rejected']);

export type PositionIntent = 'buy_to_open' | 'buy_to_close' | 'sell_to_open' | 'sell_to_close';

/** What a client asks for, parsed. Quantities and prices are positive. */
export interface NewOrder {
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly limitPrice?: Price | undefined;
  readonly stopPrice?: Price | undefined;
  readonly extendedHours?: boolean | undefined;
  /** Made by the exchange when absent. */
  readonly clientOrderId?: string | undefined;
}

/** The fields of an open order that a client wants changed. */
export interface OrderChange {
  readonly quantity?: Quantity | undefined;
  readonly limitPrice?: Price | undefined;
  readonly stopPrice?: Price | undefined;
  readonly timeInForce?: TimeInForce | undefined;
  readonly clientOrderId?: string | undefined;
}

/** An order as the venue keeps it: a new value at every change, never altered in place. */
export interface VenueOrder {
  readonly id: string;
  readonly accountId: string;
  readonly clientOrderId: string;
  /** Order of arrival at the venue: the tie-break of everything. */
  readonly sequence: number;
  readonly symbol: string;
  readonly side: Side;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly quantity: Quantity;
  readonly limitPrice?: Price | undefined;
  readonly stopPrice?: Price | undefined;
  readonly extendedHours: boolean;
  readonly positionIntent: PositionIntent;
  readonly status: VenueStatus;
  /** A stop whose price was touched. Always true for market and limit orders. */
  readonly elected: boolean;
  readonly filledQuantity: Quantity;
  readonly filledNotional: Money;
  /** Price at which an opening order reserves buying power. */
  readonly reservePrice: Price;
  readonly createdAt: Instant;
  readonly updatedAt: Instant;
  readonly expiresAt: Instant;
  readonly filledAt?: Instant | undefined;
  readonly cancelRequestedAt?: Instant | undefined;
  readonly canceledAt?: Instant | undefined;
  readonly expiredAt?: Instant | undefined;
  readonly replacedAt?: Instant | undefined;
  readonly replaces?: string | undefined;
  readonly replacedBy?: string | undefined;
}

/** A net holding at average price. `quantity` is signed and never zero. */
export interface VenuePosition {
  readonly symbol: string;
  readonly quantity: Quantity;
  readonly averagePrice: Price;
  /** Average price for the day's profit: the previous close for what was held overnight. */
  readonly dayAveragePrice: Price;
}

/** One execution, in the account's book of activities. */
export interface Execution {
  readonly id: string;
  readonly sequence: number;
  readonly orderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly commission: Money;
  readonly kind: 'fill' | 'partial_fill';
  /** Filled and still open quantity of the order after this execution. */
  readonly cumulative: Quantity;
  readonly leaves: Quantity;
  /** The account's signed position after this execution. */
  readonly positionAfter: Quantity;
  readonly at: Instant;
}

/** Fees of a day, taken from cash. `sequence` counts with the executions. */
export interface Charge {
  readonly id: string;
  readonly sequence: number;
  readonly amount: Money;
  readonly at: Instant;
}

export type VenueEventKind =
  | 'accepted'
  | 'pending_new'
  | 'new'
  | 'partial_fill'
  | 'fill'
  | 'pending_cancel'
  | 'canceled'
  | 'expired'
  | 'pending_replace'
  | 'replaced'
  | 'rejected';

/** What an account hears on its stream of trade updates. */
export interface VenueEvent {
  readonly accountId: string;
  /** Counts all events of the venue: a client may sort by it. */
  readonly sequence: number;
  readonly kind: VenueEventKind;
  /** The order as it stands after the event. */
  readonly order: VenueOrder;
  readonly execution?: Execution | undefined;
  readonly at: Instant;
}

/** A session of regular trading. */
export interface VenueSession {
  /** New York calendar date. */
  readonly date: string;
  readonly openAt: Instant;
  readonly closeAt: Instant;
}

/** A request that the venue does not carry out, in the words of its HTTP interface. */
export interface Refusal {
  readonly status: 403 | 404 | 422;
  readonly code: number;
  readonly message: string;
  /** Further members of the error's body. */
  readonly extra?: Readonly<Record<string, string>>;
}

/** Answer to submit and replace: the order as first acknowledged, and all that followed in the same instant. */
export type Submission =
  | { readonly ok: true; readonly order: VenueOrder; readonly events: readonly VenueEvent[] }
  | { readonly ok: false; readonly refusal: Refusal };

export type Cancellation =
  { readonly ok: true; readonly events: readonly VenueEvent[] } | { readonly ok: false; readonly refusal: Refusal };

/** How a price came about: `path` passed through every price since the last one, `gap` jumped over them. */
export type PriceMove = 'path' | 'gap';

export interface CoreOptions {
  /** Goes into every id, so that two venues never give the same one. */
  readonly venueId: string;
  readonly instruments: ReadonlyMap<string, Instrument>;
  /** Cash of an account that is opened without an amount. */
  readonly startCash: Money;
  /** Fraction of notional charged on each fill. */
  readonly commissionRate: Ratio;
  /** 1: cash only; 2: Regulation T; 4: intraday. Below 2,000 dollars of equity it is 1 in any case. */
  readonly multiplier: 1 | 2 | 4;
  /** Refuse prices finer than the minimum increment. */
  readonly penny: boolean;
  /** Refuse opening orders beyond buying power. */
  readonly buyingPowerChecks: boolean;
  /** Refuse orders that could trade with an own order. */
  readonly washTradeChecks: boolean;
  /** A touched buy stop becomes a limit 4 % (below 50 dollars) or 2.5 % above it, as the broker documents; else a market order. */
  readonly buyStopCollar: boolean;
  /** Seed: one eligible order in ten gets a random part first. `undefined`: whole fills only. */
  readonly partialFills: number | undefined;
  /** Share of the volume of each price that orders may take together. `undefined`: any size fills. */
  readonly participation: Ratio | undefined;
  /** Charge regulators' fees of US shares, summed over a day. */
  readonly regulatoryFees: boolean;
}
