import { Feature, change } from './feature';
import { Returns, Window } from './window';

/** √(mean of squared returns), of one bar. */
export class Volatility extends Feature {
  private readonly returns: Returns;

  constructor(period: i32) {
    super(period);
    this.returns = new Returns(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.returns.next(close) ? this.returns.rootMeanSquare() : NaN;
  }
}

/** Volatility of the last `short` returns over that of the last `long`; 1 where nothing moves. */
export class VolatilityRatio extends Feature {
  private readonly returns: Returns;

  constructor(
    private readonly short: i32,
    private readonly long: i32,
  ) {
    super(long);
    this.returns = new Returns(long);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    if (!this.returns.next(close)) return NaN;
    const long = this.returns.rootMeanSquare();
    return long == 0 ? 1 : this.returns.rootMeanSquare(this.long - this.short) / long;
  }
}

/** Mean of ln(high / low). */
export class MeanRange extends Feature {
  private readonly ranges: Window;

  constructor(period: i32) {
    super(period - 1);
    this.ranges = new Window(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    this.ranges.push(change(high, low));
    return this.ranges.isFull ? this.ranges.mean() : NaN;
  }
}

/** The part of the squared returns that went down; one half where nothing moves. */
export class DownShare extends Feature {
  private readonly returns: Returns;

  constructor(period: i32) {
    super(period);
    this.returns = new Returns(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    if (!this.returns.next(close)) return NaN;
    let all: f64 = 0;
    let down: f64 = 0;
    for (let i = 0; i < this.returns.period; i++) {
      const value = this.returns.value(i);
      const loss = min<f64>(0, value);
      all += value * value;
      down += loss * loss;
    }
    return all == 0 ? 0.5 : down / all;
  }
}
