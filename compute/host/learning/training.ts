import { ParameterError } from '../errors.ts';
import { binFeatures, binnedCuts, type Binning } from './binning.ts';
import { layOut, writeJob, type JobCounts, type Layout } from './layout.ts';
import { instantiateLearning, newMemory, type LearningFunctions } from './learning-module.ts';
import { NODES_MAX, type TreeModel } from './model.ts';
import { OBJECTIVES, wholeShare, type CheckedParameters } from './parameters.ts';
import type { CheckedSamples } from './samples.ts';
import { TreeBuilder } from './tree-builder.ts';

/** What is trained, after all checks. */
export interface TrainingRequest {
  readonly parameters: CheckedParameters;
  readonly samples: CheckedSamples;
  /** A direction a feature: 1, -1, or 0. */
  readonly directions: Int8Array;
  readonly held: CheckedSamples | undefined;
}

export interface TrainedModel {
  readonly model: TreeModel;
  /** All that it was trained with, defaults and seed included: the file of the model does not carry them. */
  readonly parameters: CheckedParameters;
  /** Mean loss of the rows that were held out, after each round; empty without such rows. */
  readonly heldLosses: Float64Array;
  /** Rounds of the model: those up to the best one where patience was asked for. */
  readonly rounds: number;
}

export interface TrainingProgress {
  readonly rounds: number;
  readonly roundsMax: number;
}

/** A training whose memory is laid out: threads may join it. */
export interface Training extends Binning {
  readonly functions: LearningFunctions;
}

/** One that grows. */
interface GrowingTraining extends Training {
  readonly builder: TreeBuilder;
}

const ADVICE = 'use fewer rows, features or leaves';
const SAMPLING = { all: 0, share: 1, bootstrap: 2 } as const;

const padded = (rows: number): number => Math.ceil(rows / 16) * 16;

function countsOf({ parameters, samples, directions, held }: TrainingRequest, threads: number): JobCounts {
  const { method, rowShare, depthMax, leavesMax, leafSamplesMin } = parameters;
  const { rows } = samples;
  const features = samples.names.length;
  const drawnFeatures = wholeShare(parameters.treeFeatureShare, features);
  // Where depth alone bounds the leaves, their order says nothing, and depth first needs the fewest histograms.
  const isBestFirst = leavesMax < 2 ** depthMax;
  const leaves = isBestFirst ? leavesMax : 2 ** depthMax;
  const rowBits = 32 - Math.clz32(rows);
  const drawing = rowShare < 1 ? SAMPLING.share : SAMPLING.all;
  return {
    rows,
    stride: padded(rows),
    features,
    outputs: parameters.classes,
    // A forest's leaves hold means, of classes as of values.
    objective: OBJECTIVES.indexOf(method === 'forest' ? 'regression' : parameters.objective),
    leavesMax: leaves,
    depthMax,
    leafSamplesMin,
    bestFirst: Number(isBestFirst),
    // Histograms that are kept: of every open node, or of one a level.
    slots: isBestFirst ? leaves + 1 : depthMax + 2,
    threads,
    // Several a thread: whoever is held up does fewer of them.
    slices: threads === 1 ? 1 : 4 * threads,
    constrained: Number(directions.some((direction) => direction !== 0)),
    sampling: method === 'forest' ? SAMPLING.bootstrap : drawing,
    drawnRows: wholeShare(rowShare, rows),
    drawnFeatures,
    triedFeatures: wholeShare(parameters.splitFeatureShare, drawnFeatures),
    heldRows: held?.rows ?? 0,
    heldStride: padded(held?.rows ?? 0),
    rowBits,
    countShift: 63 - rowBits,
  };
}

/** Lays the training out in a memory of its own. Throws a RangeError where that would be too large. */
export function openTraining(module: WebAssembly.Module, request: TrainingRequest, threads: number): Training {
  const { parameters, samples, held } = request;
  const counts = countsOf(request, threads);
  const weighted = { rows: samples.weights !== undefined, held: held?.weights !== undefined };
  // Sizes are asked of an instance before the memory that is as large as they say.
  const { bytes } = layOut(counts, weighted, instantiateLearning(module, newMemory(1, ADVICE)));
  const memory = newMemory(bytes, ADVICE);
  const functions = instantiateLearning(module, memory);
  const layout = layOut(counts, weighted, functions);
  const { learningRate, leafHessianMin, l2, gainMin, quantile, seed } = parameters;
  const numbers = { learningRate, hessianMin: leafHessianMin, l2, gainMin, quantile };
  writeJob(memory, functions, layout, { counts, numbers, seed });
  fillRows(memory, layout, request);
  return { module, request, memory, layout, functions };
}

function fillRows(memory: WebAssembly.Memory, { addresses }: Layout, { samples, held, directions }: TrainingRequest): void {
  const fill = (values: Float64Array | undefined, at: number): void => {
    if (values !== undefined) new Float64Array(memory.buffer, at, values.length).set(values);
  };
  fill(samples.target, addresses.target);
  fill(samples.weights, addresses.weights);
  fill(held?.target, addresses.heldTarget);
  fill(held?.weights, addresses.heldWeights);
  new Int8Array(memory.buffer, addresses.monotone, directions.length).set(directions);
}

/**
 * Trains to the end, and lets the threads go that joined. Throws a RangeError where no feature varies, and a ParameterError once the trees have
 * more nodes than a model may have.
 */
export function runTraining(
  opened: Training,
  onProgress?: (progress: TrainingProgress) => void,
  nodesMax: number = NODES_MAX,
): TrainedModel {
  const { functions, layout, memory, request } = opened;
  const { parameters, samples } = request;
  binFeatures(opened);
  const builder = new TreeBuilder(binnedCuts(opened), functions.nodeBytes());
  const training: GrowingTraining = { ...opened, builder };
  functions.begin(layout.job);
  const baseScores = new Float64Array(memory.buffer, layout.addresses.baseScores, parameters.classes).slice();
  const losses: number[] = [];
  let best = 0;
  for (let round = 0; round < parameters.trees; round += 1) {
    trainRound(training, round);
    checkSize(builder, parameters, nodesMax);
    onProgress?.({ rounds: round + 1, roundsMax: parameters.trees });
    if (request.held === undefined) continue;
    losses.push(functions.heldLoss(layout.job));
    if ((losses[round] ?? Infinity) < (losses[best] ?? Infinity)) best = round;
    if (parameters.patience > 0 && round - best >= parameters.patience) break;
  }
  functions.stop(layout.job);
  const rounds = parameters.patience > 0 ? best + 1 : builder.length / parameters.classes;
  const { method, objective, quantile } = parameters;
  const about = { method, objective, quantile, names: samples.names, baseScores };
  return { model: builder.build(rounds * parameters.classes, about), heldLosses: Float64Array.from(losses), rounds, parameters };
}

/** No file holds more: told while they grow, for most trainings stay far below what their parameters allow. */
function checkSize({ length, nodes }: TreeBuilder, { trees }: CheckedParameters, nodesMax: number): void {
  if (nodes <= nodesMax) return;
  const allowed = `fewer: after ${length} trees the model has ${nodes} nodes, and at most ${nodesMax} fit: lower it, or leavesMax or depthMax`;
  throw new ParameterError('Training', 'trees', trees, allowed);
}

/** One tree an output. Trees of a forest do not see each other: all of them begin at the base. */
function trainRound({ functions, layout, memory, request, builder }: GrowingTraining, round: number): void {
  const { method, classes } = request.parameters;
  const isForest = method === 'forest';
  if (!isForest || round === 0) functions.beginRound(layout.job);
  for (let output = 0; output < classes; output += 1) {
    const nodes = functions.grow(layout.job, round * classes + output, output);
    builder.add(memory, layout.addresses.nodes, nodes);
    if (!isForest) functions.addTree(layout.job);
  }
}
