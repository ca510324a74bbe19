import type { LearningFunctions } from './learning-module.ts';

/** The fields of `Job` in `assembly/learning/job.ts`, in its order: first words of 32 bits, then the seed, then doubles. */
const COUNTS = [
  'rows',
  'stride',
  'features',
  'outputs',
  'objective',
  'leavesMax',
  'depthMax',
  'leafSamplesMin',
  'bestFirst',
  'slots',
  'threads',
  'slices',
  'constrained',
  'sampling',
  'drawnRows',
  'drawnFeatures',
  'triedFeatures',
  'heldRows',
  'heldStride',
  'rowBits',
  'countShift',
] as const;
const ADDRESSES = [
  'bins',
  'target',
  'weights',
  'scores',
  'derivatives',
  'draws',
  'order',
  'orderBelow',
  'pairs',
  'pairsBelow',
  'nodes',
  'openNodes',
  'histograms',
  'freeSlots',
  'binCounts',
  'monotone',
  'treeFeatures',
  'masks',
  'splits',
  'claims',
  'maxima',
  'sums',
  'baseScores',
  'heldBins',
  'heldTarget',
  'heldWeights',
  'heldScores',
  'call',
  'finished',
] as const;
/** What the module alone writes: zero at first. */
const STATE_WORDS = 14;
const NUMBERS = ['learningRate', 'hessianMin', 'l2', 'gainMin', 'quantile'] as const;

export type JobCounts = Readonly<Record<(typeof COUNTS)[number], number>>;
export type JobAddresses = Readonly<Record<(typeof ADDRESSES)[number], number>>;
export type JobNumbers = Readonly<Record<(typeof NUMBERS)[number], number>>;

export interface Layout {
  readonly job: number;
  /** Room for {@link BINS_MAX} cuts a feature, how many each has, and which feature is cut next and how many are: see `binning.ts`. */
  readonly cuts: number;
  readonly cutCounts: number;
  readonly binning: number;
  /** Bytes from one column of bins to the next. */
  readonly stride: number;
  readonly heldStride: number;
  readonly addresses: JobAddresses;
  readonly bytes: number;
}

const HISTOGRAM_BYTES = 256 * 16;
const CACHE_LINE = 64;
/** A counter a digit of `assembly/learning/sort.ts`. */
export const DIGIT_BYTES = 2 ** 11 * 4;
/** Of real values, and so of cuts. */
export const BINS_MAX = 255;

/** A place for all that a job of these counts needs. Weights have no place where all are equal. */
export function layOut(counts: JobCounts, weighted: { readonly rows: boolean; readonly held: boolean }, module: LearningFunctions): Layout {
  let next = module.firstAddress();
  const take = (bytes: number): number => {
    const place = next;
    next = Math.ceil((next + bytes) / CACHE_LINE) * CACHE_LINE;
    return place;
  };
  const { rows, features, outputs, heldRows, threads, slices, leavesMax, slots } = counts;
  const job = take(module.jobBytes());
  const cuts = take(features * BINS_MAX * 8);
  const cutCounts = take(features * 4);
  const binning = take(8);
  const addresses: JobAddresses = {
    bins: take(features * counts.stride),
    target: take(rows * 8),
    weights: weighted.rows ? take(rows * 8) : 0,
    scores: take(outputs * rows * 8),
    derivatives: take(outputs * rows * 16),
    draws: take(rows * 4),
    order: take(rows * 4),
    orderBelow: take(rows * 4),
    pairs: take(rows * 16),
    pairsBelow: take(rows * 16),
    nodes: take(2 * leavesMax * module.nodeBytes()),
    openNodes: take(leavesMax * 4),
    histograms: take(slots * features * HISTOGRAM_BYTES),
    freeSlots: take(slots * 4),
    binCounts: take(features * 4),
    monotone: take(features),
    treeFeatures: take(features * 4),
    masks: take(2 * features),
    splits: take(2 * threads * module.splitBytes()),
    claims: take(Math.max(features, slices) * 4),
    maxima: take(slices * CACHE_LINE),
    sums: take(slices * CACHE_LINE),
    baseScores: take(outputs * 8),
    heldBins: take(features * counts.heldStride),
    heldTarget: take(heldRows * 8),
    heldWeights: weighted.held ? take(heldRows * 8) : 0,
    heldScores: take(outputs * heldRows * 8),
    call: take(8),
    finished: take(4),
  };
  return { job, cuts, cutCounts, binning, stride: counts.stride, heldStride: counts.heldStride, addresses, bytes: next };
}

/** Writes the job itself. */
export function writeJob(
  memory: WebAssembly.Memory,
  module: LearningFunctions,
  { job, addresses }: Layout,
  fields: { readonly counts: JobCounts; readonly numbers: JobNumbers; readonly seed: number },
): void {
  const words = [...COUNTS.map((name) => fields.counts[name]), ...ADDRESSES.map((name) => addresses[name])];
  const numbersAt = job + Math.ceil(((words.length + STATE_WORDS) * 4) / 8) * 8 + 8;
  // The units of pairs stand behind the numbers.
  const bytes = numbersAt + (NUMBERS.length + 2) * 8 - job;
  if (bytes !== module.jobBytes()) throw new Error(`Invariant: a job has ${bytes} bytes here and ${module.jobBytes()} in the module`);
  const view = new DataView(memory.buffer);
  words.forEach((word, index) => view.setUint32(job + index * 4, word, true));
  view.setBigUint64(numbersAt - 8, BigInt(fields.seed), true);
  NUMBERS.forEach((name, index) => view.setFloat64(numbersAt + index * 8, fields.numbers[name], true));
}
