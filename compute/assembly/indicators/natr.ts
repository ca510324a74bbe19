import { Atr } from './atr';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';

/** Bars of a batch that are worked on at a time, so that the ranges stay in the nearest cache. */
const CHUNK: i32 = 512;
/** A close that is nearer to zero gives 0: TA-Lib's convention. */
const NO_PRICE: f64 = 1e-14;

/**
 * Normalised average true range: 100 × ATR / close, in percent. A close of zero gives 0, as in TA-Lib. With a period of 1 it is 100 × true
 * range / close, where TA-Lib forgets to normalise.
 */
export class Natr {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly atr: Atr;

  constructor(period: i32) {
    this.atr = new Atr(period);
    this.warmUp = this.atr.warmUp;
  }

  /** In percent of the close; not-a-number before `warmUp`. */
  next(high: f64, low: f64, close: f64): f64 {
    const range = this.atr.next(high, low, close);
    return this.atr.ready ? percentOf(range, close) : NaN;
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, close: usize, count: i32, output: usize): void {
    let done = 0;
    for (; done < count && !this.atr.ready; done++) {
      const at = bytes(done);
      store<f64>(output + at, this.next(load<f64>(high + at), load<f64>(low + at), load<f64>(close + at)));
    }
    for (; done < count; done += CHUNK) {
      const at = bytes(done);
      const size = min(CHUNK, count - done);
      this.atr.run(high + at, low + at, close + at, size, output + at);
      percentsOf(output + at, close + at, size);
    }
  }
}

@inline
function percentOf(range: f64, close: f64): f64 {
  return abs(close) < NO_PRICE ? 0 : (100 * range) / close;
}

/** Turns ranges into percents of the closes. */
function percentsOf(ranges: usize, close: usize, count: i32): void {
  const end = bytes(count);
  const hundred = f64x2.splat(100);
  const none = f64x2.splat(NO_PRICE);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const price = v128.load(close + i);
    const value = f64x2.div(f64x2.mul(hundred, v128.load(ranges + i)), price);
    v128.store(ranges + i, v128.andnot(value, f64x2.lt(f64x2.abs(price), none)));
  }
  if (i < end) store<f64>(ranges + i, percentOf(load<f64>(ranges + i), load<f64>(close + i)));
}

export class NatrIndicator extends Indicator {
  private readonly natr: Natr;

  static describe(spec: Spec): void {
    spec.title('NATR', 'Normalised average true range', 'The average true range in percent of the close.');
    spec.integer('timeperiod', 14, 1, 100000, 'Bars of the smoothing.');
    spec.series('high,low,close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.natr = new Natr(parameters.integer(0));
    this.warmUp = this.natr.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.natr.run(bars.high, bars.low, bars.close, count, bars.output(0));
  }
}
