import { Bars, Indicator, Parameters } from './indicator';
import { Movement } from './movement';
import { Spec } from './spec';

/** Relative strength index: 100 × mean gain / (mean gain + mean loss), both by Wilder's smoothing, from 0 to 100; 0 when nothing moved. */
export class Rsi extends Movement {
  constructor(period: i32) {
    super(period, false);
  }
}

export class RsiIndicator extends Indicator {
  private readonly rsi: Rsi;

  static describe(spec: Spec): void {
    spec.title('RSI', 'Relative strength index', 'How much of the recent movement was upward, from 0 to 100.');
    spec.integer('timeperiod', 14, 2, 100000, 'Bars of the smoothing.');
    spec.series('close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.rsi = new Rsi(parameters.integer(0));
    this.warmUp = this.rsi.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.rsi.run(bars.close, count, bars.output(0));
  }
}
