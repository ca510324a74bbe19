import { divide } from '../../money/fixed.ts';
import type { Money, Price, Quantity } from '../../money/fixed.ts';
import { abs, subtract, ZERO_QUANTITY } from '../../money/money.ts';
import type { Instant } from '../../money/instant.ts';
import { closeSession, openPhase, openSession } from './bells.ts';
import type { CorporateAction } from './corporate-actions.ts';
import { Desk } from './desk.ts';
import { bandAround, isOver, PAUSE, remembered, within } from './luld.ts';
import type { Band } from './luld.ts';
import { figuresOf } from './margin.ts';
import type { AccountFigures } from './margin.ts';
import type { CoreOptions } from './options.ts';
import { expireOptions } from './option-expiry.ts';
import { isOptionRequest, matchOptions, submitOption } from './option-orders.ts';
import type { OptionQuotes } from './option-orders.ts';
import { isOption } from './option-terms.ts';
import { arrive } from './pending.ts';
import { isTrading } from './phases.ts';
import { heldForOrders, heldQuantity } from './positions.ts';
import { bust, correct, fillLate } from './second-thoughts.ts';
import type { Correction, SecondThought } from './second-thoughts.ts';
import * as requests from './requests.ts';
import { run } from './runs.ts';
import { emptyState } from './state.ts';
import type { AccountSettings, AccountState, AssetChange, ExchangeState, Phase } from './state.ts';
import type {
  Cancellation,
  NewOrder,
  OrderChange,
  PriceMove,
  Submission,
  VenueEvent,
  VenueOrder,
  VenuePosition,
  VenueSession,
} from './types.ts';

export { coreOptions } from './options.ts';

/**
 * The venue without clock, sockets or disk: accounts, orders, matching and positions. Every method takes the time it happens at
 * and returns the events it caused, in order. The same calls on the same state give the same events and ids.
 */
export class ExchangeCore {
  readonly options: CoreOptions;
  readonly state: ExchangeState;
  readonly #desk: Desk;
  #quotes: OptionQuotes = () => undefined;

  constructor(options: CoreOptions, state: ExchangeState = { ...emptyState(), delayed: options.routingDelay }) {
    this.options = options;
    this.state = state;
    this.#desk = new Desk(options, state);
  }

  /** Where options are quoted: without it none is known. */
  quoteOptions(quotes: OptionQuotes): void {
    this.#quotes = quotes;
  }

  /** Marks the options that are held at the middle of their quotes, and tries the open orders in options. */
  matchOptions(at: Instant): readonly VenueEvent[] {
    for (const account of this.state.accounts.values()) {
      for (const { symbol } of account.positions.values()) {
        const quote = isOption(symbol) ? this.#quotes(symbol) : undefined;
        if (quote !== undefined) this.state.lastPrices.set(symbol, divide(quote.bid + quote.ask, 2n, 'half-even') as Price);
      }
    }
    matchOptions(this.#desk, at, this.#quotes);
    return this.#desk.drain();
  }

  /** Opens an account; does nothing when it exists. */
  openAccount(accountId: string, at: Instant, cash: Money = this.options.startCash): void {
    this.#desk.openAccount(accountId, at, cash);
  }

  account(accountId: string): AccountState {
    return this.#desk.account(accountId);
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
    openSession(this.#desk, session);
    return this.#desk.drain();
  }

  /** Opens the hours before or after a session, or the night; `closed` ends them. */
  openPhase(phase: Exclude<Phase, 'core'>, at: Instant): readonly VenueEvent[] {
    openPhase(this.#desk, phase, at);
    return this.#desk.drain();
  }

  /**
   * A new price of a symbol. The first of a session is a gap in any case. While nothing is traded it is only noted; while the symbol is
   * halted not even that. `offered` is what can be traded until the next price, where the options bound fills by volume.
   */
  price(symbol: string, price: Price, at: Instant, move: PriceMove = 'path', offered: Quantity = ZERO_QUANTITY): readonly VenueEvent[] {
    const { state } = this;
    const halt = state.halts.get(symbol);
    if (halt !== undefined && isOver(halt, at)) this.resume(symbol);
    if (state.halts.has(symbol)) return [];
    if (this.options.participation !== undefined) state.liquidity.set(symbol, offered);
    const level = this.#withinBand(symbol, price, at);
    const last = state.lastPrices.get(symbol);
    state.lastPrices.set(symbol, level);
    if (!isTrading(state)) return [];
    const opening = state.phase === 'core' && !state.tradedToday.has(symbol);
    if (state.phase === 'core') state.tradedToday.add(symbol);
    const gap = state.resumed.delete(symbol) || move === 'gap' || opening || last === undefined;
    run(this.#desk, { symbol, from: gap ? level : last, to: level, at, opening });
    if (state.delayed) {
      for (const only of arrive(this.#desk, symbol, at)) run(this.#desk, { symbol, from: level, to: level, at, opening, only });
    }
    if (level !== price) this.halt(symbol, PAUSE.code, PAUSE.reason, at);
    return this.#desk.drain();
  }

  /** The price that trades where limit up and limit down are watched: a move beyond them ends at them, and trading pauses. */
  #withinBand(symbol: string, price: Price, at: Instant): Price {
    const { state, options } = this;
    if (options.luldBand === undefined || state.phase !== 'core') return price;
    const fresh = !state.tradedToday.has(symbol) || state.resumed.has(symbol);
    const shown = fresh ? [] : (state.shown.get(symbol) ?? []);
    const band = bandAround(shown, options.luldBand);
    const level = band === undefined ? price : within(band, price);
    state.shown.set(symbol, remembered(shown, { at, price: level }));
    return level;
  }

  /** Limit up and limit down of a symbol now. */
  band(symbol: string): Band | undefined {
    const { luldBand } = this.options;
    return luldBand === undefined ? undefined : bandAround(this.state.shown.get(symbol) ?? [], luldBand);
  }

  /** Closes the session at the newest prices: closing orders fill, what was good for the day expires, equity is noted. */
  closeSession(at: Instant): readonly VenueEvent[] {
    const { session } = this.state;
    if (session !== undefined) expireOptions(this.#desk, session.date, at);
    closeSession(this.#desk, at);
    return this.#desk.drain();
  }

  submit(accountId: string, request: NewOrder, at: Instant): Submission {
    if (isOptionRequest(request)) return submitOption(this.#desk, this.account(accountId), request, at, this.#quotes);
    return requests.submit(this.#desk, this.account(accountId), request, at);
  }

  /** Takes an open order's place with a new one, which carries over what has been filled. */
  replace(accountId: string, orderId: string, change: OrderChange, at: Instant): Submission {
    return requests.replace(this.#desk, this.account(accountId), orderId, change, at);
  }

  cancel(accountId: string, orderId: string, at: Instant): Cancellation {
    return requests.cancel(this.#desk, this.account(accountId), orderId, at);
  }

  /** Stops all trading in a symbol: open orders stay, new ones wait. */
  halt(symbol: string, code: string, reason: string, at: Instant): void {
    this.state.halts.set(symbol, { code, reason, since: at });
  }

  /** Trading goes on with the symbol's next price, which is a gap. */
  resume(symbol: string): void {
    if (this.state.halts.delete(symbol)) this.state.resumed.add(symbol);
  }

  changeAsset(symbol: string, change: AssetChange): void {
    this.state.assets.set(symbol, { ...this.state.assets.get(symbol), ...change });
  }

  changeSettings(accountId: string, change: Partial<AccountSettings>): AccountSettings {
    const account = this.account(accountId);
    account.settings = { ...account.settings, ...change };
    return account.settings;
  }

  /** Announces a split, a dividend or a conversion; it is carried out before the open of its ex-date. */
  announce(action: CorporateAction): void {
    this.state.corporateActions.push(action);
  }

  /** Takes an execution back, as if it had never been. */
  bust(accountId: string, executionId: string, at: Instant): SecondThought {
    return bust(this.#desk, this.account(accountId), executionId, at);
  }

  /** Amends an execution's price or quantity. */
  correct(accountId: string, executionId: string, correction: Correction, at: Instant): SecondThought {
    return correct(this.#desk, this.account(accountId), executionId, correction, at);
  }

  /** An execution that the venue tells of only now, of an order that is open or was cancelled meanwhile. */
  fillLate(accountId: string, orderId: string, quantity: Quantity, price: Price, at: Instant): SecondThought {
    return fillLate(this.#desk, this.account(accountId), orderId, quantity, price, at);
  }
}
