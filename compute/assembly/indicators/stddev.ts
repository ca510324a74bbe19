import { Deviation } from './deviation';
import { Bars, Indicator, Parameters } from './indicator';
import { Spec } from './spec';

export class DeviationIndicator extends Indicator {
  private readonly deviation: Deviation;

  static describe(spec: Spec): void {
    spec.title('STDDEV', 'Standard deviation', 'How far the last closes lie from their mean, as the root of the mean square.');
    spec.integer('timeperiod', 5, 2, 100000, 'Bars in the window.');
    spec.number('nbdev', 1, -3e37, 3e37, 'Standard deviations that the value counts.');
    spec.series('close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.deviation = new Deviation(parameters.integer(0), parameters.number(1));
    this.warmUp = this.deviation.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.deviation.run(bars.close, count, bars.output(0));
  }
}
