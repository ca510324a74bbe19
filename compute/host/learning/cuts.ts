/**
 * Thresholds between the bins of a feature, ascending: a value is right of those that are below it. Where there are no more different values
 * than bins, each has a bin of its own; otherwise bins hold about equally many rows. Every cut lies midway between two neighbouring values,
 * so that values not seen yet go to the nearer side. Takes the values that are not missing, ascending.
 */
export function cutsOf(sorted: Float64Array, binsMax: number): Float64Array {
  const ends = endsOfRuns(sorted, binsMax) ?? endsOfShares(sorted, binsMax);
  return Float64Array.from(ends, (end) => between(sorted[end - 1] ?? Number.NaN, sorted[end] ?? Number.NaN));
}

/** Where equal values end, but for the last ones; `undefined` where there are more different values than `runsMax`. */
function endsOfRuns(sorted: Float64Array, runsMax: number): readonly number[] | undefined {
  const ends: number[] = [];
  for (let place = 1; place < sorted.length; place += 1) {
    if (sorted[place] === sorted[place - 1]) continue;
    ends.push(place);
    if (ends.length >= runsMax) return undefined;
  }
  return ends;
}

/**
 * Where shares of equally many rows end. One that ends among equal values is moved up to where those end; where that is the end of all, or the
 * end of another share, down to where they begin.
 */
function endsOfShares(sorted: Float64Array, bins: number): readonly number[] {
  const ends = new Set<number>();
  for (let bin = 1; bin < bins; bin += 1) {
    const share = Math.floor((bin * sorted.length) / bins);
    // More different values than bins are more rows than bins, so that a share is at least one.
    const value = sorted[share - 1] ?? Number.NaN;
    const end = firstPlace(sorted, (other) => other > value);
    ends.add(end < sorted.length && !ends.has(end) ? end : firstPlace(sorted, (other) => other >= value));
  }
  // Before the first value there is nothing to cut off.
  ends.delete(0);
  return [...ends].toSorted((a, b) => a - b);
}

/** The first place from which on all values are so, by halves. */
function firstPlace(sorted: Float64Array, isSo: (value: number) => boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isSo(sorted[middle] ?? Number.NaN)) to = middle;
    else from = middle + 1;
  }
  return from;
}

/** A number from `low` to below `high`. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}
