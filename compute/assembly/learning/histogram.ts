import { HISTOGRAM_BYTES, Job, MISSING_BIN, Node, orderOf, pairsOf } from './job';

@inline
function addPair(histogram: usize, bin: u32, pair: usize): void {
  const place = histogram + (usize(bin) << 4);
  v128.store(place, i64x2.add(v128.load(place), v128.load(pair)));
}

/** Sums of the pairs of a node's rows, by bin of the feature. */
export function buildHistogram(job: Job, node: Node, feature: i32, histogram: usize): void {
  memory.fill(histogram, 0, HISTOGRAM_BYTES);
  const column = job.bins + usize(feature) * usize(job.stride);
  const order = orderOf(job, node.depth);
  let place = order + (usize(node.begin) << 2);
  const end = order + (usize(node.end) << 2);
  let pair = pairsOf(job, node.depth) + (usize(node.begin) << 4);
  // Four bins are known before the first sum waits for memory.
  for (; place + 16 <= end; place += 16, pair += 64) {
    const first = <u32>load<u8>(column + load<u32>(place));
    const second = <u32>load<u8>(column + load<u32>(place, 4));
    const third = <u32>load<u8>(column + load<u32>(place, 8));
    const fourth = <u32>load<u8>(column + load<u32>(place, 12));
    addPair(histogram, first, pair);
    addPair(histogram, second, pair + 16);
    addPair(histogram, third, pair + 32);
    addPair(histogram, fourth, pair + 48);
  }
  for (; place < end; place += 4, pair += 16) addPair(histogram, load<u8>(column + load<u32>(place)), pair);
}

/** Leaves in `histogram` what `part` does not hold of it. */
export function subtractHistogram(histogram: usize, part: usize, binCount: i32): void {
  const end = usize(binCount) << 4;
  for (let place: usize = 0; place < end; place += 16) {
    v128.store(histogram + place, i64x2.sub(v128.load(histogram + place), v128.load(part + place)));
  }
  const missing = usize(MISSING_BIN) << 4;
  v128.store(histogram + missing, i64x2.sub(v128.load(histogram + missing), v128.load(part + missing)));
}
