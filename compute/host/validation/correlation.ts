import { moves, weightedMean } from '../moments.ts';
import type { Figure } from '../statistics-input.ts';
import { at, checkFinite, weightsOf } from '../rows-input.ts';

/**
 * Pearson's correlation of what was predicted and what came: the information coefficient (Grinold and Kahn, Active Portfolio Management). `null` where
 * one of them does not move.
 */
export function informationCoefficient(predicted: Float64Array, actual: Float64Array, weights?: Float64Array): Figure {
  checkFinite('informationCoefficient', 'predicted', predicted, predicted.length);
  checkFinite('informationCoefficient', 'actual', actual, predicted.length);
  return correlationOf(predicted, actual, weightsOf('informationCoefficient', predicted.length, weights));
}

/** The same of their {@link averageRanks ranks}: Spearman's correlation, which outliers do not move. */
export function rankInformationCoefficient(predicted: Float64Array, actual: Float64Array, weights?: Float64Array): Figure {
  checkFinite('rankInformationCoefficient', 'predicted', predicted, predicted.length);
  checkFinite('rankInformationCoefficient', 'actual', actual, predicted.length);
  const counted = weightsOf('rankInformationCoefficient', predicted.length, weights);
  return correlationOf(averageRanks(predicted, counted), averageRanks(actual, counted), counted);
}

/**
 * The rank of each value, equal ones sharing the mean of theirs. A row of weight w counts as w rows of one: the rank is the weight below, plus half
 * of the weight at the value and one half.
 */
export function averageRanks(values: Float64Array, weights: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => at(values, a) - at(values, b));
  const ranks = new Float64Array(values.length);
  let below = 0;
  for (let from = 0; from < order.length;) {
    let to = from;
    let tied = 0;
    while (to < order.length && at(values, at(order, to)) === at(values, at(order, from))) {
      tied += at(weights, at(order, to));
      to += 1;
    }
    for (const row of order.subarray(from, to)) ranks[row] = below + (tied + 1) / 2;
    below += tied;
    from = to;
  }
  return ranks;
}

function correlationOf(x: Float64Array, y: Float64Array, weights: Float64Array): Figure {
  const [meanX, meanY] = [weightedMean(x, weights), weightedMean(y, weights)];
  let [xx, yy, xy, sizeX, sizeY] = [0, 0, 0, 0, 0];
  for (let row = 0; row < x.length; row += 1) {
    const [weight, dx, dy] = [at(weights, row), at(x, row) - meanX, at(y, row) - meanY];
    xx += weight * dx * dx;
    yy += weight * dy * dy;
    xy += weight * dx * dy;
    sizeX += weight * at(x, row) ** 2;
    sizeY += weight * at(y, row) ** 2;
  }
  const both = moves(xx, sizeX) && moves(yy, sizeY);
  return both ? Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy))) : null;
}
