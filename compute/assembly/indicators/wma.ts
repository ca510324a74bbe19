import { Bars, Indicator, Parameters } from './indicator';
import { Spec } from './spec';
import { StraightWeights } from './straight-weights';

/** Weighted moving average: weights 1, 2, … n from the oldest value to the newest, over their sum n (n + 1) / 2. As TA-Lib's WMA. */
export class Wma extends StraightWeights {
  constructor(period: i32) {
    const unit = 2 / (f64(period) * f64(period + 1));
    super(period, unit, unit, 1);
  }
}

export class WmaIndicator extends Indicator {
  private readonly wma: Wma;

  static describe(spec: Spec): void {
    spec.title('WMA', 'Weighted moving average', 'A mean of the last closes in which each weighs one more than the one before.');
    spec.integer('timeperiod', 30, 2, 100000, 'Bars in the window.');
    spec.series('close', 'value', 'price');
  }

  constructor(parameters: Parameters) {
    super();
    this.wma = new Wma(parameters.integer(0));
    this.warmUp = this.wma.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.wma.run(bars.close, count, bars.output(0));
  }
}
