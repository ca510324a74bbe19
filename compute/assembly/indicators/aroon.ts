import { Bars, Indicator, Parameters, bytes } from './indicator';
import { LatestExtremes } from './latest-extremes';
import { firsts, seconds } from './lanes';
import { Spec } from './spec';

/**
 * Aroon (Chande, 1995): 100 × (period − bars since the highest high) / period, and the same for the lowest low, over the last `period + 1`
 * bars. The most recent of equal extremes counts, so that constant prices give 100 and 100, as in TA-Lib. While the highest high or
 * the lowest low is not a finite number, there is no value.
 */
export class Aroon {
  /** Index of the first value. */
  readonly warmUp: i32;
  down: f64 = NaN;
  up: f64 = NaN;
  private readonly extremes: LatestExtremes;
  private readonly factor: f64;

  constructor(period: i32) {
    this.warmUp = period;
    this.factor = 100 / f64(period);
    this.extremes = new LatestExtremes(period + 1);
  }

  /** Moves `down` and `up` one bar on: from 0 to 100; not-a-number before `warmUp`. */
  next(high: f64, low: f64): void {
    const recent = f64x2.mul(this.extremes.next(high, low), f64x2.splat(this.factor));
    this.up = f64x2.extract_lane(recent, 0);
    this.down = f64x2.extract_lane(recent, 1);
  }

  /** As `next` for each of `count` bars, to the bit. */
  run(high: usize, low: usize, count: i32, down: usize, up: usize): void {
    if (count == 0) return;
    const recent = this.extremes.pairs();
    for (let done = 0, size = 0; done < count; done += size) {
      const at = bytes(done);
      size = this.extremes.chunk(count - done);
      this.extremes.run(high + at, low + at, size, recent);
      scale(recent, this.factor, size, down + at, up + at);
    }
    this.down = load<f64>(down + bytes(count - 1));
    this.up = load<f64>(up + bytes(count - 1));
  }
}

/** Turns pairs into percents, a column each. */
function scale(pairs: usize, factor: f64, count: i32, down: usize, up: usize): void {
  const percent = f64x2.splat(factor);
  const end = bytes(count);
  let i: usize = 0;
  for (; i + 16 <= end; i += 16) {
    const first = v128.load(pairs + 2 * i);
    const second = v128.load(pairs + 2 * i, 16);
    v128.store(up + i, f64x2.mul(firsts(first, second), percent));
    v128.store(down + i, f64x2.mul(seconds(first, second), percent));
  }
  if (i == end) return;
  store<f64>(up + i, load<f64>(pairs + 2 * i) * factor);
  store<f64>(down + i, load<f64>(pairs + 2 * i, 8) * factor);
}

export class AroonIndicator extends Indicator {
  private readonly aroon: Aroon;

  static describe(spec: Spec): void {
    spec.title('AROON', 'Aroon', 'How recent the lowest low and the highest high of the last bars are, from 0 to 100.');
    spec.integer('timeperiod', 14, 2, 100000, 'Bars to look back.');
    spec.series('high,low', 'down,up', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.aroon = new Aroon(parameters.integer(0));
    this.warmUp = this.aroon.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.aroon.run(bars.high, bars.low, count, bars.output(0), bars.output(1));
  }
}
