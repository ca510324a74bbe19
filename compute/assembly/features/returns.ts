import { Lag } from '../indicators/lag';
import { Feature, change } from './feature';

/** ln(close / close `lag` bars before). */
export class Return extends Feature {
  private readonly lag: Lag;

  constructor(lag: i32) {
    super(lag);
    this.lag = new Lag(lag);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return change(close, this.lag.next(close));
  }
}

/** ln(close `to` bars before / close `from` bars before). */
export class PastReturn extends Feature {
  private readonly first: Lag;
  private readonly last: Lag;

  constructor(from: i32, to: i32) {
    super(from);
    this.first = new Lag(from);
    this.last = new Lag(to);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return change(this.last.next(close), this.first.next(close));
  }
}

/** ln(open / close before). */
export class Gap extends Feature {
  private before: f64 = NaN;

  constructor() {
    super(1);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    const value = change(open, this.before);
    this.before = close;
    return value;
  }
}

/** ln(close / open). */
export class Body extends Feature {
  constructor() {
    super(0);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    return change(close, open);
  }
}
