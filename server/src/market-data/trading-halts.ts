import { formatInstant } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { Mark } from '../risk/types.ts';
import type { SymbolStanding, TradingStatus } from './trading-status.ts';

/** Trades of the last moments before a halt are reported after it: only one that is later by this shows that trading goes on. */
const AFTERWARDS_MS = 10_000;
/** A symbol without any price for so long of an open session is taken for halted where nothing could tell. */
export const SILENCE_MS = 300_000;

/** Trading in a symbol stands still from now on, or goes on, and why. */
export interface HaltChange {
  readonly symbol: string;
  readonly halted: boolean;
  readonly reason: string;
}

/** Why a symbol counts as halted; each ends by its own evidence. */
interface Causes {
  /** The exchange said so, at this time: it ends by its word, or by a later trade, for the word may have been missed. */
  readonly told?: Instant;
  /** The broker takes no orders in it: ends when it does. */
  readonly untradable?: true;
  /** No price had come for long: ends with the first one. */
  readonly silent?: true;
}

const isHalted = ({ told, untradable, silent }: Causes): boolean => told !== undefined || untradable === true || silent === true;

/**
 * Which symbols are halted, from the words of exchanges, from prices, and from what the broker answers when it is asked: at a start, after a connection
 * was lost, and for as long as anything is halted. So no halt is missed because nobody listened, and none stays because its end was missed.
 */
export class TradingHalts {
  readonly #causes = new Map<string, Causes>();

  /** Halts of before a start, whose cause is not known any more, count as told. */
  constructor(known: Iterable<readonly [symbol: string, since: Instant]> = []) {
    for (const [symbol, told] of known) this.#causes.set(symbol, { told });
  }

  get isAny(): boolean {
    return this.#causes.size > 0;
  }

  /** A word of the exchange. One that is older than what is known says nothing. */
  told({ symbol, at, trading, words }: TradingStatus): HaltChange | undefined {
    const { told, ...others } = this.#causes.get(symbol) ?? {};
    if (told !== undefined && at < told) return undefined;
    if (!trading) return this.#set(symbol, { ...others, told: at }, words);
    return this.#set(symbol, others.untradable === true ? { untradable: true } : {}, words);
  }

  /** A price of the live feed. Most symbols are not halted: for them this does nothing. */
  priced(symbol: string, { at, basis }: Pick<Mark, 'at' | 'basis'>): HaltChange | undefined {
    const causes = this.#causes.get(symbol);
    if (causes === undefined) return undefined;
    const { silent: _ended, ...others } = causes;
    return basis === 'trade' ? this.#traded(symbol, others, at) : this.#set(symbol, others, 'prices come again');
  }

  #traded(symbol: string, causes: Causes, at: Instant): HaltChange | undefined {
    const { told, ...others } = causes;
    const goesOn = told !== undefined && at >= told + AFTERWARDS_MS;
    return this.#set(symbol, goesOn ? others : causes, `it traded at ${formatInstant(at)}`);
  }

  /** The broker's answer, while the session has been open since `openAt`; `undefined` outside of sessions. */
  compared(standing: SymbolStanding, now: Instant, openAt: Instant | undefined): HaltChange | undefined {
    const { symbol, tradable, tradedAt, quotedAt } = standing;
    const { untradable: before, silent: _silent, ...others } = this.#causes.get(symbol) ?? {};
    const untradable = tradable === undefined ? before === true : !tradable;
    const priced = [tradedAt, quotedAt].flatMap((at) => (at === undefined ? [] : [now - at]));
    const silent = openAt !== undefined && now - openAt >= SILENCE_MS && priced.every((ageMs) => ageMs >= SILENCE_MS);
    const causes: Causes = { ...others, ...(untradable ? { untradable: true } : {}), ...(silent ? { silent: true } : {}) };
    if (tradedAt !== undefined && others.told !== undefined && tradedAt >= others.told + AFTERWARDS_MS)
      return this.#traded(symbol, causes, tradedAt);
    const why = untradable ? 'the broker takes no orders in it' : `no price of it has come for ${SILENCE_MS / 60_000} minutes`;
    return this.#set(symbol, causes, isHalted(causes) ? why : 'the broker takes orders in it, and prices come');
  }

  #set(symbol: string, causes: Causes, reason: string): HaltChange | undefined {
    const before = this.#causes.has(symbol);
    const halted = isHalted(causes);
    if (halted) this.#causes.set(symbol, causes);
    else this.#causes.delete(symbol);
    return before === halted ? undefined : { symbol, halted, reason };
  }
}
