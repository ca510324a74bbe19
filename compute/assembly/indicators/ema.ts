import { Bars, Indicator, Parameters } from './indicator';
import { Recurrence } from './recurrence';
import { Spec } from './spec';

/** Exponential moving average: a new value weighs 2 / (period + 1). Seeded with the mean of the first `period` values. */
export class Ema extends Recurrence {
  constructor(period: i32) {
    super(period, 2 / f64(period + 1));
  }
}

export class EmaIndicator extends Indicator {
  private readonly ema: Ema;

  static describe(spec: Spec): void {
    spec.title('EMA', 'Exponential moving average', 'A mean of all closes in which newer ones weigh more.');
    spec.integer('timeperiod', 30, 2, 100000, 'A new close weighs 2 / (timeperiod + 1).');
    spec.series('close', 'value', 'price');
  }

  constructor(parameters: Parameters) {
    super();
    this.ema = new Ema(parameters.integer(0));
    this.warmUp = this.ema.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.ema.run(bars.close, count, bars.output(0));
  }
}
