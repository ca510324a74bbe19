import type { Money, Price, Quantity, Ratio } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
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
  | 'rejected'
  /** A leg that waits for its parent, or a stop that the broker keeps until its price is touched. */
  | 'held'
  /** Over for today, on again at the next open. */
  | 'done_for_day';

export const VENUE_TERMINAL: ReadonlySet<VenueStatus> = new Set(['filled', 'canceled', 'expired', 'replaced', 'rejected']);

export type PositionIntent = 'buy_to_open' | 'buy_to_close' | 'sell_to_open' | 'sell_to_close';

export type VenueOrderType = OrderType | 'trailing_stop';

/** Orders that belong together. `bracket`: an entry and both exits; `oto`: an entry and one exit; `oco`: both exits of what is held. */
export type OrderClass = 'simple' | 'bracket' | 'oco' | 'oto';
export type LegRole = 'take_profit' | 'stop_loss';

/** One leg of an order in options. */
export interface OptionLeg {
  readonly symbol: string;
  readonly side: Side;
  /** Contracts for each unit of the order. */
  readonly ratio: bigint;
  readonly positionIntent?: PositionIntent | undefined;
}

export interface TakeProfit {
  readonly limitPrice: Price;
}

export interface StopLoss {
  readonly stopPrice: Price;
  readonly limitPrice?: Price | undefined;
}

/** What a client asks for, parsed. Quantities and prices are positive. */
export interface NewOrder {
  readonly symbol: string;
  readonly side: Side;
  /** Zero where `notional` says how many dollars to trade for. */
  readonly quantity: Quantity;
  readonly notional?: Money | undefined;
  readonly type: VenueOrderType;
  readonly timeInForce: TimeInForce;
  readonly limitPrice?: Price | undefined;
  readonly stopPrice?: Price | undefined;
  /** Distance of a trailing stop in dollars, or as a fraction of the best price. */
  readonly trailPrice?: Price | undefined;
  readonly trailPercent?: Ratio | undefined;
  readonly extendedHours?: boolean | undefined;
  readonly orderClass?: OrderClass | undefined;
  readonly takeProfit?: TakeProfit | undefined;
  readonly stopLoss?: StopLoss | undefined;
  /** What the client believes the order does; refused when it does something else. */
  readonly positionIntent?: PositionIntent | undefined;
  /** Of an order in several options: its symbol is empty, its side `buy`, and its limit a debit, below zero a credit. */
  readonly legs?: readonly OptionLeg[] | undefined;
  /** Made by the exchange when absent. */
  readonly clientOrderId?: string | undefined;
}

/** The fields of an open order that a client wants changed. */
export interface OrderChange {
  readonly quantity?: Quantity | undefined;
  readonly limitPrice?: Price | undefined;
  readonly stopPrice?: Price | undefined;
  /** The new distance of a trailing stop, in the unit that it has: dollars, or percent. */
  readonly trail?: Price | undefined;
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
  readonly type: VenueOrderType;
  readonly timeInForce: TimeInForce;
  /** Of an order by notional: what the newest price makes of it, until it is filled. */
  readonly quantity: Quantity;
  readonly notional?: Money | undefined;
  readonly limitPrice?: Price | undefined;
  readonly stopPrice?: Price | undefined;
  readonly trailPrice?: Price | undefined;
  readonly trailPercent?: Ratio | undefined;
  /** The best price since submission, which a trailing stop follows. */
  readonly highWater?: Price | undefined;
  readonly orderClass?: OrderClass | undefined;
  /** The family that the order belongs to, in {@link AccountState.families}, and its part in it; an entry has no role. */
  readonly familyId?: string | undefined;
  readonly role?: LegRole | undefined;
  /** A `held` leg whose entry is filled: its price may be touched. */
  readonly armed?: boolean | undefined;
  readonly legs?: readonly OptionLeg[] | undefined;
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
  readonly failedAt?: Instant | undefined;
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
  /** Busts and corrections, told beside ordinary executions, and the execution that they take back or amend. */
  readonly amends?: { readonly kind: 'trade_bust' | 'trade_correct'; readonly previousId: string } | undefined;
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

/** A row of the account's book that is no trade. `sequence` counts with the executions. */
export interface Entry {
  readonly id: string;
  readonly sequence: number;
  /** The broker's type of activity: `DIV`, `SPLIT`… */
  readonly type: 'DIV' | 'SPLIT' | 'JNLC' | 'MA' | 'SPIN' | 'NC' | 'OPCA' | 'OPEXP' | 'OPEXC' | 'OPASN' | 'OPTRD';
  readonly subType?: string | undefined;
  readonly symbol: string;
  /** What cash and the position changed by. */
  readonly amount: Money;
  readonly quantity: Quantity;
  readonly perShare?: Price | undefined;
  readonly groupId: string;
  readonly description: string;
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
  | 'rejected'
  | 'done_for_day'
  | 'order_cancel_rejected'
  | 'order_replace_rejected';

/** What an account hears on its stream of trade updates. */
export interface VenueEvent {
  readonly accountId: string;
  /** Counts all events of the venue: a client may sort by it. */
  readonly sequence: number;
  readonly kind: VenueEventKind;
  /** The order as it stands after the event. */
  readonly order: VenueOrder;
  readonly execution?: Execution | undefined;
  /** Of an order in several options: each leg's execution, and what a unit paid; below zero it received. */
  readonly legs?: readonly Execution[] | undefined;
  readonly net?: Price | undefined;
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
  readonly extra?: Readonly<Record<string, string | readonly string[]>>;
}

/** Answer to submit and replace: the order as first acknowledged, and all that followed in the same instant. */
export type Submission =
  | { readonly ok: true; readonly order: VenueOrder; readonly events: readonly VenueEvent[] }
  | { readonly ok: false; readonly refusal: Refusal };

export type Cancellation =
  { readonly ok: true; readonly events: readonly VenueEvent[] } | { readonly ok: false; readonly refusal: Refusal };

/** How a price came about: `path` passed through every price since the last one, `gap` jumped over them. */
export type PriceMove = 'path' | 'gap';

export type { CoreOptions } from './options.ts';
