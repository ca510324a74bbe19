import { CrossingStrategy, Order, Parameter, choice, integer, number } from 'tidemark';

export default class SmaCrossover extends CrossingStrategy {
  private fast: Parameter = integer('fast', 10, 1, 10000, 'Bars of the fast average.');
  private slow: Parameter = integer('slow', 30, 2, 10000, 'Bars of the slow average.');
  private direction: Parameter = choice('direction', ['long', 'longshort'], 'Buy only, or sell short on the opposite cross.');
  private arm: Parameter = choice(
    'arm',
    ['cross', 'strict'],
    'Cross: from at or below to above. Strict: only after strictly below was seen.',
  );
  private stopLoss: Parameter = number('stopLoss', 0, 0, 0.99, 'Stop this fraction of the signal close away; 0 for none. Exits are then by stop and target only.');
  private takeProfit: Parameter = number('takeProfit', 0, 0, 10, 'Take profit this fraction of the signal close away; 0 for none.');
  private limitOffset: Parameter = number('limitOffset', 0, 0, 0.99, 'Enter by a limit this fraction below the signal close; 0 for a market order.');
  private bothWays: bool = false;
  private isProtected: bool = false;
  private strict: bool = false;

  constructor() {
    super(
      'sma-crossover',
      'Moving-average crossover',
      'Buys when the fast simple average of closes crosses above the slow one, and leaves when it crosses below.',
    );
  }

  check(): string {
    return this.fast.int < this.slow.int ? '' : 'fast is smaller than slow';
  }

  warmUp(): i32 {
    return this.slow.int;
  }

  onStart(): void {
    this.bothWays = this.direction.is('longshort');
    this.strict = this.arm.is('strict');
    this.isProtected = this.stopLoss.value > 0 || this.takeProfit.value > 0;
  }

  fastPeriod(): i32 {
    return this.fast.int;
  }

  slowPeriod(): i32 {
    return this.slow.int;
  }

  isLongFlat(): bool {
    return !this.bothWays && !this.isProtected && this.limitOffset.value == 0;
  }

  isStrict(): bool {
    return this.strict;
  }

  onCross(symbol: i32, isAbove: bool): void {
    const position = this.position(symbol);
    if (this.isProtected) {
      // Protective orders end the trade; crosses in between are passed over.
      if (position == 0 && this.working(symbol) == 0 && (isAbove || this.bothWays)) this.enter(symbol, isAbove);
    } else if (isAbove) {
      if (position == 0 || (this.bothWays && position < 0)) this.enter(symbol, true);
    } else {
      this.leave(symbol, position);
    }
  }

  private leave(symbol: i32, position: f64): void {
    if (this.limitOffset.value > 0) this.cancelAll(symbol, 'fast average crossed below slow');
    if (this.bothWays) {
      if (position >= 0) this.enter(symbol, false);
    } else if (position > 0) {
      this.target(symbol, 0, 'fast average crossed below slow');
    }
  }

  private enter(symbol: i32, isLong: bool): void {
    const close = this.bar(symbol).close;
    const side: f64 = isLong ? 1 : -1;
    const reason = isLong ? 'fast average crossed above slow' : 'fast average crossed below slow';
    const stop: f64 = this.stopLoss.value > 0 ? close * (1 - side * this.stopLoss.value) : NaN;
    // A price cannot fall by all of itself: a short with such a target has none.
    const reached = close * (1 + side * this.takeProfit.value);
    const profit: f64 = this.takeProfit.value > 0 && reached > 0 ? reached : NaN;
    if (this.limitOffset.value > 0) {
      const limit = close * (1 - side * this.limitOffset.value);
      this.submit(Order.limit(symbol, side, limit).byExposure().bracket(stop, profit), reason);
    } else {
      this.target(symbol, side, reason, stop, profit);
    }
  }
}
