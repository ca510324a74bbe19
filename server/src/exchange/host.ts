import type { Instrument } from '../instruments/instrument.ts';
import type { Price } from '../money/fixed.ts';
import { isOption } from './core/option-terms.ts';
import type { Cancellation, CoreOptions, Submission, VenueEvent } from './core/types.ts';
import type { Instant } from '../money/instant.ts';
import type { SecondThought } from './core/second-thoughts.ts';
import type { AccountEvent, MarketEvent } from './market-events.ts';
import type { MarketStep } from './market/replay.ts';
import type { OrderCommand, Venue, VenueCommand } from './venue.ts';

/** Where commands are kept. `append` resolves when the command, and all before it, are on disk. */
export interface CommandLog {
  append(command: VenueCommand): Promise<void>;
  close(): Promise<void>;
}

export type AssetClass = Instrument['assetClass'] | 'us_option';

export interface HostListener {
  onEvents(events: readonly VenueEvent[]): void;
  onStep(step: MarketStep): void;
}

/** The log could not be written, or an invariant is broken: the exchange changes nothing more, because it could not stand by it. */
export class VenueHaltedError extends Error {
  override readonly name = 'VenueHaltedError';
}

/**
 * The venue with its log: a command takes effect at once, but nobody hears of it before it is durable. Listeners hear everything in the
 * order in which it happened, because the log finishes its appends in order.
 */
export class VenueHost {
  readonly venue: Venue;
  readonly options: CoreOptions;
  /** Between bid and ask of every quote. */
  readonly spread: Price;
  readonly #log: CommandLog | undefined;
  readonly #listeners = new Set<HostListener>();
  #failure: Error | undefined;

  constructor(venue: Venue, spread: Price, log: CommandLog | undefined) {
    this.spread = spread;
    this.venue = venue;
    this.options = venue.core.options;
    this.#log = log;
  }

  instrument(symbol: string): Instrument | undefined {
    return this.options.instruments.get(symbol);
  }

  /** Of an order in several options the symbol is empty. */
  assetClass(symbol: string): AssetClass {
    if (symbol === '' || isOption(symbol)) return 'us_option';
    return this.instrument(symbol)?.assetClass ?? 'us_equity';
  }

  listen(listener: HostListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Makes sure that an account exists. */
  async openAccount(accountId: string): Promise<void> {
    if (this.venue.core.state.accounts.has(accountId)) return;
    this.#change(() => this.venue.openAccount(accountId));
    await this.#keep({ kind: 'open-account', accountId });
  }

  async order(command: OrderCommand): Promise<Submission> {
    const result = this.#change(() => this.venue.order(command));
    await this.#keep(command);
    if (result.ok) this.#tell(result.events);
    return result;
  }

  async cancel(accountId: string, orderId: string): Promise<Cancellation> {
    const result = this.#change(() => this.venue.cancel(accountId, orderId));
    await this.#keep({ kind: 'cancel', accountId, orderId });
    if (result.ok) this.#tell(result.events);
    return result;
  }

  async step(): Promise<MarketStep> {
    const { step, events } = this.#change(() => this.venue.step());
    await this.#keep({ kind: 'step' });
    for (const listener of this.#listeners) listener.onStep(step);
    this.#tell(events);
    return step;
  }

  /** Moves the clock on; false where that would overtake the next step. */
  async advance(at: Instant): Promise<boolean> {
    const moved = this.#change(() => this.venue.advance(at));
    if (moved) await this.#keep({ kind: 'advance', at });
    return moved;
  }

  /** What happens to the market from outside; whoever listens hears of it as of a step. */
  async market(event: MarketEvent): Promise<MarketStep> {
    const step = this.#change(() => this.venue.market(event));
    await this.#keep({ kind: 'market', event });
    for (const listener of this.#listeners) listener.onStep(step);
    return step;
  }

  async account(accountId: string, event: AccountEvent): Promise<SecondThought | undefined> {
    const result = this.#change(() => this.venue.account(accountId, event));
    await this.#keep({ kind: 'account', accountId, event });
    if (result?.ok === true) this.#tell(result.events, true);
    return result;
  }

  async close(): Promise<void> {
    await this.#log?.close();
  }

  /** A change that throws has broken an invariant and may be half done: nothing more is built on it. */
  #change<T>(change: () => T): T {
    if (this.#failure !== undefined) throw this.#failure;
    try {
      return change();
    } catch (cause) {
      this.#failure = new VenueHaltedError('The exchange met a broken invariant and has stopped', { cause });
      throw this.#failure;
    }
  }

  async #keep(command: VenueCommand): Promise<void> {
    try {
      await this.#log?.append(command);
    } catch (cause) {
      this.#failure ??= new VenueHaltedError('The exchange cannot write its log and has stopped', { cause });
      throw this.#failure;
    }
  }

  /** `even`: also of no events, because something else was written in an account's book. */
  #tell(events: readonly VenueEvent[], even = false): void {
    if (events.length > 0 || even) for (const listener of this.#listeners) listener.onEvents(events);
  }
}
