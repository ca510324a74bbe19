import { sessionOnOrAfter } from '../../instruments/calendar.ts';
import { formatInstant, instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Bar } from '../bar.ts';

/**
 * Holds running daily bars until their session is over: Alpaca re-sends the day's bar each minute, and only the last one is the bar.
 * The stream's own timestamps say how late it is, so that a replayed market closes its days as a live one does.
 */
export class DailyCloser {
  readonly #pending = new Map<string, Bar>();
  readonly #emitted = new Map<string, Instant>();
  #latest = instantFromMs(0);

  /** Notes a message's time; gives the bars that became final by it, in symbol order. */
  advance(at: Instant): readonly Bar[] {
    if (at > this.#latest) this.#latest = at;
    return [...this.#pending.keys()].toSorted().flatMap((symbol) => this.#close(symbol));
  }

  /** Takes a running bar; gives it back at once when its session is over. */
  add(bar: Bar): readonly Bar[] {
    const before = this.#pending.get(bar.symbol);
    const closed = before !== undefined && before.startAt < bar.startAt ? this.#emit(before) : [];
    this.#pending.set(bar.symbol, bar);
    return [...closed, ...this.#close(bar.symbol)];
  }

  #close(symbol: string): readonly Bar[] {
    const bar = this.#pending.get(symbol);
    if (bar === undefined) return [];
    const session = sessionOnOrAfter(formatInstant(bar.startAt).slice(0, 10));
    return this.#latest >= session.closeAt ? this.#emit(bar) : [];
  }

  #emit(bar: Bar): readonly Bar[] {
    this.#pending.delete(bar.symbol);
    const last = this.#emitted.get(bar.symbol);
    if (last !== undefined && last >= bar.startAt) return [];
    this.#emitted.set(bar.symbol, bar.startAt);
    return [bar];
  }
}
