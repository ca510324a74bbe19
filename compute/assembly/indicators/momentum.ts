import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Lag } from './lag';
import { Spec } from './spec';

/** Momentum: the value − the one `period` values before. As TA-Lib's MOM. */
export class Momentum {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly lag: Lag;

  constructor(period: i32) {
    this.warmUp = period;
    this.lag = new Lag(period);
  }

  /** Not-a-number before `warmUp`. */
  next(x: f64): f64 {
    return x - this.lag.next(x);
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, output: usize): void {
    const distance = bytes(this.warmUp);
    const end = bytes(count);
    let i: usize = 0;
    for (; i < end && i < distance; i += 8) store<f64>(output + i, this.next(load<f64>(input + i)));
    if (i == end) return;
    for (; i + 16 <= end; i += 16) v128.store(output + i, f64x2.sub(v128.load(input + i), v128.load(input + i - distance)));
    if (i < end) store<f64>(output + i, load<f64>(input + i) - load<f64>(input + i - distance));
    this.lag.adopt(input + end);
  }
}

export class MomentumIndicator extends Indicator {
  private readonly momentum: Momentum;

  static describe(spec: Spec): void {
    spec.title('MOM', 'Momentum', 'How far the close lies from the close some bars before.');
    spec.integer('timeperiod', 10, 1, 100000, 'Bars between the two closes.');
    spec.series('close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.momentum = new Momentum(parameters.integer(0));
    this.warmUp = this.momentum.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.momentum.run(bars.close, count, bars.output(0));
  }
}
