import { checkNumber } from '../statistics-input.ts';
import { at, checkLength } from '../rows-input.ts';
import { checkSpans } from '../validation/spans.ts';
import type { Spans } from '../validation/spans.ts';

/** All of López de Prado, Advances in Financial Machine Learning (2018), chapter 4. Spans are in numbers of bars of one series, both ends included. */

/** How many spans hold each bar. */
export function concurrency(spans: Spans, bars: number): Float64Array {
  checkBars('concurrency', spans, bars);
  const changes = new Float64Array(bars + 1);
  for (const [row, start] of spans.starts.entries()) {
    changes[start] = at(changes, start) + 1;
    changes[at(spans.ends, row) + 1] = at(changes, at(spans.ends, row) + 1) - 1;
  }
  let open = 0;
  return changes.subarray(0, bars).map((change) => (open += change));
}

/** Of each row the mean of 1/concurrency over its bars: 1 where it shares none with others, near 0 where it says what many say. */
export function averageUniqueness(spans: Spans, bars: number): Float64Array {
  const shares = concurrency(spans, bars).map((count) => (count === 0 ? 0 : 1 / count));
  return overSpans(spans, shares, (sum, length) => sum / length);
}

/** Of each row |Σ ln(close/close before) / concurrency| over its bars: what it has of the moves that it shares. The first bar of the series has no move. */
export function returnAttribution(spans: Spans, close: Float64Array): Float64Array {
  const wrong = close.findIndex((price) => !(price > 0 && price < Infinity));
  if (wrong >= 0) throw new RangeError(`returnAttribution: close[${wrong}] is ${close[wrong]}, but a return needs prices above 0.`);
  const counts = concurrency(spans, close.length);
  const shares = close.map((price, bar) => {
    const count = at(counts, bar);
    return bar === 0 || count === 0 ? 0 : Math.log(price / at(close, bar - 1)) / count;
  });
  return overSpans(spans, shares, (sum) => Math.abs(sum));
}

/** Of prefix sums, so that long labels cost no more than short ones. */
function overSpans({ starts, ends }: Spans, values: Float64Array, of: (sum: number, length: number) => number): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let bar = 0; bar < values.length; bar += 1) sums[bar + 1] = at(sums, bar) + at(values, bar);
  return starts.map((start, row) => {
    const end = at(ends, row);
    return of(at(sums, end + 1) - at(sums, start), end - start + 1);
  });
}

const OLDEST = { min: -1, max: 1, above: true };

/**
 * Weights that fall with age, along a line over the cumulative uniqueness rather than over time: rows that say what others say do not make each other old. The newest
 * has 1. `oldest` from 0 to 1 is what the weight would be at the beginning (1: no decay); below 0, that part of the history has none at all.
 */
export function ageDecay(uniqueness: Float64Array, oldest: number): Float64Array {
  checkNumber('ageDecay', 'oldest', oldest, OLDEST);
  const wrong = uniqueness.findIndex((each) => !(each > 0 && each <= 1 + 1e-9));
  if (wrong >= 0) throw new RangeError(`ageDecay: uniqueness[${wrong}] is ${uniqueness[wrong]}, but must be above 0 and at most 1.`);
  const total = uniqueness.reduce((sum, each) => sum + each, 0);
  const slope = oldest >= 0 ? (1 - oldest) / total : 1 / ((oldest + 1) * total);
  let sum = 0;
  return uniqueness.map((each) => {
    sum += each;
    return Math.max(0, 1 - slope * (total - sum));
  });
}

/** The product of weights, scaled so that they are 1 on average. */
export function combinedWeights(rows: number, weights: readonly Float64Array[]): Float64Array {
  const product = new Float64Array(rows).fill(1);
  for (const [index, each] of weights.entries()) {
    checkLength('combinedWeights', `weights ${index}`, each, rows);
    for (let row = 0; row < rows; row += 1) product[row] = at(product, row) * at(each, row);
  }
  const total = product.reduce((sum, weight) => sum + weight, 0);
  if (!(total > 0 && total < Infinity)) throw new RangeError(`combinedWeights: the weights sum to ${total}: at least one row must count.`);
  return product.map((weight) => (weight * rows) / total);
}

function checkBars(what: string, spans: Spans, bars: number): void {
  checkSpans(what, spans);
  for (const [row, start] of spans.starts.entries()) {
    const end = at(spans.ends, row);
    if (Number.isInteger(start) && Number.isInteger(end) && start >= 0 && end < bars) continue;
    throw new RangeError(`${what}: row ${row} spans ${start} to ${end}, but must be of whole numbers of bars from 0 to ${bars - 1}.`);
  }
}
