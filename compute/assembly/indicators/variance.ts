import { Variance } from './deviation';
import { Bars, Indicator, Parameters } from './indicator';
import { Spec } from './spec';

export class VarianceIndicator extends Indicator {
  private readonly variance: Variance;

  static describe(spec: Spec): void {
    spec.title('VAR', 'Variance', 'The mean of the squared distances of the last closes from their mean.');
    spec.integer('timeperiod', 5, 1, 100000, 'Bars in the window.');
    spec.number('nbdev', 1, -3e37, 3e37, 'Has no effect, as in TA-Lib.');
    spec.series('close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.variance = new Variance(parameters.integer(0));
    this.warmUp = this.variance.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.variance.run(bars.close, count, bars.output(0));
  }
}
