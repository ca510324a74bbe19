/**
 * Indices worth drawing: of each bucket its first, lowest, highest and last, so that no peak is lost. A series that has
 * room, at two points a pixel, stays whole. `undefined` values stand for gaps. Of a part, `from` to `to`, both included.
 */
export function decimate(values: readonly (number | undefined)[], pixels: number, from = 0, to = values.length - 1): readonly number[] {
  const count = to - from + 1;
  const buckets = Math.max(1, Math.floor(pixels / 2));
  if (count <= pixels * 2) return Array.from({ length: count }, (_, index) => from + index);
  const kept: number[] = [];
  const size = count / buckets;
  for (let bucket = 0; bucket < buckets; bucket += 1) {
    const start = from + Math.floor(bucket * size);
    const end = from + Math.min(count, Math.floor((bucket + 1) * size));
    let low = start;
    let high = start;
    for (let index = start; index < end; index += 1) {
      const value = values[index];
      if (value === undefined) continue;
      if (value < (values[low] ?? Number.POSITIVE_INFINITY)) low = index;
      if (value > (values[high] ?? Number.NEGATIVE_INFINITY)) high = index;
    }
    for (const index of [start, Math.min(low, high), Math.max(low, high), end - 1]) if (index !== kept.at(-1)) kept.push(index);
  }
  return kept;
}

/** Lowest and highest of all finite values; `undefined` where there is none. */
export function extent(...series: readonly (readonly (number | undefined)[])[]): readonly [number, number] | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const values of series) {
    for (const value of values) {
      if (value === undefined || !Number.isFinite(value)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : undefined;
}

/** `extent` with a margin above and below, and never without height. */
export function padded([low, high]: readonly [number, number], margin = 0.06): [number, number] {
  const span = high - low || Math.abs(high) * 0.01 || 1;
  return [low - span * margin, high + span * margin];
}
