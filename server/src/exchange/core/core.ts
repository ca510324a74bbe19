import type { Money, Price, Quantity } from '../../money/fixed.ts';
import { money, ratio, UNITS_PER_ONE } from '../../money/fixed.ts';
import { abs, add, subtract, ZERO_MONEY, ZERO_QUANTITY } from '../../money/money.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { admit } from './admission.ts';
import type { Admission, Replacing } from './admission.ts';
import { execute, fillable } from './execution.ts';
import { roundedUp } from './fees.ts';
import { derivedId } from './identity.ts';
import { changed, figuresOf } from './margin.ts';
import type { AccountFigures } from './margin.ts';
import { firstTouch, meetsFirst } from './matching.ts';
import type { Touch } from './matching.ts';
import { heldForOrders, heldQuantity } from './positions.ts';
import { notFound, unprocessable } from './refusals.ts';
import { emptyState } from './state.ts';
import type { AccountState, ExchangeState } from './state.ts';
import type {
  Cancellation,
  CoreOptions,
  Execution,
  NewOrder,
  OrderChange,
  PriceMove,
  Submission,
  VenueEvent,
  VenueEventKind,
  VenueOrder,
  VenuePosition,
  VenueSession,
} from './types.ts';
import { VENUE_TERMINAL } from './types.ts';

const DAY_MS = 86_400_000;
const GTC_DAYS = 90;

/** Sensible options of a core for tests and replays; give what differs. */
export const coreOptions = (given: Pick<CoreOptions, 'instruments'> & Partial<CoreOptions>): CoreOptions => ({
  venueId: 'venue',
  startCash: money('100000'),
  commissionRate: ratio('0'),
  multiplier: 2,
  penny: true,
  buyingPowerChecks: true,
  washTradeChecks: true,
  buyStopCollar: false,
  partialFills: undefined,
  participation: undefined,
  regulatoryFees: false,
  ...given,
});

/**
 * The venue without clock, sockets or disk: accounts, orders, matching and positions. Every method takes the time it happens at
 * and returns the events it caused, in order. The same calls on the same state give the same events and ids.
 */
export class ExchangeCore {
  readonly options: CoreOptions;
  readonly state: ExchangeState;
  #events: VenueEvent[] = [];

  constructor(options: CoreOptions, state: ExchangeState = emptyState()) {
    this.options = options;
    this.state = state;
  }

  /** Opens an account; does nothing when it exists. */
  openAccount(accountId: string, at: Instant, cash: Money = this.options.startCash): void {
    if (this.state.accounts.has(accountId)) return;
    this.state.accounts.set(accountId, {
      id: accountId,
      createdAt: at,
      cash,
      fees: ZERO_MONEY,
      accruedFees: ZERO_MONEY,
      charges: [],
      lastEquity: cash,
      lastMaintenance: ZERO_MONEY,
      positions: new Map(),
      orders: new Map(),
      open: new Map(),
      orderIdByClientId: new Map(),
      executions: [],
    });
  }

  account(accountId: string): AccountState {
    const account = this.state.accounts.get(accountId);
    if (account === undefined) throw new Error(`Invariant: account ${accountId} was never opened`);
    return account;
  }

  figures(accountId: string): AccountFigures {
    return figuresOf(this.account(accountId), this.state.lastPrices, this.options);
  }

  positions(accountId: string): readonly VenuePosition[] {
    return [...this.account(accountId).positions.values()];
  }

  order(accountId: string, orderId: string): VenueOrder | undefined {
    return this.account(accountId).orders.get(orderId);
  }

  orderByClientId(accountId: string, clientOrderId: string): VenueOrder | undefined {
    const id = this.account(accountId).orderIdByClientId.get(clientOrderId);
    return id === undefined ? undefined : this.order(accountId, id);
  }

  /** Shares of a position that no open order has spoken for. */
  availableQuantity(accountId: string, symbol: string): Quantity {
    const account = this.account(accountId);
    return subtract(abs(heldQuantity(account, symbol)), heldForOrders(account, symbol));
  }

  /** Opens a session: queued orders are routed, and wait for their symbol's first price. */
  openSession(session: VenueSession): readonly VenueEvent[] {
    if (this.state.session !== undefined) throw new Error(`Invariant: session ${this.state.session.date} is still open`);
    const { date, openAt, closeAt } = session;
    this.state.session = { date, openAt, closeAt };
    this.state.tradedToday.clear();
    for (const [account, order] of this.#allOpen()) if (order.status === 'accepted') this.#route(account, order, session.openAt);
    return this.#drain();
  }

  /**
   * A new price of a symbol. The first of a session is a gap in any case. While no session is open it is only noted. `offered` is what
   * can be traded until the next price, where the options bound fills by volume.
   */
  price(symbol: string, price: Price, at: Instant, move: PriceMove = 'path', offered: Quantity = ZERO_QUANTITY): readonly VenueEvent[] {
    const { state } = this;
    if (this.options.participation !== undefined) state.liquidity.set(symbol, offered);
    const last = state.lastPrices.get(symbol);
    state.lastPrices.set(symbol, price);
    if (state.session === undefined) return [];
    const first = !state.tradedToday.has(symbol);
    state.tradedToday.add(symbol);
    this.#run(symbol, move === 'gap' || first || last === undefined ? price : last, price, at, first);
    return this.#drain();
  }

  /** Closes the session at the newest prices: closing orders fill, what was good for the day expires, equity is noted. */
  closeSession(at: Instant): readonly VenueEvent[] {
    const { state } = this;
    if (state.session === undefined) throw new Error('Invariant: no session is open');
    for (const [account, order] of this.#allOpen()) {
      const last = state.tradedToday.has(order.symbol) ? state.lastPrices.get(order.symbol) : undefined;
      if (order.timeInForce !== 'cls' || last === undefined) continue;
      const touch = firstTouch(order, last, last, this.options.buyStopCollar);
      if (touch !== undefined) this.#trade(account, order, last, at);
    }
    for (const [account, order] of this.#allOpen()) {
      if (order.timeInForce !== 'gtc') this.#end(account, order, 'expired', at);
      else if (order.expiresAt <= at) this.#end(account, order, 'canceled', at);
    }
    state.session = undefined;
    for (const symbol of state.tradedToday) {
      const last = state.lastPrices.get(symbol);
      if (last !== undefined) state.closePrices.set(symbol, last);
    }
    for (const account of state.accounts.values()) {
      this.#chargeFees(account, at);
      this.#noteClose(account);
    }
    return this.#drain();
  }

  submit(accountId: string, request: NewOrder, at: Instant): Submission {
    const account = this.account(accountId);
    const admission = admit(this.state, this.options, account, request, at);
    if (!admission.ok) return admission;
    const order = this.#enter(account, this.#newOrder(account, request, admission, at), at);
    return { ok: true, order, events: this.#drain() };
  }

  /** Takes an open order's place with a new one, which carries over what has been filled. */
  replace(accountId: string, orderId: string, change: OrderChange, at: Instant): Submission {
    const account = this.account(accountId);
    const old = account.orders.get(orderId);
    if (old === undefined) return { ok: false, refusal: notFound(`order not found for ${orderId}`) };
    if (old.status !== 'new' && old.status !== 'partially_filled') {
      return { ok: false, refusal: unprocessable(`cannot replace order in ${old.status} status`) };
    }
    const request = { ...old, ...changed(old, change), clientOrderId: change.clientOrderId };
    if (request.quantity <= old.filledQuantity) return { ok: false, refusal: unprocessable('qty must be > filled_qty') };
    if (change.quantity !== undefined && change.quantity % UNITS_PER_ONE !== 0n)
      return { ok: false, refusal: unprocessable('qty must be whole') };
    const replacing: Replacing = { id: old.id, filledQuantity: old.filledQuantity };
    const admission = admit(this.state, this.options, account, request, at, replacing);
    if (!admission.ok) return admission;
    const fresh = this.#newOrder(account, request, admission, at);
    this.#emit('pending_replace', this.#put(account, { ...old, status: 'pending_replace', updatedAt: at }), at);
    this.#end(account, { ...old, replacedBy: fresh.id }, 'replaced', at);
    const carried: VenueOrder = {
      ...fresh,
      positionIntent: old.filledQuantity > 0n ? old.positionIntent : fresh.positionIntent,
      replaces: old.id,
      elected: old.elected || fresh.elected,
      filledQuantity: old.filledQuantity,
      filledNotional: old.filledNotional,
    };
    return { ok: true, order: this.#enter(account, carried, at), events: this.#drain() };
  }

  cancel(accountId: string, orderId: string, at: Instant): Cancellation {
    const account = this.account(accountId);
    const order = account.orders.get(orderId);
    if (order === undefined) return { ok: false, refusal: notFound(`order not found for ${orderId}`) };
    if (VENUE_TERMINAL.has(order.status)) return { ok: false, refusal: unprocessable(`order is already in "${order.status}" state`) };
    const pending = this.#put(account, { ...order, status: 'pending_cancel', cancelRequestedAt: at, updatedAt: at });
    this.#emit('pending_cancel', pending, at);
    this.#end(account, pending, 'canceled', at);
    return { ok: true, events: this.#drain() };
  }

  #newOrder(account: AccountState, request: NewOrder, admitted: Extract<Admission, { ok: true }>, at: Instant): VenueOrder {
    const sequence = ++this.state.orderCount;
    const id = derivedId(this.options.venueId, 'order', sequence);
    return {
      id,
      accountId: account.id,
      clientOrderId: request.clientOrderId ?? derivedId(this.options.venueId, 'client', sequence),
      sequence,
      symbol: request.symbol,
      side: request.side,
      type: request.type,
      timeInForce: request.timeInForce,
      quantity: request.quantity,
      limitPrice: request.limitPrice,
      stopPrice: request.stopPrice,
      extendedHours: request.extendedHours ?? false,
      positionIntent: admitted.positionIntent,
      status: 'accepted',
      elected: request.type === 'market' || request.type === 'limit',
      filledQuantity: ZERO_QUANTITY,
      filledNotional: ZERO_MONEY,
      reservePrice: admitted.reservePrice,
      createdAt: at,
      updatedAt: at,
      expiresAt:
        request.timeInForce === 'gtc' ? instantFromMs(at + GTC_DAYS * DAY_MS) : (this.state.session?.closeAt ?? instantFromMs(at + DAY_MS)),
    };
  }

  /** Books a new order; in an open session it is routed and tried at the newest price. Returns it as the client is told at once. */
  #enter(account: AccountState, order: VenueOrder, at: Instant): VenueOrder {
    account.orderIdByClientId.set(order.clientOrderId, order.id);
    const { session } = this.state;
    if (session === undefined) {
      const queued = this.#put(account, order);
      this.#emit('accepted', queued, at);
      return queued;
    }
    const acknowledged: VenueOrder = { ...order, status: 'pending_new' };
    this.#route(account, acknowledged, at);
    const last = this.state.tradedToday.has(order.symbol) ? this.state.lastPrices.get(order.symbol) : undefined;
    if (last !== undefined) this.#run(order.symbol, last, last, at, false, order.id);
    return acknowledged;
  }

  #route(account: AccountState, order: VenueOrder, at: Instant): void {
    this.#emit('pending_new', this.#put(account, { ...order, status: 'pending_new', updatedAt: at }), at);
    const status = order.filledQuantity > 0n ? 'partially_filled' : 'new';
    this.#emit('new', this.#put(account, { ...order, status, updatedAt: at }), at);
  }

  /**
   * Runs a symbol's price from `from` to `to` past the open orders, nearest first. Each order trades at most once a run; an elected
   * stop looks again. Immediate orders that found nothing are cancelled, opening orders end after the first price.
   */
  #run(symbol: string, from: Price, to: Price, at: Instant, opening: boolean, only?: string): void {
    const done = new Set<string>();
    let here = from;
    for (;;) {
      const next = this.#nextTouch(symbol, here, to, opening, done, only);
      if (next === undefined) break;
      const { account, order, touch } = next;
      here = touch.at;
      if (touch.action === 'elect') {
        this.#put(account, { ...order, elected: true, updatedAt: at });
      } else {
        done.add(order.id);
        this.#trade(account, order, touch.at, at);
      }
    }
    for (const [account, order] of this.#allOpen(symbol)) {
      if (only !== undefined && order.id !== only) continue;
      if (order.timeInForce === 'ioc' || order.timeInForce === 'fok') this.#end(account, order, 'canceled', at);
      if (order.timeInForce === 'opg' && opening) this.#end(account, order, 'expired', at);
    }
  }

  #nextTouch(symbol: string, from: Price, to: Price, opening: boolean, done: ReadonlySet<string>, only: string | undefined) {
    let best: { readonly account: AccountState; readonly order: VenueOrder; readonly touch: Touch } | undefined;
    for (const account of this.state.accounts.values()) {
      for (const order of account.open.values()) {
        if (order.symbol !== symbol || done.has(order.id) || (only !== undefined && order.id !== only)) continue;
        if (order.timeInForce === 'cls' || (order.timeInForce === 'opg' && !opening)) continue;
        const touch = firstTouch(order, from, to, this.options.buyStopCollar);
        if (touch === undefined) continue;
        if (best === undefined || meetsFirst(from, touch, order.sequence, best.touch, best.order.sequence))
          best = { account, order, touch };
      }
    }
    return best;
  }

  /** One execution, if anything of the order can trade now. */
  #trade(account: AccountState, order: VenueOrder, price: Price, at: Instant): void {
    const quantity = fillable(this.state, this.options, order);
    if (quantity === 0n) return;
    const { order: after, execution } = execute(this.state, this.options, account, order, { quantity, price, at });
    this.#emit(execution.kind, this.#put(account, after), at, execution);
  }

  #end(account: AccountState, order: VenueOrder, status: 'canceled' | 'expired' | 'replaced', at: Instant): void {
    const stamp = { canceled: { canceledAt: at }, expired: { expiredAt: at }, replaced: { replacedAt: at } }[status];
    this.#emit(status, this.#put(account, { ...order, ...stamp, status, updatedAt: at }), at);
  }

  /** The day's fees, in one sum. */
  #chargeFees(account: AccountState, at: Instant): void {
    const amount = roundedUp(account.accruedFees);
    account.accruedFees = ZERO_MONEY;
    if (amount === 0n) return;
    account.cash = subtract(account.cash, amount);
    account.fees = add(account.fees, amount);
    const sequence = ++this.state.executionCount;
    account.charges.push({ id: derivedId(this.options.venueId, 'charge', sequence), sequence, amount, at });
  }

  #noteClose(account: AccountState): void {
    const figures = figuresOf(account, this.state.lastPrices, this.options);
    account.lastEquity = figures.equity;
    account.lastMaintenance = figures.maintenanceMargin;
    for (const position of account.positions.values()) {
      const close = this.state.closePrices.get(position.symbol) ?? position.averagePrice;
      account.positions.set(position.symbol, { ...position, dayAveragePrice: close });
    }
  }

  #put(account: AccountState, order: VenueOrder): VenueOrder {
    const before = account.orders.get(order.id);
    if (before !== undefined && VENUE_TERMINAL.has(before.status)) throw new Error(`Invariant: order ${order.id} is over, and changed`);
    account.orders.set(order.id, order);
    if (VENUE_TERMINAL.has(order.status)) account.open.delete(order.id);
    else account.open.set(order.id, order);
    return order;
  }

  /** A copy of the open orders, in order of arrival: the loop over it may change them. */
  #allOpen(symbol?: string): readonly (readonly [AccountState, VenueOrder])[] {
    const found: (readonly [AccountState, VenueOrder])[] = [];
    for (const account of this.state.accounts.values()) {
      for (const order of account.open.values()) if (symbol === undefined || order.symbol === symbol) found.push([account, order]);
    }
    return found.sort(([, left], [, right]) => left.sequence - right.sequence);
  }

  #emit(kind: VenueEventKind, order: VenueOrder, at: Instant, execution?: Execution): void {
    this.#events.push({ accountId: order.accountId, sequence: ++this.state.eventCount, kind, order, execution, at });
  }

  #drain(): readonly VenueEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
