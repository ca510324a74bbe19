import { Cci } from '../indicators/cci';
import { Rsi } from '../indicators/rsi';
import { Stochastic as SlowStochastic } from '../indicators/stochastic';
import { ZScore } from '../indicators/z-score';
import { Feature } from './feature';

/** Relative strength index / 100. */
export class Strength extends Feature {
  private readonly index: Rsi;

  constructor(period: i32) {
    super(period);
    this.index = new Rsi(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.index.next(close) / 100;
  }
}

/** Slow %K / 100. */
export class Stochastic extends Feature {
  private readonly oscillator: SlowStochastic;

  constructor(fastk: i32, slowk: i32, slowd: i32) {
    super(fastk + slowk + slowd - 3);
    this.oscillator = new SlowStochastic(fastk, slowk, slowd);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    this.oscillator.next(high, low, close);
    return this.oscillator.slowk / 100;
  }
}

/** Commodity channel index / 100. */
export class Channel extends Feature {
  private readonly index: Cci;

  constructor(period: i32) {
    super(period - 1);
    this.index = new Cci(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.index.next(high, low, close) / 100;
  }
}

/** How far the close lies from its mean, in deviations. */
export class CloseZ extends Feature {
  private readonly score: ZScore;

  constructor(period: i32) {
    super(period - 1);
    this.score = new ZScore(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return this.score.next(close);
  }
}
