import { moves, weightedMean } from '../moments.ts';
import type { Figure } from '../statistics-input.ts';
import { informationCoefficient, rankInformationCoefficient } from './correlation.ts';
import { at, checkFinite, weightsOf } from '../rows-input.ts';

export interface RegressionMeasures {
  /** √(Σ w (ŷ − y)² / Σ w). */
  readonly rmse: number;
  /** Σ w |ŷ − y| / Σ w. */
  readonly mae: number;
  /** 1 − Σ w (ŷ − y)² / Σ w (y − mean y)²: below 0 for what is worse than the mean. `null` where y does not move. */
  readonly r2: Figure;
  readonly ic: Figure;
  readonly rankIc: Figure;
}

/** How far predictions of a quantity lie from it, and how well they order it. */
export function regressionMeasures(actual: Float64Array, predicted: Float64Array, weights?: Float64Array): RegressionMeasures {
  checkFinite('regressionMeasures', 'actual', actual, actual.length);
  checkFinite('regressionMeasures', 'predicted', predicted, actual.length);
  const counted = weightsOf('regressionMeasures', actual.length, weights);
  const mean = weightedMean(actual, counted);
  let [weight, squares, absolutes, spread, size] = [0, 0, 0, 0, 0];
  for (let row = 0; row < actual.length; row += 1) {
    const error = at(predicted, row) - at(actual, row);
    weight += at(counted, row);
    squares += at(counted, row) * error * error;
    absolutes += at(counted, row) * Math.abs(error);
    spread += at(counted, row) * (at(actual, row) - mean) ** 2;
    size += at(counted, row) * at(actual, row) ** 2;
  }
  const ic = informationCoefficient(predicted, actual, weights);
  return {
    rmse: Math.sqrt(squares / weight),
    mae: absolutes / weight,
    r2: moves(spread, size) ? 1 - squares / spread : null,
    ic,
    rankIc: rankInformationCoefficient(predicted, actual, weights),
  };
}
