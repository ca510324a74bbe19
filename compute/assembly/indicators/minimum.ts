import { Lowest } from './extremes';
import { Bars, Indicator, Parameters } from './indicator';
import { Spec } from './spec';

export class LowestIndicator extends Indicator {
  private readonly lowest: Lowest;

  static describe(spec: Spec): void {
    spec.title('MIN', 'Lowest close', 'The lowest of the last closes.');
    spec.integer('timeperiod', 30, 2, 100000, 'Bars in the window.');
    spec.series('close', 'value', 'price');
  }

  constructor(parameters: Parameters) {
    super();
    this.lowest = new Lowest(parameters.integer(0));
    this.warmUp = this.lowest.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.lowest.run(bars.close, count, bars.output(0));
  }
}
