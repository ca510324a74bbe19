/** What measures of predictions take: a value a row, and weights that are finite, not negative and not all zero. All throw a RangeError. */

/** The weight of each row: as given, or one each. */
export function weightsOf(what: string, rows: number, weights: Float64Array | undefined): Float64Array {
  if (rows === 0) throw new RangeError(`${what} has no rows: give at least one label with its prediction.`);
  if (weights === undefined) return new Float64Array(rows).fill(1);
  checkLength(what, 'weights', weights, rows);
  let sum = 0;
  for (let row = 0; row < rows; row += 1) {
    const weight = at(weights, row);
    if (!(weight >= 0 && weight < Infinity)) {
      throw new RangeError(`${what}: weights[${row}] is ${weight}, but a weight is a finite number of at least 0.`);
    }
    sum += weight;
  }
  if (!(sum > 0 && sum < Infinity)) throw new RangeError(`${what}: the weights sum to ${sum}: at least one row must count.`);
  return weights;
}

/** Labels of two classes: 0 or 1. */
export function checkLabels(what: string, labels: Float64Array, name = 'labels'): void {
  for (let row = 0; row < labels.length; row += 1) {
    const label = at(labels, row);
    if (label !== 0 && label !== 1) throw new RangeError(`${what}: ${name}[${row}] is ${label}, but a label of two classes is 0 or 1.`);
  }
}

/** As many as there are labels, each from 0 to 1. */
export function checkProbabilities(what: string, probabilities: Float64Array, rows: number): void {
  checkLength(what, 'probabilities', probabilities, rows);
  for (let row = 0; row < rows; row += 1) {
    const probability = at(probabilities, row);
    if (probability >= 0 && probability <= 1) continue;
    throw new RangeError(`${what}: probabilities[${row}] is ${probability}, but a probability is a number from 0 to 1.`);
  }
}

/** As many as there are rows, each of them finite. */
export function checkFinite(what: string, name: string, values: Float64Array, rows: number): void {
  checkLength(what, name, values, rows);
  const wrong = values.findIndex((value) => !Number.isFinite(value));
  if (wrong < 0) return;
  throw new RangeError(`${what}: ${name}[${wrong}] is ${values[wrong]}, but must be finite: leave out rows without a value.`);
}

export function checkLength(what: string, name: string, values: Float64Array, rows: number): void {
  if (values.length === rows) return;
  throw new RangeError(`${what}: ${name} has ${values.length} values for ${rows} rows: give one a row.`);
}

/** A value that is there: callers keep to the length. */
export const at = (values: { readonly [index: number]: number }, index: number): number => values[index] ?? Number.NaN;
