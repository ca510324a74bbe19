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

/** Where shares of equally many rows end, moved up to where the values that are equal there end. */
function endsOfShares(sorted: Float64Array, bins: number): readonly number[] {
  const ends: number[] = [];
  for (let bin = 1; bin < bins; bin += 1) {
    let end = Math.max(Math.floor((bin * sorted.length) / bins), ends.at(-1) ?? 0);
    while (end < sorted.length && sorted[end] === sorted[end - 1]) end += 1;
    if (end > (ends.at(-1) ?? 0) && end < sorted.length) ends.push(end);
  }
  return ends;
}

/** A number from `low` to below `high`. */
function between(low: number, high: number): number {
  const middle = low / 2 + high / 2;
  return middle >= low && middle < high ? middle : low;
}
