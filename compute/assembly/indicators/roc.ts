import { Bars, Indicator, Parameters, bytes } from './indicator';
import { Lag } from './lag';
import { percentChange, percentChanges } from './percent-change';
import { Spec } from './spec';

/** Rate of change: 100 · (the value / the one `period` values before − 1), and 0 after a zero. As TA-Lib's ROC. */
export class Roc {
  /** Index of the first value. */
  readonly warmUp: i32;
  private readonly lag: Lag;

  constructor(period: i32) {
    this.warmUp = period;
    this.lag = new Lag(period);
  }

  /** In percent; not-a-number before `warmUp`. */
  next(x: f64): f64 {
    return percentChange(x, this.lag.next(x));
  }

  /** As `next` for each of `count` values, to the bit. */
  run(input: usize, count: i32, output: usize): void {
    const period = this.warmUp;
    let done = 0;
    for (; done < count && done < period; done++) store<f64>(output + bytes(done), this.next(load<f64>(input + bytes(done))));
    if (done == count) return;
    percentChanges(input + bytes(done), input, count - done, output + bytes(done));
    this.lag.adopt(input + bytes(count));
  }
}

export class RocIndicator extends Indicator {
  private readonly roc: Roc;

  static describe(spec: Spec): void {
    spec.title('ROC', 'Rate of change', 'How far the close lies from the close some bars before, in percent of that.');
    spec.integer('timeperiod', 10, 1, 100000, 'Bars between the two closes.');
    spec.series('close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.roc = new Roc(parameters.integer(0));
    this.warmUp = this.roc.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.roc.run(bars.close, count, bars.output(0));
  }
}
