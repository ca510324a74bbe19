import { Bars, Indicator, Parameters } from './indicator';
import { Movement } from './movement';
import { Spec } from './spec';

/**
 * Chande momentum oscillator: 100 × (mean gain − mean loss) / (mean gain + mean loss), from −100 to 100; 0 when nothing moved. T. Chande took
 * plain sums; TA-Lib's CMO, and so this one, smooths as Wilder does.
 */
export class Cmo extends Movement {
  constructor(period: i32) {
    super(period, true);
  }
}

export class CmoIndicator extends Indicator {
  private readonly cmo: Cmo;

  static describe(spec: Spec): void {
    spec.title('CMO', 'Chande momentum oscillator', 'Recent movement upward less movement downward, from -100 to 100.');
    spec.integer('timeperiod', 14, 2, 100000, 'Bars of the smoothing.');
    spec.series('close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.cmo = new Cmo(parameters.integer(0));
    this.warmUp = this.cmo.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.cmo.run(bars.close, count, bars.output(0));
  }
}
