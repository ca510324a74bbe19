import { format, priceFromNumber, quantityFromNumber } from '../money/fixed.ts';
import { scale } from '../money/money.ts';
import type { Instant } from '../money/instant.ts';
import { ExchangeCore } from './core/core.ts';
import { completed, decodeState, encodeState } from './core/state.ts';
import type { HeldState } from './core/state.ts';
import type { Cancellation, CoreOptions, NewOrder, OrderChange, Refusal, Submission, VenueEvent } from './core/types.ts';
import { Archive } from './market/archive.ts';
import type { Laps } from './market/laps.ts';
import { nextStep, startPosition } from './market/replay.ts';
import type { MarketStep, ReplayPosition } from './market/replay.ts';

/** Everything that changes the venue. What is not in here cannot change it, so a log of commands is its whole history. */
export type VenueCommand =
  | { readonly kind: 'open-account'; readonly accountId: string }
  | { readonly kind: 'submit'; readonly accountId: string; readonly request: NewOrder }
  | { readonly kind: 'replace'; readonly accountId: string; readonly orderId: string; readonly change: OrderChange }
  | { readonly kind: 'cancel'; readonly accountId: string; readonly orderId: string }
  | { readonly kind: 'step' };

export type OrderCommand = Extract<VenueCommand, { kind: 'submit' | 'replace' }>;

/** A line of the venue's own log: what reached it, and what it answered. */
export interface RequestRecord {
  readonly sequence: number;
  /** Venue time. */
  readonly at: Instant;
  readonly accountId: string;
  readonly action: 'submit' | 'replace' | 'cancel';
  readonly outcome: 'accepted' | 'refused';
  readonly orderId?: string | undefined;
  readonly clientOrderId?: string | undefined;
  readonly symbol?: string | undefined;
  readonly side?: string | undefined;
  readonly type?: string | undefined;
  readonly qty?: string | undefined;
  readonly status?: number | undefined;
  readonly message?: string | undefined;
}

interface VenueSnapshot {
  readonly core: HeldState;
  readonly position: ReplayPosition;
  readonly requests: readonly RequestRecord[];
  readonly requestCount: number;
}

const REQUESTS_KEPT = 20_000;

/** The exchange without sockets, disk and clock: the core, the market that is played to it, and the log of requests. */
export class Venue {
  readonly laps: Laps;
  readonly archive: Archive;
  readonly core: ExchangeCore;
  position: ReplayPosition;
  #requests: RequestRecord[];
  #requestCount: number;

  constructor(laps: Laps, options: CoreOptions, snapshot?: string) {
    this.laps = laps;
    this.archive = new Archive(laps);
    const held = snapshot === undefined ? undefined : (decodeState(snapshot) as VenueSnapshot);
    this.core = new ExchangeCore(options, held === undefined ? undefined : completed(held.core));
    this.position = held?.position ?? startPosition(laps);
    this.#requests = [...(held?.requests ?? [])];
    this.#requestCount = held?.requestCount ?? 0;
    if (held === undefined) this.#markFromHistory();
  }

  get now(): Instant {
    return this.position.now;
  }

  get isOpen(): boolean {
    return this.core.state.session !== undefined;
  }

  /** The newest lines of the request log, oldest first. */
  requests(after = 0): readonly RequestRecord[] {
    return this.#requests.filter(({ sequence }) => sequence > after);
  }

  snapshot(): string {
    const held: VenueSnapshot = {
      core: this.core.state,
      position: this.position,
      requests: this.#requests,
      requestCount: this.#requestCount,
    };
    return encodeState(held);
  }

  openAccount(accountId: string): void {
    this.core.openAccount(accountId, this.now);
  }

  /** Submits or replaces. The request is in the log whatever becomes of it. */
  order(command: OrderCommand): Submission {
    const { accountId } = command;
    const result =
      command.kind === 'submit'
        ? this.core.submit(accountId, command.request, this.now)
        : this.core.replace(accountId, command.orderId, command.change, this.now);
    const asked = command.kind === 'submit' ? command.request : this.core.order(accountId, command.orderId);
    const told = result.ok ? result.order : asked;
    this.#note({
      accountId,
      action: command.kind,
      orderId: result.ok ? result.order.id : undefined,
      clientOrderId: told?.clientOrderId,
      symbol: told?.symbol,
      side: told?.side,
      type: told?.type,
      qty: told === undefined ? undefined : format(told.quantity),
      ...outcomeOf(result),
    });
    return result;
  }

  cancel(accountId: string, orderId: string): Cancellation {
    const result = this.core.cancel(accountId, orderId, this.now);
    const order = this.core.order(accountId, orderId);
    this.#note({
      accountId,
      action: 'cancel',
      orderId,
      clientOrderId: order?.clientOrderId,
      symbol: order?.symbol,
      side: order?.side,
      type: order?.type,
      qty: order === undefined ? undefined : format(order.quantity),
      ...outcomeOf(result),
    });
    return result;
  }

  /** Plays one step of the market. */
  step(): { readonly step: MarketStep; readonly events: readonly VenueEvent[] } {
    const { participation } = this.core.options;
    const { step, position } = nextStep(this.laps, this.position);
    this.position = position;
    const events: VenueEvent[] = [];
    if (step.opens !== undefined) events.push(...this.core.openSession(step.opens));
    for (const { symbol, price, move, volume } of step.prices) {
      const offered = participation === undefined ? undefined : scale(quantityFromNumber(volume), participation);
      events.push(...this.core.price(symbol, priceFromNumber(price), step.at, move, offered));
    }
    if (step.closes) events.push(...this.core.closeSession(step.at));
    return { step, events };
  }

  /** Carries out a command of the durable log again. */
  replay(command: VenueCommand): void {
    switch (command.kind) {
      case 'open-account':
        return this.openAccount(command.accountId);
      case 'submit':
      case 'replace':
        return void this.order(command);
      case 'cancel':
        return void this.cancel(command.accountId, command.orderId);
      case 'step':
        return void this.step();
    }
  }

  /** Before the first open the market stands where history ended. */
  #markFromHistory(): void {
    for (const { symbol, historyRows } of this.laps.tape.series) {
      if (historyRows === 0) continue;
      const close = priceFromNumber(this.archive.bar(symbol, historyRows - 1).close);
      this.core.state.lastPrices.set(symbol, close);
      this.core.state.closePrices.set(symbol, close);
    }
  }

  #note(record: Omit<RequestRecord, 'sequence' | 'at'>): void {
    this.#requests.push({ sequence: ++this.#requestCount, at: this.now, ...record });
    if (this.#requests.length > 2 * REQUESTS_KEPT) this.#requests = this.#requests.slice(-REQUESTS_KEPT);
  }
}

function outcomeOf(result: { readonly ok: true } | { readonly ok: false; readonly refusal: Refusal }) {
  return result.ok
    ? ({ outcome: 'accepted' } as const)
    : ({ outcome: 'refused', status: result.refusal.status, message: result.refusal.message } as const);
}
