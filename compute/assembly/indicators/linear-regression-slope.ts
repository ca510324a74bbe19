import { Bars, Indicator, Parameters } from './indicator';
import { Spec } from './spec';
import { StraightWeights } from './straight-weights';

/** Slope of the least-squares line through the last n values, a bar: 12 Σ (i − (n − 1) / 2) · xᵢ / (n (n² − 1)). As TA-Lib's LINEARREG_SLOPE. */
export class LinearRegressionSlope extends StraightWeights {
  constructor(period: i32) {
    const n = f64(period);
    super(period, -6 / (n * (n + 1)), 12 / (n * (n - 1) * (n + 1)), 0);
  }
}

export class LinearRegressionSlopeIndicator extends Indicator {
  private readonly slope: LinearRegressionSlope;

  static describe(spec: Spec): void {
    spec.title('LINEARREG_SLOPE', 'Linear regression slope', 'How much the straight line that fits the last closes best climbs a bar.');
    spec.integer('timeperiod', 14, 2, 100000, 'Bars in the window.');
    spec.series('close', 'value', 'own');
  }

  constructor(parameters: Parameters) {
    super();
    this.slope = new LinearRegressionSlope(parameters.integer(0));
    this.warmUp = this.slope.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.slope.run(bars.close, count, bars.output(0));
  }
}
