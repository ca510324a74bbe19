import { Bars, Indicator, Parameters } from './indicator';
import { Spec } from './spec';
import { StraightWeights } from './straight-weights';

/**
 * Where the least-squares line through the last n values ends, as TA-Lib's LINEARREG. The line through x̄ with slope
 * 12 Σ (i − (n − 1) / 2) · xᵢ / (n (n² − 1)) has at i = n − 1 the height Σ (6 i − 2 n + 4) · xᵢ / (n (n + 1)).
 */
export class LinearRegression extends StraightWeights {
  constructor(period: i32) {
    const n = f64(period);
    super(period, (4 - 2 * n) / (n * (n + 1)), 6 / (n * (n + 1)), 1);
  }
}

export class LinearRegressionIndicator extends Indicator {
  private readonly regression: LinearRegression;

  static describe(spec: Spec): void {
    spec.title('LINEARREG', 'Linear regression', 'Where the straight line that fits the last closes best ends.');
    spec.integer('timeperiod', 14, 2, 100000, 'Bars in the window.');
    spec.series('close', 'value', 'price');
  }

  constructor(parameters: Parameters) {
    super();
    this.regression = new LinearRegression(parameters.integer(0));
    this.warmUp = this.regression.warmUp;
  }

  run(bars: Bars, count: i32): void {
    this.regression.run(bars.close, count, bars.output(0));
  }
}
