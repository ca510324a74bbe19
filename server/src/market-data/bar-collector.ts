import type { Instant } from '../money/instant.ts';
import type { Bar } from './bar.ts';

/** Runs `action` after a while, unless the returned function is called first. */
export type Schedule = (action: () => void, afterMs: number) => () => void;

/**
 * Gathers the bars of one instant, so that strategies see all their symbols at once. A slice is complete when every expected symbol has
 * come, when a later bar arrives, or when the grace has passed: a symbol that did not trade must not hold up the others.
 */
export class BarCollector {
  readonly #expected: ReadonlySet<string>;
  readonly #deliver: (bars: readonly Bar[]) => void;
  readonly #schedule: Schedule;
  readonly #graceMs: number;
  #startAt: Instant | undefined;
  #bars = new Map<string, Bar>();
  #cancel: (() => void) | undefined;

  constructor(symbols: readonly string[], deliver: (bars: readonly Bar[]) => void, schedule: Schedule, graceMs: number) {
    this.#expected = new Set(symbols);
    this.#deliver = deliver;
    this.#schedule = schedule;
    this.#graceMs = graceMs;
  }

  /** A bar before the slice being gathered comes on its own: late, but not lost. */
  add(bar: Bar): void {
    if (this.#startAt !== undefined && bar.startAt < this.#startAt) {
      this.#deliver([bar]);
      return;
    }
    if (this.#startAt !== undefined && bar.startAt > this.#startAt) this.flush();
    if (this.#startAt === undefined) this.#cancel = this.#schedule(() => this.flush(), this.#graceMs);
    this.#startAt = bar.startAt;
    this.#bars.set(bar.symbol, bar);
    if (this.#expected.size > 0 && [...this.#expected].every((symbol) => this.#bars.has(symbol))) this.flush();
  }

  /** Delivers what has come, in symbol order. */
  flush(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#startAt = undefined;
    const bars = [...this.#bars.values()].toSorted((left, right) => (left.symbol < right.symbol ? -1 : 1));
    this.#bars = new Map();
    if (bars.length > 0) this.#deliver(bars);
  }
}
