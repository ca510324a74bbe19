import { Job, MISSING_BIN, MISSING_LEFT, MISSING_RIGHT, NONE_MISSING, Node, countOf, nodeAt, orderOf, pairsOf } from './job';

/** Where the rows of a node are, and where those of its children go: each level of a tree has the other place than the one above it. */
@inline
function move(job: Job, depth: i32, from: i32, to: i32): void {
  store<u32>(orderOf(job, depth + 1) + (usize(to) << 2), load<u32>(orderOf(job, depth) + (usize(from) << 2)));
  v128.store(pairsOf(job, depth + 1) + (usize(to) << 4), v128.load(pairsOf(job, depth) + (usize(from) << 4)));
}

@inline
function goesLeft(node: Node, column: usize, row: u32): bool {
  const bin = <u32>load<u8>(column + row);
  return bin == MISSING_BIN ? node.missingSide == MISSING_LEFT : bin <= <u32>node.bin;
}

/** Where the rows of the right child begin: the search has counted those of the left one. */
@inline
function middleOf(job: Job, node: Node): i32 {
  return node.begin + countOf(job, node.splitHessian);
}

/** Parts rows from the first one up, and answers where those of the left side end. */
function partForward(job: Job, node: Node, end: i32): i32 {
  const column = job.bins + usize(node.feature) * usize(job.stride);
  const order = orderOf(job, node.depth);
  let left = node.begin;
  let right = middleOf(job, node);
  for (let place = node.begin; place < end; place++) {
    const isLeft = goesLeft(node, column, load<u32>(order + (usize(place) << 2)));
    move(job, node.depth, place, select(left, right, isLeft));
    left += i32(isLeft);
    right += i32(!isLeft);
  }
  return left;
}

/** Parts rows from the last one down, and answers where those of the left side begin. */
function partBackward(job: Job, node: Node, begin: i32): i32 {
  const column = job.bins + usize(node.feature) * usize(job.stride);
  const order = orderOf(job, node.depth);
  let left = middleOf(job, node);
  let right = node.end;
  for (let place = node.end - 1; place >= begin; place--) {
    const isLeft = goesLeft(node, column, load<u32>(order + (usize(place) << 2)));
    left -= i32(isLeft);
    right -= i32(!isLeft);
    move(job, node.depth, place, select(left, right, isLeft));
  }
  return left;
}

/** Parts that a node's rows are cut in: those that are parted upwards and those that are parted downwards meet. */
export const PARTITIONS: i32 = 2;

export function partitionHalf(job: Job, part: i32): void {
  const node = nodeAt(job, job.partitioned);
  const half = node.begin + ((node.end - node.begin) >> 1);
  if (part == 0) job.leftEnd = partForward(job, node, half);
  else job.leftBegin = partBackward(job, node, half);
}

/** Both halves are done: where the rows of the right child begin. */
export function joinHalves(job: Job): i32 {
  const node = nodeAt(job, job.partitioned);
  if (job.leftEnd != job.leftBegin) unreachable();
  return middleOf(job, node);
}

/** Puts the rows of a node that go left before the others, each side in its order, and answers where the others begin. */
export function partition(job: Job, node: Node): i32 {
  const middle = middleOf(job, node);
  if (partForward(job, node, node.end) != middle) unreachable();
  return middle;
}

/** Where none were missing when the tree grew, rows whose feature is missing go with the larger side. */
export function settleMissing(node: Node, middle: i32): void {
  if (node.missingSide == NONE_MISSING) node.missingSide = middle - node.begin >= node.end - middle ? MISSING_LEFT : MISSING_RIGHT;
}
