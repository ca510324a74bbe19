import { Highest, Lowest } from './extremes';
import { Filter, SIMPLE } from './filter';
import { Bars, Indicator, Parameters, bytes } from './indicator';
import { movingAverage } from './moving-average';
import { Rsi } from './rsi';
import { Relay, Scratch } from './scratch';
import { Spec } from './spec';

/** About how many bars of a batch are worked on at a time, so that what lies between the stages stays in the nearest cache. */
const CHUNK: i32 = 1024;
/** A range of the index that is not wider holds nothing but rounding: where prices stand still, the index ought to. */
const NO_RANGE: f64 = 1e-10;

/**
 * Fast stochastic of the relative strength index: `fastk` is 100 × (RSI − lowest RSI) / (highest RSI − lowest RSI) over some values of it, and `fastd` an
 * average of `fastk`. Values without any range give 0, TA-Lib's convention. Both outputs are hidden until `fastd` exists. As TA-Lib's STOCHRSI.
 */
export class StochasticRsi {
  /** Index of the first value. */
  readonly warmUp: i32;
  fastk: f64 = NaN;
  fastd: f64 = NaN;
  private readonly rsi: Rsi;
  private readonly highest: Highest;
  private readonly lowest: Lowest;
  private readonly average: Filter;
  private readonly chunk: i32;
  private readonly relay: Relay;
  private readonly lows: Scratch;
  /** Values that each stage still waits for the stage before it. */
  private rsiWait: i32;
  private rangeWait: i32;
  private averageWait: i32;

  /** `average` is `SIMPLE` or `EXPONENTIAL`. */
  constructor(period: i32, fastk: i32, fastd: i32, average: i32 = SIMPLE) {
    this.rsi = new Rsi(period);
    const highest = new Highest(fastk);
    const chunk = highest.strides(CHUNK);
    this.highest = highest;
    this.lowest = new Lowest(fastk);
    this.average = movingAverage(average, fastd);
    this.rsiWait = period;
    this.rangeWait = fastk - 1;
    this.averageWait = fastd - 1;
    this.warmUp = period + (fastk - 1) + (fastd - 1);
    this.chunk = chunk;
    this.relay = new Relay(fastk, chunk + fastk);
    this.lows = new Scratch(chunk + fastk);
  }

  /** Moves `fastk` and `fastd` one bar on; not-a-number before `warmUp`. */
  next(x: f64): void {
    const strength = this.rsi.next(x);
    if (this.rsiWait > 0) {
      this.rsiWait--;
      return;
    }
    const highest = this.highest.next(strength);
    const lowest = this.lowest.next(strength);
    if (this.rangeWait > 0) {
      this.rangeWait--;
      return;
    }
    const fastk = percentOfRange(strength, highest, lowest);
    const fastd = this.average.next(fastk);
    if (this.averageWait > 0) {
      this.averageWait--;
      return;
    }
    this.fastk = fastk;
    this.fastd = fastd;
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, fastk: usize, fastd: usize): void {
    let done = 0;
    for (; done < count && (this.averageWait > 0 || this.rangeWait > 0 || this.rsiWait > 0); done++) {
      this.next(load<f64>(input + bytes(done)));
      store<f64>(fastk + bytes(done), this.fastk);
      store<f64>(fastd + bytes(done), this.fastd);
    }
    if (done == count) return;
    const strengths = this.relay.start;
    const lows = this.lows.start;
    const first = done;
    this.relay.behind = 0;
    for (let size = 0; done < count; done += size) {
      const at = bytes(done);
      size = min(count - done, this.chunk + this.highest.untilBlock);
      this.rsi.run(input + at, size, strengths);
      this.highest.runOn(strengths, size, fastk + at, this.relay.behind);
      this.lowest.runOn(strengths, size, lows, this.relay.behind);
      percentsOfRange(strengths, fastk + at, lows, size, fastk + at);
      this.average.runOn(fastk + at, size, fastd + at, done - first);
      this.relay.pass(size);
    }
    this.fastk = load<f64>(fastk + bytes(count - 1));
    this.fastd = load<f64>(fastd + bytes(count - 1));
  }
}

/** Where `x` lies in a range, in percent; 0 in a range that holds nothing; not-a-number where `x` is. */
@inline
function percentOfRange(x: f64, highest: f64, lowest: f64): f64 {
  const range = highest - lowest;
  return abs(range) <= NO_RANGE && x == x ? 0 : 100 * ((x - lowest) / range);
}

/** As `percentOfRange` for each of `count` values, to the bit. `output` may be `highest`. */
function percentsOfRange(x: usize, highest: usize, lowest: usize, count: i32, output: usize): void {
  const end = bytes(count);
  const hundred = f64x2.splat(100);
  const least = f64x2.splat(NO_RANGE);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const low = v128.load(lowest + i);
    const place = v128.load(x + i);
    const range = f64x2.sub(v128.load(highest + i), low);
    const value = f64x2.mul(hundred, f64x2.div(f64x2.sub(place, low), range));
    const none = v128.and(f64x2.le(f64x2.abs(range), least), f64x2.eq(place, place));
    v128.store(output + i, v128.andnot(value, none));
  }
  if (i < end) store<f64>(output + i, percentOfRange(load<f64>(x + i), load<f64>(highest + i), load<f64>(lowest + i)));
}

export class StochasticRsiIndicator extends Indicator {
  private readonly stochastic: StochasticRsi;

  static describe(spec: Spec): void {
    spec.title('STOCHRSI', 'Stochastic RSI', 'Where the relative strength index lies in its own last range, in percent, and an average of that.');
    spec.integer('timeperiod', 14, 2, 100000, 'Bars of the relative strength index.');
    spec.integer('fastk', 5, 1, 100000, 'Values of the range.');
    spec.integer('fastd', 3, 1, 100000, 'Values of the average.');
    spec.choice('fastd_matype', 0, 'SMA,EMA', 'Kind of the average.');
    spec.series('close', 'fastk,fastd', 'own');
  }

  constructor(p: Parameters) {
    super();
    this.stochastic = new StochasticRsi(p.integer(0), p.integer(1), p.integer(2), p.integer(3));
    this.warmUp = this.stochastic.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.stochastic.run(bars.close, count, bars.output(0), bars.output(1));
  }
}
