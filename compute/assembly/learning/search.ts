import { buildHistogram, subtractHistogram } from './histogram';
import { Job, MISSING_BIN, Node, Split, countOf, histogramAt, MISSING_LEFT, MISSING_RIGHT, NONE_MISSING, integerAt, nodeAt, splitAt, weightOf } from './job';
import { clippedScore, clippedValue } from './values';

/** Histograms and best splits of the nodes at hand, by one feature of the tree. */
export function searchSplits(job: Job, place: i32, thread: i32): void {
  const feature = integerAt(job.treeFeatures, place);
  const binCount = integerAt(job.binCounts, feature);
  // All values are equal, or missing, and nothing tells rows apart.
  if (binCount == 0) return;
  const isSampled = job.triedFeatures < job.drawnFeatures;
  const first = histogramAt(job, job.firstSlot, feature);
  buildHistogram(job, nodeAt(job, job.firstNode), feature, first);
  if (wants(job, job.firstNode) && (!isSampled || isTried(job, 0, feature))) {
    searchFeature(job, nodeAt(job, job.firstNode), feature, binCount, first, splitAt(job, thread, 0));
  }
  if (job.secondNode < 0) return;
  const second = histogramAt(job, job.secondSlot, feature);
  subtractHistogram(second, first, binCount);
  if (isSampled && !isTried(job, 1, feature)) return;
  searchFeature(job, nodeAt(job, job.secondNode), feature, binCount, second, splitAt(job, thread, 1));
}

@inline
function isTried(job: Job, child: i32, feature: i32): bool {
  return load<u8>(job.masks + usize(child) * usize(job.features) + usize(feature)) != 0;
}

/** Whether a node may be split at all, by its depth and its rows. */
export function wants(job: Job, index: i32): bool {
  const node = nodeAt(job, index);
  return node.depth < job.depthMax && node.end - node.begin >= 2 * job.leafSamplesMin;
}

function searchFeature(job: Job, node: Node, feature: i32, binCount: i32, histogram: usize, split: Split): void {
  const missing = histogram + (usize(MISSING_BIN) << 4);
  const isMissing = countOf(job, load<i64>(missing, 8)) > 0;
  if (job.constrained != 0) {
    searchBounded(job, node, feature, binCount, histogram, split, isMissing ? MISSING_RIGHT : NONE_MISSING);
    if (isMissing) searchBounded(job, node, feature, binCount, histogram, split, MISSING_LEFT);
  } else {
    searchFree(job, node, feature, binCount, histogram, split, isMissing ? MISSING_RIGHT : NONE_MISSING);
    if (isMissing) searchFree(job, node, feature, binCount, histogram, split, MISSING_LEFT);
  }
}

/**
 * Tries a cut after each bin, with missing values on one side. The loss that a cut takes away grows with G²/(H + λ) of both
 * sides together (T. Chen and C. Guestrin, "XGBoost: A Scalable Tree Boosting System", 2016); two of them are compared without dividing.
 */
function searchFree(job: Job, node: Node, feature: i32, binCount: i32, histogram: usize, split: Split, missingSide: i32): void {
  const shift = i64(job.countShift);
  const mask: i64 = ((<i64>1) << shift) - 1;
  const samplesMin = i64(job.leafSamplesMin);
  const samplesMax = (node.hessian >> shift) - samplesMin;
  // Without any hessian a side has no value.
  const hessianMin = max(job.hessianMin / job.hessianUnit, 1);
  const l2 = job.l2 / job.hessianUnit;
  const allGradient = f64(node.gradient);
  const allHessian = f64(node.hessian & mask);
  let best: f64 = 0;
  let bestBin = -1;
  let bestGradient: i64 = 0;
  let bestHessian: i64 = 0;
  let gradient: i64 = missingSide == MISSING_LEFT ? load<i64>(histogram + (usize(MISSING_BIN) << 4)) : 0;
  let hessian: i64 = missingSide == MISSING_LEFT ? load<i64>(histogram + (usize(MISSING_BIN) << 4), 8) : 0;
  for (let bin = 0, place = histogram; bin < binCount; bin++, place += 16) {
    gradient += load<i64>(place);
    hessian += load<i64>(place, 8);
    const samples = hessian >> shift;
    if (samples < samplesMin) continue;
    if (samples > samplesMax) break;
    const leftHessian = f64(hessian & mask);
    const rightHessian = allHessian - leftHessian;
    if (leftHessian < hessianMin) continue;
    if (rightHessian < hessianMin) break;
    const leftGradient = f64(gradient);
    const rightGradient = allGradient - leftGradient;
    const left = leftHessian + l2;
    const right = rightHessian + l2;
    const scaled = leftGradient * leftGradient * right + rightGradient * rightGradient * left;
    const scale = left * right;
    if (scaled <= best * scale) continue;
    best = scaled / scale;
    bestBin = bin;
    bestGradient = gradient;
    bestHessian = hessian;
  }
  if (bestBin >= 0) offer(split, best, feature, bestBin, missingSide, bestGradient, bestHessian);
}

/** Takes a split that is better; of equal ones that of the first feature, whatever order they come in. */
@inline
function offer(split: Split, score: f64, feature: i32, bin: i32, missingSide: i32, gradient: i64, hessian: i64): void {
  if (split.feature >= 0 && !(score > split.score || (score == split.score && feature < split.feature))) return;
  split.score = score;
  split.feature = feature;
  split.bin = bin;
  split.missingSide = missingSide;
  split.gradient = gradient;
  split.hessian = hessian;
}

/** The same where values have bounds: both sides keep to those of the node, and to the order that their feature asks for. */
function searchBounded(job: Job, node: Node, feature: i32, binCount: i32, histogram: usize, split: Split, missingSide: i32): void {
  const direction = f64(load<i8>(job.monotone + usize(feature)));
  const samplesMin = job.leafSamplesMin;
  const samplesMax = countOf(job, node.hessian) - samplesMin;
  const hessianMin = max(job.hessianMin / job.hessianUnit, 1);
  let gradient: i64 = missingSide == MISSING_LEFT ? load<i64>(histogram + (usize(MISSING_BIN) << 4)) : 0;
  let hessian: i64 = missingSide == MISSING_LEFT ? load<i64>(histogram + (usize(MISSING_BIN) << 4), 8) : 0;
  for (let bin = 0, place = histogram; bin < binCount; bin++, place += 16) {
    gradient += load<i64>(place);
    hessian += load<i64>(place, 8);
    const samples = countOf(job, hessian);
    if (samples < samplesMin) continue;
    if (samples > samplesMax) break;
    const leftHessian = weightOf(job, hessian);
    const rightHessian = weightOf(job, node.hessian) - leftHessian;
    if (leftHessian < hessianMin) continue;
    if (rightHessian < hessianMin) break;
    const left = clippedValue(job, node, gradient, leftHessian);
    const right = clippedValue(job, node, node.gradient - gradient, rightHessian);
    if (direction * (right - left) < 0) continue;
    const score = clippedScore(job, gradient, leftHessian, left) + clippedScore(job, node.gradient - gradient, rightHessian, right);
    offer(split, score, feature, bin, missingSide, gradient, hessian);
  }
}
