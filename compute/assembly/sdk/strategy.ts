import { Bar } from './bar';
import { CASH, EQUITY, TIME, recordOf, slice, symbolCount } from './slice';
import { setTarget } from './targets';

/**
 * What an author extends. The strategy sees the slice of the market that has just closed, its own positions after this bar's
 * fills, and its money; it answers with targets. It cannot see later bars, the clock, or anything outside.
 */
export abstract class Strategy {
  readonly name: string;
  readonly title: string;
  readonly description: string;

  /** `name` in lower case with hyphens, `title` for people, `description` in a sentence or two. */
  constructor(name: string, title: string, description: string) {
    this.name = name;
    this.title = title;
    this.description = description;
  }

  /** The rule that the parameters together break (`fast is smaller than slow`); empty when they break none. */
  check(): string {
    return '';
  }

  /** Bars of a symbol before the first decision is possible. */
  warmUp(): i32 {
    return 0;
  }

  /** Once, when parameters are bound and `symbolCount` is known, before the first bar. */
  onStart(): void {}

  /** After each bar of each symbol, in the order of the symbols. */
  onBar(symbol: i32): void {}

  /** After each slice. Override it instead of `onBar` to look at all symbols together. */
  onBars(): void {
    const count = symbolCount;
    for (let symbol = 0; symbol < count; symbol++) {
      if (changetype<Bar>(recordOf(symbol)).present != 0) this.onBar(symbol);
    }
  }

  get symbolCount(): i32 {
    return symbolCount;
  }

  /** Start of this slice's bars, in milliseconds since 1970 UTC. */
  get time(): f64 {
    return load<f64>(slice + TIME);
  }

  get cash(): f64 {
    return load<f64>(slice + CASH);
  }

  /** Cash and positions at this slice's closes. */
  get equity(): f64 {
    return load<f64>(slice + EQUITY);
  }

  /** Whether the symbol has a bar in this slice. */
  hasBar(symbol: i32): bool {
    return this.bar(symbol).present != 0;
  }

  /** The symbol's bar in this slice; its last one where it has none now, with NaN before its first. */
  // @ts-ignore: decorator
  @inline
  bar(symbol: i32): Bar {
    if (u32(symbol) >= u32(symbolCount)) throw new RangeError('There is no symbol of this index');
    return changetype<Bar>(recordOf(symbol));
  }

  /** Signed units held after this bar's fills. */
  position(symbol: i32): f64 {
    return this.bar(symbol).held;
  }

  /**
   * Wish for an exposure in [-1, 1] of the size policy: 1 fully long, 0 flat, -1 fully short. A target is said once: it leads to
   * orders now, is not repeated on later bars, and a refused order is not tried again. No target means: leave everything as it is.
   */
  target(symbol: i32, exposure: f64, reason: string): void {
    setTarget(symbol, exposure, reason);
  }
}
