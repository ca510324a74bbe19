import { CoMoments } from './co-moments';
import { Bars, COLUMNS, Indicator, Parameters, bytes } from './indicator';
import { Spec } from './spec';

/** Pearson's correlation of the last `period` pairs, from −1 to 1; 0 where one of the two does not vary. */
export class Correlation {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly moments: CoMoments;

  constructor(period: i32) {
    this.warmUp = period - 1;
    this.moments = new CoMoments(period);
  }

  /** Takes values as they are: give it returns to correlate returns. Not-a-number before `warmUp`. */
  next(x: f64, y: f64): f64 {
    const moments = this.moments;
    moments.next(x, y);
    // Two roots, because the product of two small sums could vanish.
    const scale = sqrt(moments.xx) * sqrt(moments.yy);
    if (moments.xx <= 0 || moments.yy <= 0) return 0;
    return max<f64>(-1, min<f64>(1, moments.xy / scale));
  }

  /** As `next` for each of `count` pairs, to the bit. */
  run(x: usize, y: usize, count: i32, output: usize): void {
    for (let i: usize = 0; i < bytes(count); i += 8) store<f64>(output + i, this.next(load<f64>(x + i), load<f64>(y + i)));
  }
}

/** Of two columns of the same bars. Strategies use `Correlation` for two symbols. */
export class CorrelationIndicator extends Indicator {
  private readonly correlation: Correlation;
  private readonly x: i32;
  private readonly y: i32;

  static describe(spec: Spec): void {
    spec.title('CORREL', 'Correlation', 'How closely two columns of the bars moved together in a window, from −1 to 1.');
    spec.integer('timeperiod', 30, 2, 100000, 'Bars in the window.');
    spec.choice('x', 1, COLUMNS, 'The one column.');
    spec.choice('y', 2, COLUMNS, 'The other column.');
    spec.series(COLUMNS, 'value', 'own');
  }

  constructor(p: Parameters) {
    super();
    this.correlation = new Correlation(p.integer(0));
    this.x = p.integer(1);
    this.y = p.integer(2);
    this.warmUp = this.correlation.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.correlation.run(bars.input(this.x), bars.input(this.y), count, bars.output(0));
  }
}
