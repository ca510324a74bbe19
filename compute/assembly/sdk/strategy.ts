import { Bar } from './bar';
import { Order } from './order';
import { CASH, EQUITY, TIME, recordOf, slice, symbolCount } from './slice';
import { EXPOSURE, NOTIONAL, UNITS, WEIGHT, addCancel, addOrder, addProtection, setTarget } from './wishes';

/**
 * What an author extends. The strategy sees the slice of the market that has just closed, its own positions after this bar's
 * fills, and its money; it answers with targets and orders. It cannot see later bars, the clock, or anything outside.
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
      if (changetype<Bar>(recordOf(symbol)).isPresent) this.onBar(symbol);
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
    return this.bar(symbol).isPresent;
  }

  /** The symbol's bar in this slice; its last one where it has none now, with NaN before its first. */
  @inline
  bar(symbol: i32): Bar {
    if (u32(symbol) >= u32(symbolCount)) throw new RangeError('There is no symbol of this index');
    return changetype<Bar>(recordOf(symbol));
  }

  /** Signed units held after this bar's fills. */
  @inline
  position(symbol: i32): f64 {
    return this.bar(symbol).held;
  }

  /** Average price of the units held; not-a-number while flat. */
  entryPrice(symbol: i32): f64 {
    return this.bar(symbol).entryPrice;
  }

  /** Orders of the symbol that wait or rest; protective orders are not counted. */
  working(symbol: i32): i32 {
    return this.bar(symbol).working;
  }

  /**
   * Wish for an exposure in [-1, 1] of the size policy: 1 fully long, 0 flat, -1 fully short. A target is said once: it leads to
   * orders now, is not repeated on later bars, and a refused order is not tried again. No target means: leave everything as it is.
   * `stopLoss` and `takeProfit` are prices of protective orders that live with the position; NaN for none.
   */
  target(symbol: i32, exposure: f64, reason: string, stopLoss: f64 = NaN, takeProfit: f64 = NaN): void {
    setTarget(symbol, EXPOSURE, exposure, reason, stopLoss, takeProfit);
  }

  /** As `target`, in fractions of equity at this close, whatever the size policy: 0.1 is a tenth, long. */
  targetWeight(symbol: i32, weight: f64, reason: string, stopLoss: f64 = NaN, takeProfit: f64 = NaN): void {
    setTarget(symbol, WEIGHT, weight, reason, stopLoss, takeProfit);
  }

  /** As `target`, in signed units. */
  targetUnits(symbol: i32, units: f64, reason: string, stopLoss: f64 = NaN, takeProfit: f64 = NaN): void {
    setTarget(symbol, UNITS, units, reason, stopLoss, takeProfit);
  }

  /** As `target`, in signed money at this close. */
  targetNotional(symbol: i32, notional: f64, reason: string, stopLoss: f64 = NaN, takeProfit: f64 = NaN): void {
    setTarget(symbol, NOTIONAL, notional, reason, stopLoss, takeProfit);
  }

  /** Hand in an order; answers its number, for `cancel`. */
  submit(order: Order, reason: string): i32 {
    return addOrder(order, reason);
  }

  /** Cancel the order of that number; one that has ended is none. */
  cancel(symbol: i32, id: i32, reason: string): void {
    addCancel(symbol, id, reason);
  }

  /** Cancel every waiting or resting order of the symbol. Protective orders stay, and so does the exit that a margin call or a protective order leads to. */
  cancelAll(symbol: i32, reason: string): void {
    addCancel(symbol, 0, reason);
  }

  /** Replace the protective orders of the symbol's position: prices, NaN for none. They end with the position. */
  protect(symbol: i32, stopLoss: f64, takeProfit: f64, reason: string): void {
    addProtection(symbol, stopLoss, takeProfit, NaN, reason);
  }

  /** As `protect`, with a stop that follows the best price since this close at a distance of `fraction` of it. Said again, it begins again. */
  trail(symbol: i32, fraction: f64, reason: string, takeProfit: f64 = NaN): void {
    addProtection(symbol, NaN, takeProfit, fraction, reason);
  }
}
