import { format, priceFromNumber, quantityFromNumber, toNumber } from '../money/fixed.ts';
import { scale } from '../money/money.ts';
import type { Instant } from '../money/instant.ts';
import { ExchangeCore } from './core/core.ts';
import { completed, decodeState, encodeState } from './core/state.ts';
import type { HeldState } from './core/state.ts';
import type { SecondThought } from './core/second-thoughts.ts';
import type { Cancellation, CoreOptions, NewOrder, OrderChange, Refusal, Submission, VenueEvent } from './core/types.ts';
import { Archive } from './market/archive.ts';
import { adjusted, splitFactor } from './market/adjustments.ts';
import { extendedStep } from './market/extended.ts';
import { roundToIncrement } from './market/laps.ts';
import type { Laps, VenueBar } from './market/laps.ts';
import { nextStep, startPosition } from './market/replay.ts';
import type { MarketStep, ReplayPosition, StepPrice } from './market/replay.ts';
import { applyAccountEvent, applyMarketEvent } from './market-events.ts';
import type { AccountEvent, MarketEvent } from './market-events.ts';

/** Everything that changes the venue. What is not in here cannot change it, so a log of commands is its whole history. */
export type VenueCommand =
  | { readonly kind: 'open-account'; readonly accountId: string }
  | { readonly kind: 'submit'; readonly accountId: string; readonly request: NewOrder }
  | { readonly kind: 'replace'; readonly accountId: string; readonly orderId: string; readonly change: OrderChange }
  | { readonly kind: 'cancel'; readonly accountId: string; readonly orderId: string }
  | { readonly kind: 'step' }
  /** The clock goes on to a time before the next step. */
  | { readonly kind: 'advance'; readonly at: Instant }
  | { readonly kind: 'market'; readonly event: MarketEvent }
  | { readonly kind: 'account'; readonly accountId: string; readonly event: AccountEvent };

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
const RESUMED = { code: 'T', reason: '' } as const;

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
    const { core } = this;
    const extended = core.options.extendedSessions
      ? extendedStep(this.laps, this.position, (symbol) => this.#tapePrice(symbol))
      : undefined;
    const { step, position } = extended ?? nextStep(this.laps, this.position);
    this.position = position;
    const events: VenueEvent[] = [];
    if (step.opens !== undefined) events.push(...core.openSession(step.opens));
    if (step.phase !== undefined && step.phase !== core.state.phase) events.push(...core.openPhase(step.phase, step.at));
    const halted = new Set(core.state.halts.keys());
    const shown = step.prices.flatMap((price) => this.#show(price, step.at, events));
    events.push(...core.matchOptions(step.at));
    if (step.closes) events.push(...core.closeSession(step.at));
    const told = { ...step, prices: shown, ...this.#changes(halted, shown) };
    return {
      step: { ...told, bars: step.bars.map((bar) => this.#current(bar)), dailyBars: step.dailyBars.map((bar) => this.#current(bar)) },
      events,
    };
  }

  /** A price of the tape as it is told: after splits, within the bands, and not at all of a symbol that is halted. */
  #show(given: StepPrice, at: Instant, events: VenueEvent[]): readonly StepPrice[] {
    const { core } = this;
    const { symbol, move, volume } = given;
    const { participation } = core.options;
    const factor = splitFactor(core.state.corporateActions, symbol, this.now);
    const price = factor === 1 ? given.price : roundToIncrement(given.price * factor);
    const offered = participation === undefined ? undefined : scale(quantityFromNumber(volume / factor), participation);
    events.push(...core.price(symbol, priceFromNumber(price), at, move, offered));
    const halt = core.state.halts.get(symbol);
    if (halt !== undefined && halt.since !== at) return [];
    const last = core.state.lastPrices.get(symbol);
    return [{ symbol, move, volume: volume / factor, price: last === undefined ? price : toNumber(last) }];
  }

  /** What of halts and bands a step has changed. */
  #changes(haltedBefore: ReadonlySet<string>, shown: readonly StepPrice[]): Pick<MarketStep, 'statuses' | 'bands'> {
    const { halts } = this.core.state;
    const begun = [...halts]
      .filter(([symbol]) => !haltedBefore.has(symbol))
      .map(([symbol, { code, reason }]) => ({ symbol, code, reason }));
    const ended = [...haltedBefore].filter((symbol) => !halts.has(symbol)).map((symbol) => ({ symbol, ...RESUMED }));
    const bands = shown.flatMap(({ symbol }) => {
      const band = this.core.band(symbol);
      return band === undefined ? [] : [{ symbol, ...band }];
    });
    return { statuses: [...begun, ...ended], bands };
  }

  /** A bar in the shares of today. */
  #current(bar: VenueBar): VenueBar {
    return adjusted(bar, splitFactor(this.core.state.corporateActions, bar.symbol, bar.startAt, this.now));
  }

  /** Where a symbol stands, in the tape's shares. */
  #tapePrice(symbol: string): number | undefined {
    const last = this.core.state.lastPrices.get(symbol);
    return last === undefined ? undefined : toNumber(last) / splitFactor(this.core.state.corporateActions, symbol, this.now);
  }

  /** Moves the clock on without a step. False where the next step would be overtaken. */
  advance(at: Instant): boolean {
    if (at < this.now || at >= this.#nextStepAt()) return false;
    this.position = { ...this.position, now: at };
    return true;
  }

  #nextStepAt(): Instant {
    const { extendedSessions } = this.core.options;
    const next = extendedSessions ? extendedStep(this.laps, this.position, (symbol) => this.#tapePrice(symbol)) : undefined;
    return (next ?? nextStep(this.laps, this.position)).step.at;
  }

  /** Carries out what happens to the market from outside, and tells it as a step without prices. */
  market(event: MarketEvent): MarketStep {
    const halted = new Set(this.core.state.halts.keys());
    applyMarketEvent(this.core, event, this.now);
    const { phase } = this.core.state;
    const lap = this.laps.lapOf(this.position.slice);
    return {
      at: this.now,
      name: phase,
      lap,
      opens: undefined,
      prices: [],
      closes: false,
      bars: [],
      dailyBars: [],
      ...this.#changes(halted, []),
    };
  }

  account(accountId: string, event: AccountEvent): SecondThought | undefined {
    return applyAccountEvent(this.core, accountId, event, this.now);
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
      case 'advance':
        return void this.advance(command.at);
      case 'market':
        return void this.market(command.event);
      case 'account':
        return void this.account(command.accountId, command.event);
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
