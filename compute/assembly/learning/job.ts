/** Bin of a value that is missing; real values have bins 0 to 254. */
export const MISSING_BIN: u32 = 255;
/** A histogram of one feature: a pair of sums a bin. */
export const HISTOGRAM_BYTES: usize = 256 * 16;

export const BINARY: i32 = 0;
export const MULTICLASS: i32 = 1;
export const REGRESSION: i32 = 2;
export const QUANTILE: i32 = 3;

/** Where missing values go; in a node without any, the side that gets most rows is taken once both are known. */
export const MISSING_RIGHT: i32 = 0;
export const MISSING_LEFT: i32 = 1;
export const NONE_MISSING: i32 = 2;

/** All of the rows, a share of them, or as many draws with replacement. */
export const SAMPLE_ALL: i32 = 0;
export const SAMPLE_SHARE: i32 = 1;
export const SAMPLE_BOOTSTRAP: i32 = 2;

/**
 * A training in memory. The host lays it out and writes it once (`host/learning/layout.ts` has the same fields in the same order). The module
 * allocates nothing that two threads see; the first thread alone makes generators of random numbers, below what the host lays out.
 */
@unmanaged
export class Job {
  rows: i32;
  /** Rows of a column of bins, a multiple of 16. */
  stride: i32;
  features: i32;
  /** Scores a row: the classes of a multiclass model, one of others. */
  outputs: i32;
  objective: i32;
  leavesMax: i32;
  depthMax: i32;
  leafSamplesMin: i32;
  /** Grows the open node of most gain first; the last one made first where leaves have no bound of their own. */
  bestFirst: i32;
  slots: i32;
  threads: i32;
  /** Parts that work on rows is cut in. */
  slices: i32;
  /** Whether any feature is monotone. */
  constrained: i32;
  sampling: i32;
  /** Rows that are drawn, features a tree and features a split. */
  drawnRows: i32;
  drawnFeatures: i32;
  triedFeatures: i32;
  heldRows: i32;
  heldStride: i32;
  /** Bits that a count of rows needs, and where it begins in the second word of a pair. */
  rowBits: i32;
  countShift: i32;

  // Addresses.
  bins: usize;
  target: usize;
  /** Zero where all weigh one. */
  weights: usize;
  scores: usize;
  /** Gradient and hessian of each row, of each output. */
  derivatives: usize;
  /** How often each row was drawn. */
  draws: usize;
  /** Rows, and their pairs, in the order of the nodes: of those at even depth, and of those at odd depth, one level below. */
  order: usize;
  orderBelow: usize;
  pairs: usize;
  pairsBelow: usize;
  nodes: usize;
  openNodes: usize;
  histograms: usize;
  freeSlots: usize;
  binCounts: usize;
  monotone: usize;
  treeFeatures: usize;
  /** Whether each feature is tried, for either child. */
  masks: usize;
  splits: usize;
  /** Number of the last call in which each part was claimed. */
  claims: usize;
  maxima: usize;
  sums: usize;
  baseScores: usize;
  heldBins: usize;
  heldTarget: usize;
  heldWeights: usize;
  heldScores: usize;
  /** Words that threads look at without end: each has a cache line of its own, so that nobody who works is held up by those who look. */
  call: usize;
  finished: usize;

  // What a tree is at.
  output: i32;
  tree: i32;
  sampled: i32;
  nodeCount: i32;
  leafCount: i32;
  openCount: i32;
  freeCount: i32;
  /** Nodes to look for splits of: the first one's histogram is built, the second one's is what is left of its parent's. -1: none. */
  firstNode: i32;
  secondNode: i32;
  firstSlot: i32;
  secondSlot: i32;
  /** The node whose rows are being parted, and where its two halves end that go left. */
  partitioned: i32;
  leftEnd: i32;
  leftBegin: i32;

  seed: u64;
  learningRate: f64;
  hessianMin: f64;
  l2: f64;
  gainMin: f64;
  quantile: f64;
  /** What one step of the whole numbers in pairs is worth, a power of two. */
  gradientUnit: f64;
  hessianUnit: f64;
}

/** A node while its tree grows. Children stand side by side, the left one first. */
@unmanaged
export class Node {
  gradient: i64;
  /** Hessian and count. */
  hessian: i64;
  splitGradient: i64;
  splitHessian: i64;
  /** Loss that the best split takes away, -1 where there is none. */
  gain: f64;
  value: f64;
  lower: f64;
  upper: f64;
  begin: i32;
  end: i32;
  /** Zero of a leaf. */
  left: i32;
  depth: i32;
  feature: i32;
  bin: i32;
  missingSide: i32;
  slot: i32;
}

/** The best split that a thread found of a node. A cache line, so that threads do not write to each other's. */
@unmanaged
export class Split {
  /** Of both sides together; in units of the pairs where nothing is monotone. */
  score: f64;
  gradient: i64;
  hessian: i64;
  /** -1: none. */
  feature: i32;
  bin: i32;
  missingSide: i32;
  private padding0: i32;
  private padding1: i64;
  private padding2: i64;
  private padding3: i64;
}

@inline
export function nodeAt(job: Job, index: i32): Node {
  return changetype<Node>(job.nodes + usize(index) * offsetof<Node>());
}

@inline
export function splitAt(job: Job, thread: i32, child: i32): Split {
  return changetype<Split>(job.splits + usize(thread * 2 + child) * offsetof<Split>());
}

@inline
export function histogramAt(job: Job, slot: i32, feature: i32): usize {
  return job.histograms + (usize(slot) * usize(job.features) + usize(feature)) * HISTOGRAM_BYTES;
}

@inline
export function orderOf(job: Job, depth: i32): usize {
  return (depth & 1) == 0 ? job.order : job.orderBelow;
}

@inline
export function pairsOf(job: Job, depth: i32): usize {
  return (depth & 1) == 0 ? job.pairs : job.pairsBelow;
}

@inline
export function rowAt(order: usize, place: i32): u32 {
  return load<u32>(order + (usize(place) << 2));
}

@inline
export function integerAt(list: usize, place: i32): i32 {
  return load<i32>(list + (usize(place) << 2));
}

@inline
export function putInteger(list: usize, place: i32, value: i32): void {
  store<i32>(list + (usize(place) << 2), value);
}

@inline
export function numberAt(list: usize, place: i32): f64 {
  return load<f64>(list + (usize(place) << 3));
}

@inline
export function putNumber(list: usize, place: i32, value: f64): void {
  store<f64>(list + (usize(place) << 3), value);
}

@inline
export function weightAt(weights: usize, row: i32): f64 {
  return weights == 0 ? 1 : numberAt(weights, row);
}

/** Where a slice begins, of `count` things cut in equal slices. */
@inline
export function sliceBegin(count: i32, slice: i32, slices: i32): i32 {
  return i32((i64(count) * i64(slice)) / i64(slices));
}

@inline
export function countOf(job: Job, hessian: i64): i32 {
  return i32(hessian >> i64(job.countShift));
}

/** The hessian's whole number, without the count above it. */
@inline
export function weightOf(job: Job, hessian: i64): f64 {
  return f64(hessian & (((<i64>1) << i64(job.countShift)) - 1));
}
