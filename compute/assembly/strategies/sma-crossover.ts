import { Parameter, Sma, Strategy, choice, integer } from 'tidemark';

/** The two averages of one symbol, and on which side the fast one was. */
class Averages {
  readonly fast: Sma;
  readonly slow: Sma;
  previousFast: f64 = NaN;
  previousSlow: f64 = NaN;
  /** 1 above, -1 below, 0 not yet seen; an equal bar does not change it. */
  side: i32 = 0;

  constructor(fast: i32, slow: i32) {
    this.fast = new Sma(fast);
    this.slow = new Sma(slow);
  }
}

export default class SmaCrossover extends Strategy {
  private fast: Parameter = integer('fast', 10, 1, 10000, 'Bars of the fast average.');
  private slow: Parameter = integer('slow', 30, 2, 10000, 'Bars of the slow average.');
  private direction: Parameter = choice('direction', ['long', 'longshort'], 'Buy only, or sell short on the opposite cross.');
  private arm: Parameter = choice(
    'arm',
    ['cross', 'strict'],
    'Cross: from at or below to above. Strict: only after strictly below was seen.',
  );
  private symbols: Averages[] = [];
  private bothWays: bool = false;
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
    for (let symbol = 0; symbol < this.symbolCount; symbol++) this.symbols.push(new Averages(this.fast.int, this.slow.int));
  }

  onBar(symbol: i32): void {
    const averages = this.symbols[symbol];
    const close = this.bar(symbol).close;
    const fast = averages.fast.next(close);
    const slow = averages.slow.next(close);
    const wasAbove = this.strict ? averages.side > 0 : averages.previousFast >= averages.previousSlow;
    const wasBelow = this.strict ? averages.side < 0 : averages.previousFast <= averages.previousSlow;
    averages.previousFast = fast;
    averages.previousSlow = slow;
    if (fast > slow) {
      averages.side = 1;
      if (wasBelow) this.onCrossAbove(symbol);
    } else if (fast < slow) {
      averages.side = -1;
      if (wasAbove) this.onCrossBelow(symbol);
    }
  }

  private onCrossAbove(symbol: i32): void {
    const position = this.position(symbol);
    if (position == 0 || (this.bothWays && position < 0)) this.target(symbol, 1, 'fast average crossed above slow');
  }

  private onCrossBelow(symbol: i32): void {
    const position = this.position(symbol);
    if (this.bothWays) {
      if (position >= 0) this.target(symbol, -1, 'fast average crossed below slow');
    } else if (position > 0) {
      this.target(symbol, 0, 'fast average crossed below slow');
    }
  }
}
