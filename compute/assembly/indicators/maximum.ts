import { Highest } from './extremes';
import { Bars, Indicator, Parameters } from './indicator';
import { Spec } from './spec';

export class HighestIndicator extends Indicator {
  private readonly highest: Highest;

  static describe(spec: Spec): void {
    spec.title('MAX', 'Highest close', 'The highest of the last closes.');
    spec.integer('timeperiod', 30, 2, 100000, 'Bars in the window.');
    spec.series('close', 'value', 'price');
  }

  constructor(parameters: Parameters) {
    super();
    this.highest = new Highest(parameters.integer(0));
    this.warmUp = this.highest.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.highest.run(bars.close, count, bars.output(0));
  }
}
