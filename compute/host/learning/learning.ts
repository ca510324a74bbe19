import { instantiateLearning, newMemory } from './learning-module.ts';
import type { TreeModel } from './model.ts';
import { checkBoosting, checkForest, type BoostingParameters, type CheckedParameters, type ForestParameters } from './parameters.ts';
import { checkFeatureNames, checkLearnable, checkSameFeatures, checkSamples, directionsOf, type Samples } from './samples.ts';
import { openTraining, runTraining, type TrainedModel, type TrainingRequest } from './training.ts';

export { ParameterError } from '../errors.ts';
export { modelId } from '../models/model-file.ts';
export { importancesOf, predictRow, predictionOf, scoresOf } from './model.ts';
export type { TreeModel } from './model.ts';
export { ModelFormatError, decodeModel, encodeModel } from './model-bytes.ts';
export type { BoostingParameters, CheckedParameters, ForestParameters, Method, Objective, TreeParameters } from './parameters.ts';
export type { Samples } from './samples.ts';
export { explainRow } from './shap.ts';
export type { Explanation } from './shap.ts';
export type { TrainedModel, TrainingProgress } from './training.ts';
export { boostingLearner, forestLearner, samplesOf } from './tree-learner.ts';

/**
 * Tree models of the compute core. Parameters out of bounds throw a ParameterError, samples that cannot be used a RangeError; each says which
 * one, and what to do. The same samples, parameters and seed give the same bytes of a model, on any machine and any number of threads.
 */
export interface Learning {
  /** Gradient boosting, on this thread. `held` are rows to measure the loss at after each round; early stopping needs them. */
  boost(samples: Samples, parameters: BoostingParameters, held?: Samples): TrainedModel;
  /** A random forest, on this thread. */
  growForest(samples: Samples, parameters: ForestParameters): TrainedModel;
  /** Scores of many rows, given as columns: those of the first output, then those of the next. Bit for bit what `scoresOf` gives a row. */
  scoreColumns(model: TreeModel, columns: readonly Float64Array[]): Float64Array;
}

/** Checks a boosting as a whole. */
export function boostingRequest(samples: Samples, parameters: BoostingParameters, held?: Samples): TrainingRequest {
  return requestOf(samples, checkBoosting(parameters), held);
}

/** Checks a forest as a whole. */
export function forestRequest(samples: Samples, parameters: ForestParameters): TrainingRequest {
  checkFeatureNames('Training', samples.names);
  return requestOf(samples, checkForest(parameters, samples.names.length), undefined);
}

function requestOf(samples: Samples, parameters: CheckedParameters, held: Samples | undefined): TrainingRequest {
  const checked = checkSamples('Training', samples, parameters);
  checkLearnable(checked, parameters);
  if (held === undefined && parameters.patience > 0)
    throw new RangeError('Training: patience needs rows that are held out: give them, or leave patience out.');
  if (held !== undefined) checkSameFeatures(samples, held);
  return {
    parameters,
    samples: checked,
    directions: directionsOf(samples.names, parameters.monotone),
    held: held === undefined ? undefined : checkSamples('Held-out rows', held, parameters),
  };
}

/** Takes the bytes of `compute/build/learning.wasm`, or what they compile to. */
export async function loadLearning(wasm: BufferSource | WebAssembly.Module): Promise<Learning> {
  const module = wasm instanceof WebAssembly.Module ? wasm : await WebAssembly.compile(wasm);
  const train = (request: TrainingRequest): TrainedModel => runTraining(openTraining(module, request, 1));
  return {
    boost: (samples, parameters, held) => train(boostingRequest(samples, parameters, held)),
    growForest: (samples, parameters) => train(forestRequest(samples, parameters)),
    scoreColumns: (model, columns) => scoreColumns(module, model, columns),
  };
}

function scoreColumns(module: WebAssembly.Module, model: TreeModel, columns: readonly Float64Array[]): Float64Array {
  const { names, baseScores, roots, features, values, lefts } = model;
  const rows = columns[0]?.length ?? 0;
  if (columns.length !== names.length || columns.some((column) => column.length !== rows))
    throw new RangeError(`Model: give ${names.length} columns of one length, one a feature: ${names.join(', ')}.`);
  const infinite = columns.findIndex((column) => column.includes(Infinity) || column.includes(-Infinity));
  if (infinite >= 0)
    throw new RangeError(`Model: ${names[infinite]} holds an infinite value: give finite numbers, or NaN where a value is missing.`);
  const outputs = baseScores.length;
  const parts = [columns.length * rows * 8, outputs * rows * 8, outputs * 8, values.byteLength, lefts.byteLength, roots.byteLength];
  const first = instantiateLearning(module, newMemory(1, '')).firstAddress();
  const bytes = parts.reduce((sum, part) => sum + part, first + features.byteLength);
  const memory = newMemory(bytes, 'score fewer rows at a time');
  const starts = parts.map((_, index) => parts.slice(0, index).reduce((sum, part) => sum + part, first));
  const [cells = 0, scores = 0, bases = 0, valuesAt = 0, leftsAt = 0, rootsAt = 0] = starts;
  const featuresAt = rootsAt + roots.byteLength;
  columns.forEach((column, index) => new Float64Array(memory.buffer, cells + index * rows * 8, rows).set(column));
  new Float64Array(memory.buffer, bases, outputs).set(baseScores);
  new Float64Array(memory.buffer, valuesAt, values.length).set(values);
  new Uint32Array(memory.buffer, leftsAt, lefts.length).set(lefts);
  new Uint32Array(memory.buffer, rootsAt, roots.length).set(roots);
  new Uint16Array(memory.buffer, featuresAt, features.length).set(features);
  const { scoreRows } = instantiateLearning(module, memory);
  scoreRows(cells, rows, featuresAt, valuesAt, leftsAt, rootsAt, roots.length - 1, bases, outputs, scores);
  return new Float64Array(memory.buffer, scores, outputs * rows).slice();
}
