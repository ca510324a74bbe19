import { Feature } from './feature';
import { Returns } from './window';

/** Deviations below this are the rounding of returns that are all the same. */
const STILL: f64 = 1e-12;

/** Mean third power of the distance of returns from their mean, in deviations; 0 where nothing moves. */
export class Skew extends Feature {
  private readonly returns: Returns;

  constructor(period: i32) {
    super(period);
    this.returns = new Returns(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    if (!this.returns.next(close)) return NaN;
    const mean = this.returns.mean();
    const deviation = this.returns.deviation(mean);
    if (deviation < STILL) return 0;
    let sum: f64 = 0;
    for (let i = 0; i < this.returns.period; i++) {
      const distance = (this.returns.value(i) - mean) / deviation;
      sum += distance * distance * distance;
    }
    return sum / f64(this.returns.period);
  }
}

/** Mean fourth power, likewise. */
export class Kurtosis extends Feature {
  private readonly returns: Returns;

  constructor(period: i32) {
    super(period);
    this.returns = new Returns(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    if (!this.returns.next(close)) return NaN;
    const mean = this.returns.mean();
    const deviation = this.returns.deviation(mean);
    if (deviation < STILL) return 0;
    let sum: f64 = 0;
    for (let i = 0; i < this.returns.period; i++) {
      const distance = (this.returns.value(i) - mean) / deviation;
      const square = distance * distance;
      sum += square * square;
    }
    return sum / f64(this.returns.period);
  }
}

/** Correlation of each return with the one before; 0 where nothing moves. */
export class Autocorrelation extends Feature {
  private readonly returns: Returns;

  constructor(period: i32) {
    super(period);
    this.returns = new Returns(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    if (!this.returns.next(close)) return NaN;
    const mean = this.returns.mean();
    if (this.returns.deviation(mean) < STILL) return 0;
    let shared: f64 = 0;
    let all: f64 = 0;
    let before: f64 = 0;
    for (let i = 0; i < this.returns.period; i++) {
      const distance = this.returns.value(i) - mean;
      if (i > 0) shared += distance * before;
      all += distance * distance;
      before = distance;
    }
    return shared / all;
  }
}

/** The largest return, or with a sign of −1 the least. */
export class ExtremeReturn extends Feature {
  private readonly returns: Returns;

  constructor(
    period: i32,
    private readonly sign: f64,
  ) {
    super(period);
    this.returns = new Returns(period);
  }

  next(open: f64, high: f64, low: f64, close: f64, volume: f64): f64 {
    if (!this.returns.next(close)) return NaN;
    let most: f64 = -Infinity;
    for (let i = 0; i < this.returns.period; i++) most = max<f64>(most, this.sign * this.returns.value(i));
    return this.sign * most;
  }
}
