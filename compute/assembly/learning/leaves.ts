import { bound } from './grow';
import { Job, MISSING_BIN, MISSING_LEFT, Node, QUANTILE, integerAt, nodeAt, numberAt, orderOf, putNumber, rowAt, sliceBegin, weightAt } from './job';
import { weightedQuantile } from './quantiles';

/** Gives the leaves of a grown tree the values that are added to scores. */
export function finishLeaves(job: Job): void {
  if (job.objective == QUANTILE) takeQuantiles(job);
  for (let index = 0; index < job.nodeCount; index++) {
    const node = nodeAt(job, index);
    if (node.left == 0) node.value *= job.learningRate;
  }
}

/** The pinball loss has no curve to follow: each leaf takes the quantile of what its rows lack, within bounds that are drawn anew. */
function takeQuantiles(job: Job): void {
  for (let index = 0; index < job.nodeCount; index++) {
    const node = nodeAt(job, index);
    if (node.left == 0) {
      node.value = quantileOf(job, node);
      continue;
    }
    for (let child = node.left; child < node.left + 2; child++) {
      nodeAt(job, child).lower = node.lower;
      nodeAt(job, child).upper = node.upper;
      if (load<i8>(job.monotone + usize(node.feature)) != 0) nodeAt(job, child).value = quantileOf(job, nodeAt(job, child));
    }
    bound(job, node);
  }
}

function quantileOf(job: Job, node: Node): f64 {
  const count = noteRows(job, node);
  return max(node.lower, min(node.upper, weightedQuantile(job.pairs, count, job.quantile)));
}

/** Puts what the rows of a node lack, and their weights, where pairs were: a grown tree needs those no more. Only leaves have rows, as the nodes above gave theirs away. */
function noteRows(job: Job, node: Node): i32 {
  if (node.left == 0) return noteLeaf(job, node, 0);
  let count = 0;
  for (let index = 0; index < job.nodeCount; index++) {
    const leaf = nodeAt(job, index);
    if (leaf.left == 0 && leaf.begin >= node.begin && leaf.end <= node.end) count = noteLeaf(job, leaf, count);
  }
  return count;
}

function noteLeaf(job: Job, leaf: Node, count: i32): i32 {
  const order = orderOf(job, leaf.depth);
  for (let place = leaf.begin; place < leaf.end; place++, count++) {
    const row = i32(rowAt(order, place));
    const record = job.pairs + (usize(count) << 4);
    store<f64>(record, numberAt(job.target, row) - numberAt(job.scores, row));
    store<f64>(record, weightAt(job.weights, row) * f64(integerAt(job.draws, row)), 8);
  }
  return count;
}

/** Adds the tree to a slice of the scores: rows of the sample are in its leaves already, the others walk. */
export function addScores(job: Job, slice: i32): void {
  const slices = job.slices;
  const scores = job.scores + (usize(job.output) * usize(job.rows) << 3);
  const rowsBegin = sliceBegin(job.rows, slice, slices);
  const rowsEnd = sliceBegin(job.rows, slice + 1, slices);
  for (let index = 0; index < job.nodeCount; index++) {
    const node = nodeAt(job, index);
    if (node.left != 0) continue;
    // Neighbouring rows are one thread's: two that write to one cache line wait for each other.
    const order = orderOf(job, node.depth);
    const end = firstPlace(order, node, rowsEnd);
    for (let place = firstPlace(order, node, rowsBegin); place < end; place++) {
      const row = i32(rowAt(order, place));
      putNumber(scores, row, numberAt(scores, row) + node.value);
    }
  }
  if (job.sampled < job.rows) {
    for (let row = rowsBegin; row < rowsEnd; row++) {
      if (integerAt(job.draws, row) == 0) putNumber(scores, row, numberAt(scores, row) + valueOf(job, job.bins, job.stride, row));
    }
  }
  const held = job.heldScores + (usize(job.output) * usize(job.heldRows) << 3);
  const end = sliceBegin(job.heldRows, slice + 1, slices);
  for (let row = sliceBegin(job.heldRows, slice, slices); row < end; row++) {
    putNumber(held, row, numberAt(held, row) + valueOf(job, job.heldBins, job.heldStride, row));
  }
}

/** The first place of a node whose row is not before `row`: each node has its rows in ascending order. */
function firstPlace(order: usize, node: Node, row: i32): i32 {
  let from = node.begin;
  let to = node.end;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (i32(rowAt(order, middle)) < row) from = middle + 1;
    else to = middle;
  }
  return from;
}

function valueOf(job: Job, bins: usize, stride: i32, row: i32): f64 {
  let node = nodeAt(job, 0);
  while (node.left != 0) {
    const bin = <u32>load<u8>(bins + usize(node.feature) * usize(stride) + usize(row));
    const goesLeft = bin == MISSING_BIN ? node.missingSide == MISSING_LEFT : bin <= u32(node.bin);
    node = nodeAt(job, goesLeft ? node.left : node.left + 1);
  }
  return node.value;
}
