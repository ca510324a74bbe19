import { DirectionalIndicator } from './directional-indicator';
import { Bars, Indicator, Parameters } from './indicator';
import { Spec } from './spec';

/** The directional indicator of movement downward: see `DirectionalIndicator` for the formula. */
export class MinusDi extends DirectionalIndicator {
  constructor(period: i32) {
    super(period, false);
  }
}

export class MinusDiIndicator extends Indicator {
  private readonly di: MinusDi;

  static describe(spec: Spec): void {
    spec.title('MINUS_DI', 'Minus directional indicator', 'How much of the recent range was new ground downward, from 0 to 100.');
    spec.integer('timeperiod', 14, 1, 100000, 'Bars of the smoothing.');
    spec.series('high,low,close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.di = new MinusDi(parameters.integer(0));
    this.warmUp = this.di.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.di.run(bars.high, bars.low, bars.close, count, bars.output(0));
  }
}
