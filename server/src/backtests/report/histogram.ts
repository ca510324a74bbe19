/** Quantile by linear interpolation between order statistics; `sorted` ascends. NaN for none. */
export function quantileOf(sorted: Float64Array, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below] ?? Number.NaN;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? Number.NaN;
  return low + (high - low) * (place - below);
}

export interface Bin {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Bins of equal width over all values; the last one includes its upper edge. */
export function histogramOf(sorted: Float64Array, bins: number): readonly Bin[] {
  const [low = Number.NaN] = sorted;
  const high = sorted.at(-1) ?? Number.NaN;
  const width = (high - low) / bins;
  if (!(width > 0)) return [];
  const counts = Array.from({ length: bins }, () => 0);
  for (const value of sorted) {
    const bin = Math.min(bins - 1, Math.floor((value - low) / width));
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts.map((count, bin) => ({ from: low + bin * width, to: low + (bin + 1) * width, count }));
}
