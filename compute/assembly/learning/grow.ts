import { Job, Node, countOf, integerAt, nodeAt, putInteger, splitAt, weightOf } from './job';
import { joinHalves, partition, settleMissing } from './partition';
import { maskFeatures } from './sampling';
import { wants } from './search';
import { lead } from './team';
import { clippedValue, scoreOf, scoreUnit } from './values';
import { PARTITION, SEARCH } from './work';

/** A gain that is smaller than this part of what it is a difference of is rounding. */
const ROUNDING: f64 = 1e-12;

/** Grows a tree over the rows and pairs that are there, and leaves it in the nodes. */
export function growTree(job: Job): void {
  const root = nodeAt(job, 0);
  memory.fill(changetype<usize>(root), 0, offsetof<Node>());
  job.nodeCount = 1;
  job.leafCount = 1;
  job.openCount = 0;
  job.freeCount = job.slots;
  for (let slot = 0; slot < job.slots; slot++) putInteger(job.freeSlots, slot, slot);
  root.end = job.sampled;
  for (let slice = 0; slice < job.slices; slice++) {
    root.gradient += load<i64>(job.sums + (usize(slice) << 6));
    root.hessian += load<i64>(job.sums + (usize(slice) << 6), 8);
  }
  root.lower = -Infinity;
  root.upper = Infinity;
  root.value = clippedValue(job, root, root.gradient, weightOf(job, root.hessian));
  root.gain = -1;
  if (!wants(job, 0)) return;
  root.slot = takeSlot(job);
  search(job, 0, root.slot, -1, 0);
  settle(job, 0);
  for (let index = nextOpen(job); index >= 0; index = nextOpen(job)) splitNode(job, index);
}

function takeSlot(job: Job): i32 {
  return integerAt(job.freeSlots, --job.freeCount);
}

function freeSlot(job: Job, slot: i32): void {
  putInteger(job.freeSlots, job.freeCount++, slot);
}

/** Takes the node to be split next from those that are open; -1 where there is none, or no room for more leaves. */
function nextOpen(job: Job): i32 {
  if (job.openCount == 0 || job.leafCount >= job.leavesMax) return -1;
  let chosen = job.openCount - 1;
  if (job.bestFirst != 0) {
    for (let place = job.openCount - 2; place >= 0; place--) {
      const node = nodeAt(job, integerAt(job.openNodes, place));
      if (node.gain >= nodeAt(job, integerAt(job.openNodes, chosen)).gain) chosen = place;
    }
  }
  const index = integerAt(job.openNodes, chosen);
  job.openCount--;
  // The others keep their order, so that of equal gains the node that was made first is split first.
  for (let place = chosen; place < job.openCount; place++) putInteger(job.openNodes, place, integerAt(job.openNodes, place + 1));
  return index;
}

/** Opens a node whose best split is worth it; otherwise it stays a leaf, and needs its histogram no more. */
function settle(job: Job, index: i32): void {
  const node = nodeAt(job, index);
  if (node.gain > 0) putInteger(job.openNodes, job.openCount++, index);
  else freeSlot(job, node.slot);
}

/** Fewer rows are parted by one thread sooner than others hear of them. */
const SHARED_ROWS_MIN: i32 = 2_048;

/** Puts the rows of a node into its children, and answers where those of the right one begin. */
function part(job: Job, index: i32, node: Node): i32 {
  let middle: i32;
  if (job.threads == 1 || node.end - node.begin < SHARED_ROWS_MIN) {
    middle = partition(job, node);
  } else {
    job.partitioned = index;
    lead(job, PARTITION);
    middle = joinHalves(job);
  }
  settleMissing(node, middle);
  return middle;
}

function splitNode(job: Job, index: i32): void {
  const node = nodeAt(job, index);
  const middle = part(job, index, node);
  const left = job.nodeCount;
  node.left = left;
  job.nodeCount += 2;
  job.leafCount++;
  makeChild(job, node, left, node.begin, middle, node.splitGradient, node.splitHessian);
  makeChild(job, node, left + 1, middle, node.end, node.gradient - node.splitGradient, node.hessian - node.splitHessian);
  bound(job, node);
  searchChildren(job, node, left);
}

function makeChild(job: Job, parent: Node, index: i32, begin: i32, end: i32, gradient: i64, hessian: i64): void {
  const node = nodeAt(job, index);
  memory.fill(changetype<usize>(node), 0, offsetof<Node>());
  node.begin = begin;
  node.end = end;
  node.gradient = gradient;
  node.hessian = hessian;
  node.depth = parent.depth + 1;
  node.lower = parent.lower;
  node.upper = parent.upper;
  node.gain = -1;
  node.value = clippedValue(job, node, gradient, weightOf(job, hessian));
  if (countOf(job, hessian) != end - begin) unreachable();
}

/** Below a split of a monotone feature, neither side's values may cross the middle between the two. */
export function bound(job: Job, node: Node): void {
  const direction = load<i8>(job.monotone + usize(node.feature));
  if (direction == 0) return;
  const left = nodeAt(job, node.left);
  const right = nodeAt(job, node.left + 1);
  const middle = left.value / 2 + right.value / 2;
  if (direction > 0) {
    left.upper = middle;
    right.lower = middle;
  } else {
    left.lower = middle;
    right.upper = middle;
  }
}

/** The histogram of the child with fewer rows is built, the other one's is what is left of the parent's. */
function searchChildren(job: Job, parent: Node, left: i32): void {
  const isLeftSmaller = nodeAt(job, left).end - nodeAt(job, left).begin <= nodeAt(job, left + 1).end - nodeAt(job, left + 1).begin;
  const small = isLeftSmaller ? left : left + 1;
  const large = isLeftSmaller ? left + 1 : left;
  const hasRoom = job.leafCount < job.leavesMax;
  // Whoever has fewer rows can be split only where the other one can, by its rows and its depth.
  if (!hasRoom || !wants(job, large)) return freeSlot(job, parent.slot);
  const slot = takeSlot(job);
  nodeAt(job, small).slot = slot;
  nodeAt(job, large).slot = parent.slot;
  search(job, small, slot, large, parent.slot);
  settle(job, small);
  settle(job, large);
}

function search(job: Job, first: i32, firstSlot: i32, second: i32, secondSlot: i32): void {
  job.firstNode = first;
  job.firstSlot = firstSlot;
  job.secondNode = second;
  job.secondSlot = secondSlot;
  if (job.triedFeatures < job.drawnFeatures) {
    maskFeatures(job, first, 0);
    if (second >= 0) maskFeatures(job, second, 1);
  }
  lead(job, SEARCH);
  chooseSplit(job, first, 0);
  if (second >= 0) chooseSplit(job, second, 1);
}

/** The best of what the threads found; of equal ones that of the first feature, which no number of threads changes. */
function chooseSplit(job: Job, index: i32, child: i32): void {
  let best = splitAt(job, 0, child);
  for (let thread = 1; thread < job.threads; thread++) {
    const split = splitAt(job, thread, child);
    if (split.feature < 0) continue;
    const isBetter = best.feature < 0 || split.score > best.score || (split.score == best.score && split.feature < best.feature);
    if (isBetter) best = split;
  }
  if (best.feature < 0) return;
  const node = nodeAt(job, index);
  const more = best.score - scoreOf(job, node);
  const gain = 0.5 * more * scoreUnit(job);
  if (!(more > ROUNDING * abs(best.score) && gain > job.gainMin)) return;
  node.gain = gain;
  node.feature = best.feature;
  node.bin = best.bin;
  node.splitGradient = best.gradient;
  node.splitHessian = best.hessian;
  node.missingSide = best.missingSide;
}
