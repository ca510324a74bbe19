/** The least of the samples; not-a-number where there are none. On a busy machine it says more than any mean. */
export function bestOf(samples: readonly number[]): number {
  return samples.length === 0 ? Number.NaN : samples.reduce((least, sample) => Math.min(least, sample));
}

/** The middle sample, or the mean of the two in the middle; not-a-number where there are none. */
export function medianOf(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/**
 * The exponent e of time = c · size^e, by least squares of the logarithms: 1 where time grows as fast as the work, 2 where it grows with
 * its square. Throws a RangeError for fewer than two different sizes, and for sizes or times that are not above zero.
 */
export function growthExponent(points: readonly { readonly size: number; readonly time: number }[]): number {
  if (points.some(({ size, time }) => !(size > 0 && time > 0))) throw new RangeError('Sizes and times must be above zero');
  const xs = points.map(({ size }) => Math.log(size));
  const ys = points.map(({ time }) => Math.log(time));
  const meanX = mean(xs);
  const meanY = mean(ys);
  const spread = xs.reduce((sum, x) => sum + (x - meanX) ** 2, 0);
  if (!(spread > 0)) throw new RangeError('Growth needs at least two different sizes');
  return xs.reduce((sum, x, index) => sum + (x - meanX) * ((ys[index] ?? Number.NaN) - meanY), 0) / spread;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
