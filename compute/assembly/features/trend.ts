import { Adx } from '../indicators/adx';
import { AroonOscillator } from '../indicators/aroon-oscillator';
import { Highest, Lowest } from '../indicators/extremes';
import { FractionalDifference } from '../indicators/fractional-difference';
import { Hurst } from '../indicators/hurst';
import { LinearRegressionSlope } from '../indicators/linear-regression-slope';
import { Macd } from '../indicators/macd';
import { Sma } from '../indicators/sma';
import { Feature } from './feature';

/** close / simple average − 1. */
export class AverageGap extends Feature {
  private readonly average: Sma;

  constructor(period: i32) {
    super(period - 1);
    this.average = new Sma(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return close / this.average.next(close) - 1;
  }
}

/** Histogram / close. */
export class MacdHistogram extends Feature {
  private readonly macd: Macd;

  constructor(fast: i32, slow: i32, signal: i32) {
    super(slow + signal - 2);
    this.macd = new Macd(fast, slow, signal);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    this.macd.next(close);
    return this.macd.hist / close;
  }
}

/** Average directional index / 100. */
export class Directional extends Feature {
  private readonly index: Adx;

  constructor(period: i32) {
    super(2 * period - 1);
    this.index = new Adx(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.index.next(high, low, close) / 100;
  }
}

/** Aroon oscillator / 100. */
export class Aroon extends Feature {
  private readonly oscillator: AroonOscillator;

  constructor(period: i32) {
    super(period);
    this.oscillator = new AroonOscillator(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.oscillator.next(high, low) / 100;
  }
}

/** Slope of the straight line through the closes / close. */
export class Slope extends Feature {
  private readonly line: LinearRegressionSlope;

  constructor(period: i32) {
    super(period - 1);
    this.line = new LinearRegressionSlope(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.line.next(close) / close;
  }
}

/** close / highest close − 1. */
export class BelowHigh extends Feature {
  private readonly highest: Highest;
  private count: i32 = 0;

  constructor(private readonly period: i32) {
    super(period - 1);
    this.highest = new Highest(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    const highest = this.highest.next(close);
    if (this.count < this.period) this.count += 1;
    return this.count < this.period ? NaN : close / highest - 1;
  }
}

/** close / lowest close − 1. */
export class AboveLow extends Feature {
  private readonly lowest: Lowest;
  private count: i32 = 0;

  constructor(private readonly period: i32) {
    super(period - 1);
    this.lowest = new Lowest(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    const lowest = this.lowest.next(close);
    if (this.count < this.period) this.count += 1;
    return this.count < this.period ? NaN : close / lowest - 1;
  }
}

/** Fractional difference / close. */
export class Fractional extends Feature {
  private readonly difference: FractionalDifference;

  constructor(order: f64, period: i32) {
    super(period - 1);
    this.difference = new FractionalDifference(order, period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.difference.next(close) / close;
  }
}

/** Hurst exponent. */
export class Persistence extends Feature {
  private readonly exponent: Hurst;

  constructor(period: i32) {
    super(period - 1);
    this.exponent = new Hurst(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.exponent.next(close);
  }
}
