import type { Notice } from '../market-data/notice.ts';
import type { RequestsLeft } from '../market-data/providers/request-budget.ts';
import type { Money, Price, Quantity } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { ApprovedOrder } from '../risk/gate.ts';
import type { Side } from './order.ts';

/** The broker's own words for an order's status; unknown ones are kept and alerted. */
export type BrokerStatus = string;

/** An order as the broker reports it, by stream or by REST. Quantities are cumulative. */
export interface BrokerOrder {
  readonly brokerOrderId: string;
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  /** The broker's words; ours where it knows no more than we do. */
  readonly type: string;
  readonly timeInForce: string;
  readonly quantity: Quantity;
  readonly filledQuantity: Quantity;
  readonly averagePrice?: Price;
  readonly limitPrice?: Price;
  readonly stopPrice?: Price;
  readonly status: BrokerStatus;
  readonly updatedAt: Instant;
  /** The broker's ids of the order whose place it took, and of the one that took its own. */
  readonly replaces?: string;
  readonly replacedBy?: string;
  /** The exits that hang on it, where the broker was asked for them. */
  readonly legs?: readonly BrokerOrder[];
}

/** One message of the trade-update stream, parsed. */
export interface BrokerOrderUpdate {
  readonly event: string;
  readonly order: BrokerOrder;
  /** Present on fills and partial fills. */
  readonly execution?: {
    readonly executionId: string;
    readonly quantity: Quantity;
    readonly price: Price;
    readonly at: Instant;
    /** Where the broker says it. */
    readonly fee?: Money;
  };
}

export interface BrokerPosition {
  readonly symbol: string;
  /** Signed. */
  readonly quantity: Quantity;
  readonly averagePrice: Price;
}

export interface BrokerAccount {
  readonly accountNumber: string;
  readonly cash: Money;
  readonly equity: Money;
  readonly buyingPower: Money;
  /** Not blocked, not suspended, ACTIVE. */
  readonly tradable: boolean;
  readonly shortingEnabled: boolean;
}

export interface BrokerClock {
  readonly now: Instant;
  readonly isOpen: boolean;
  readonly nextOpenAt: Instant;
  readonly nextCloseAt: Instant;
  /** Our clock less the broker's, where the two can be compared: a simulated market has a time of its own. */
  readonly skewMs?: number;
}

/** A fill from the broker's activity list: the repair for what the stream lost. */
export interface BrokerExecution {
  readonly executionId: string;
  readonly brokerOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly price: Price;
  readonly at: Instant;
  /** What of the order was filled after it, where the broker says so. */
  readonly cumulativeQuantity?: Quantity;
  readonly fee?: Money;
}

/** What every activity says. `id` is the broker's, and never used for anything else: told twice, it is one. */
interface ToldActivity {
  readonly id: string;
  readonly at: Instant;
  /** New York date that it belongs to. */
  readonly date: string;
  /** What cash moved by: below zero it was paid. Of a split, what was paid for what was left over. */
  readonly amount: Money;
  /** The broker's own words: its type of activity, and what it says of it. */
  readonly words: string;
}

export interface UnitsMoved {
  readonly symbol: string;
  /** What the position changed by: signed units. */
  readonly quantity: Quantity;
}

export type OptionEnd = 'expired' | 'exercised' | 'assigned';

/** What moved the account beside fills. */
export type BrokerActivity =
  | (ToldActivity & { readonly kind: 'dividend' | 'interest' | 'fee' | 'transfer' | 'other-cash'; readonly symbol?: string })
  | (ToldActivity & UnitsMoved & { readonly kind: 'split' })
  /** Contracts ended: they expired worthless, were exercised, or were assigned to us. */
  | (ToldActivity & UnitsMoved & { readonly kind: 'option-end'; readonly end: OptionEnd })
  /** Shares that an exercise or an assignment delivered: `amount` is the strike of all of them. */
  | (ToldActivity & UnitsMoved & { readonly kind: 'option-delivery' })
  /**
   * Units of one symbol became units of another, by a merger, a new name, or a contract that was adjusted: which of the two was held says which became which.
   * `amount` is what was paid beside, and for fractions.
   */
  | (ToldActivity & { readonly kind: 'conversion'; readonly legs: readonly [UnitsMoved, UnitsMoved] })
  /** All units of a symbol were taken for cash, `amount`: by a merger. */
  | (ToldActivity & UnitsMoved & { readonly kind: 'redemption' })
  /** Those who hold `parent` were given units of a company that left it; absent where nobody says which company that was. */
  | (ToldActivity & UnitsMoved & { readonly kind: 'spin-off'; readonly parent?: string })
  /** Units moved in a way that the engine does not book. */
  | (ToldActivity & UnitsMoved & { readonly kind: 'other-units' });

/** The broker's second thought about an execution that it told before. */
export type BrokerAmendment =
  | { readonly kind: 'bust'; readonly previousId: string; readonly brokerOrderId: string; readonly at: Instant }
  | { readonly kind: 'correction'; readonly previousId: string; readonly execution: BrokerExecution; readonly at: Instant };

/**
 * What became of a submit. `unknown` is never a rejection: only the broker's positive answer ends it. `unsent` is certain: no byte of it reached
 * anybody, and sending it again cannot double it.
 * `requestId` is the broker's id of the request: what its support asks for.
 */
export type SubmitOutcome =
  | { readonly kind: 'accepted'; readonly order: BrokerOrder; readonly requestId?: string }
  | { readonly kind: 'rejected'; readonly code: string; readonly message: string; readonly reason?: string; readonly requestId?: string }
  | { readonly kind: 'unsent'; readonly message: string }
  | { readonly kind: 'unknown'; readonly message: string };

export type CancelOutcome =
  | { readonly kind: 'requested' }
  | { readonly kind: 'not-cancelable'; readonly message: string }
  | { readonly kind: 'not-found' }
  | { readonly kind: 'unknown'; readonly message: string };

export interface BrokerStreamListener {
  onUpdate(update: BrokerOrderUpdate): void;
  onConnected(): void;
  onDisconnected(reason: string): void;
  /** Something moved the account beside orders: the broker's lists have more. */
  onActivity?(): void;
  /** Something a person should know of; it changes no figure. */
  onNotice?(notice: Notice): void;
}

/** A way to a market. Only an {@link ApprovedOrder} can be submitted, and only the risk gate makes one. */
export interface Broker {
  readonly name: string;
  readonly mode: 'simulated' | 'paper' | 'live';
  submit(order: ApprovedOrder): Promise<SubmitOutcome>;
  cancel(brokerOrderId: string): Promise<CancelOutcome>;
  /** Puts an order in the place of an open one, in one step: the new order has its own ids. */
  replace(brokerOrderId: string, order: ApprovedOrder): Promise<SubmitOutcome>;
  account(): Promise<BrokerAccount>;
  clock(): Promise<BrokerClock>;
  positions(): Promise<readonly BrokerPosition[]>;
  openOrders(): Promise<readonly BrokerOrder[]>;
  orderByClientId(clientOrderId: string): Promise<BrokerOrder | undefined>;
  /** An order with its legs. */
  family(brokerOrderId: string): Promise<BrokerOrder | undefined>;
  /** Executions after an instant, oldest first. */
  executions(after: Instant): Promise<readonly BrokerExecution[]>;
  /** What moved the account beside fills, on or after an instant, oldest first. A broker without it has its cash believed. */
  activities?(since: Instant): Promise<readonly BrokerActivity[]>;
  /** Executions that were taken back or put right, on or after an instant, oldest first. Without it they show as a difference. */
  amendments?(since: Instant): Promise<readonly BrokerAmendment[]>;
  /** What it lets us ask in this minute. */
  requestsLeft?(): RequestsLeft;
  /** Listens to order updates until the returned function is called; reconnects by itself. */
  listen(listener: BrokerStreamListener): Promise<() => Promise<void>>;
}
