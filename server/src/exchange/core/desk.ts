import type { Money, Price } from '../../money/fixed.ts';
import type { Instant } from '../../money/instant.ts';
import { ZERO_MONEY } from '../../money/money.ts';
import { NEW_SETTINGS } from './state.ts';
import type { AccountState, ExchangeState } from './state.ts';
import type { CoreOptions } from './options.ts';
import type { Execution, VenueEvent, VenueEventKind, VenueOrder } from './types.ts';
import { VENUE_TERMINAL } from './types.ts';

export type Ending = 'canceled' | 'expired' | 'replaced' | 'rejected';

/** The venue's books with the pen that writes in them: what every rule needs to change an order and to tell of it. */
export class Desk {
  readonly options: CoreOptions;
  readonly state: ExchangeState;
  #events: VenueEvent[] = [];

  constructor(options: CoreOptions, state: ExchangeState) {
    this.options = options;
    this.state = state;
  }

  account(accountId: string): AccountState {
    const account = this.state.accounts.get(accountId);
    if (account === undefined) throw new Error(`Invariant: account ${accountId} was never opened`);
    return account;
  }

  /** Opens an account; does nothing when it exists. */
  openAccount(accountId: string, at: Instant, cash: Money): void {
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
      settings: NEW_SETTINGS,
      families: new Map(),
      entries: [],
      history: [{ at, equity: cash }],
    });
  }

  /** Writes an order's new value. What is over stays as it is. */
  put(account: AccountState, order: VenueOrder): VenueOrder {
    const before = account.orders.get(order.id);
    if (before !== undefined && VENUE_TERMINAL.has(before.status)) throw new Error(`Invariant: order ${order.id} is over, and changed`);
    return this.amend(account, order);
  }

  /** As {@link put}, but also for an order that is over: late fills, busts and corrections are told of nothing else. */
  amend(account: AccountState, order: VenueOrder): VenueOrder {
    account.orders.set(order.id, order);
    if (VENUE_TERMINAL.has(order.status)) account.open.delete(order.id);
    else account.open.set(order.id, order);
    return order;
  }

  /** The order as it stands, if it is open. */
  open(account: AccountState, orderId: string): VenueOrder | undefined {
    return account.open.get(orderId);
  }

  /** Ends an order. `quiet`: the account's stream does not hear of it. */
  end(account: AccountState, order: VenueOrder, status: Ending, at: Instant, quiet = false): VenueOrder {
    const stamp = {
      canceled: { canceledAt: at },
      expired: { expiredAt: at },
      replaced: { replacedAt: at },
      rejected: { failedAt: at },
    }[status];
    const ended = this.put(account, { ...order, ...stamp, status, updatedAt: at });
    if (!quiet) this.emit(status, ended, at);
    return ended;
  }

  /** A copy of the open orders, in order of arrival: the loop over it may change them. */
  allOpen(symbol?: string): readonly (readonly [AccountState, VenueOrder])[] {
    const found: (readonly [AccountState, VenueOrder])[] = [];
    for (const account of this.state.accounts.values()) {
      for (const order of account.open.values()) if (symbol === undefined || order.symbol === symbol) found.push([account, order]);
    }
    return found.sort(([, left], [, right]) => left.sequence - right.sequence);
  }

  emit(kind: VenueEventKind, order: VenueOrder, at: Instant, execution?: Execution): void {
    this.#events.push({ accountId: order.accountId, sequence: ++this.state.eventCount, kind, order, execution, at });
  }

  /** The fill of an order in options: of several legs in one event. */
  emitFill(order: VenueOrder, at: Instant, executions: readonly Execution[], net: Price): void {
    if (order.legs === undefined) return this.emit('fill', order, at, executions[0]);
    this.#events.push({ accountId: order.accountId, sequence: ++this.state.eventCount, kind: 'fill', order, legs: executions, net, at });
  }

  drain(): readonly VenueEvent[] {
    const events = this.#events;
    this.#events = [];
    return events;
  }
}
