import { MODEL_FOLDERS, toolchainHash } from '../built-ins.ts';
import type { ModelSource } from '../compile-source.ts';
import { buildDataset, type Dataset } from '../datasets/dataset.ts';
import { DatasetError, type DatasetSpec, type LabelSpec } from '../datasets/dataset-spec.ts';
import { trainingReference } from '../drift/training-reference.ts';
import type { DriftReference } from '../drift/reference.ts';
import type { Indicators } from '../indicators.ts';
import type { Learning } from '../learning/learning.ts';
import { fitIsotonic, fitPlatt, type Calibration } from '../models/calibration.ts';
import { trainLogistic } from '../models/logistic.ts';
import { scores } from '../models/model.ts';
import { rowsOf, TrainingError } from '../models/training-data.ts';
import { at } from '../rows-input.ts';
import type { SymbolSeries } from '../timeline.ts';
import type { StrategyModule } from '../types.ts';
import { encodeAny, featuresOf, fileNameOf, kindOf, modelId, predictAny, type AnyModel } from './any-model.ts';
import { carriedSource } from './carried-source.ts';
import { evaluate, keepingLearner, type ModelEvaluation } from './evaluation.ts';
import { checkLearning, learn, learnerOf, type LearningSpec, type Learnt, type Task } from './learn.ts';
import { MODULE_FILE, type ModelManifest } from './manifest.ts';
import { openModelModule } from './model-module.ts';
import { validate } from './validate.ts';

export interface TrainRequest {
  readonly strategy: 'ml-direction' | 'ml-rank';
  readonly series: readonly SymbolSeries[];
  readonly dataset: DatasetSpec;
  readonly learning: LearningSpec;
  /** Of a logistic regression, fitted to scores of rows that the folds had not seen. */
  readonly calibration: 'none' | 'platt' | 'isotonic';
  readonly parent: string | null;
  readonly notes: string;
  /** Of the program. */
  readonly version: string;
}

export interface TrainedStrategy {
  readonly manifest: ModelManifest;
  readonly model: Uint8Array<ArrayBuffer>;
  readonly module: StrategyModule;
  /** What its rows in production are measured against. */
  readonly reference: DriftReference;
}

/** With what its folds said of rows that they had not seen. */
export interface EvaluatedStrategy extends TrainedStrategy {
  readonly evaluation: ModelEvaluation;
}

/** What is trained with: of this installation. */
export interface Trainers {
  readonly indicators: Indicators;
  readonly learning: Learning;
  /** `compileModelStrategy`, or what has its answers at hand. */
  readonly compile: (source: ModelSource) => Promise<StrategyModule>;
  /** Told of the fraction done, from 0 to 1. */
  readonly onProgress?: (fraction: number) => void;
}

/** A training with what it was made of. */
interface Trained extends TrainedStrategy {
  readonly dataset: Dataset;
  /** The models of the folds. */
  readonly kept: ReturnType<typeof keepingLearner>['kept'];
}

/** SHA-256 of the sources that modules of models and their features are made of: with the request it decides every byte. */
export const modelToolchain = (): string => toolchainHash(MODEL_FOLDERS);

/** The bars that a label looks ahead, at most. */
export const horizonOf = (label: LabelSpec): number => label.horizon;

export function taskOf(label: LabelSpec): Task {
  if (label.kind !== 'fixed-horizon') return 'classes';
  return label.target === 'direction' ? 'classes' : 'values';
}

/**
 * From bars to a model and the strategy that carries it: builds the dataset, judges the model on purged folds, trains it on all rows, compiles the module, and holds the
 * module to the model, bar by bar and bit for bit. The same request gives the same bytes. Throws what {@link buildDataset} and the trainers throw, which name the feature,
 * class or parameter at fault; a DatasetError or ParameterError for a strategy that such a model cannot serve.
 */
export async function trainStrategy(request: TrainRequest, trainers: Trainers): Promise<TrainedStrategy> {
  const { manifest, model, module, reference } = await train(request, trainers);
  return { manifest, model, module, reference };
}

/** {@link trainStrategy}, the same bytes, with what its folds said. */
export async function trainAndEvaluate(request: TrainRequest, trainers: Trainers): Promise<EvaluatedStrategy> {
  const { dataset, kept, ...trained } = await train(request, trainers);
  return { ...trained, evaluation: evaluate(dataset, kept, trained.manifest.validation.task, request.learning) };
}

/** After the folds there are the model of all rows, its module, and the comparison of both. */
const STEPS_AFTER_FOLDS = 3;

async function train(request: TrainRequest, { indicators, learning, compile, onProgress }: Trainers): Promise<Trained> {
  const { series, strategy, learning: spec } = request;
  checkTrainRequest(request);
  const task = taskOf(request.dataset.label);
  const dataset = buildDataset(series, request.dataset, indicators);
  const timeOf = (row: number): number => timeOfRow(series, dataset, row);
  const steps = dataset.splits.length + STEPS_AFTER_FOLDS;
  const folds = keepingLearner(learnerOf(spec, task, learning), (fold) => onProgress?.(fold / steps));
  const validation = validate(dataset, task, folds.learn, timeOf);
  const learnt = calibratedOn(dataset, request, learn(spec, dataset.data, task, learning));
  onProgress?.((steps - 2) / steps);
  const horizon = horizonOf(request.dataset.label);
  const module = await compile({ strategy, carried: carriedSource({ model: learnt.model, horizon }) });
  onProgress?.((steps - 1) / steps);
  assertSameAsTrained(module, learnt.model, dataset, series);
  const model = encodeAny(learnt.model);
  const manifest: ModelManifest = {
    id: modelId(model),
    kind: kindOf(learnt.model),
    model: { file: fileNameOf(learnt.model), bytes: model.length },
    strategy: { name: strategy, version: module.version, file: MODULE_FILE, bytes: module.wasm.length },
    features: dataset.manifest.features,
    horizon,
    dataset: { hash: dataset.hash, manifest: dataset.manifest },
    training: { kind: spec.kind, parameters: learnt.parameters, seed: spec.seed, calibration: request.calibration },
    validation,
    code: { version: request.version, toolchain: modelToolchain() },
    parent: request.parent,
    notes: request.notes,
  };
  const reference = trainingReference(learnt.model, dataset, validation);
  return { manifest, model, module, reference, dataset, kept: folds.kept };
}

/** What can be said of a request without its bars. Throws a DatasetError, ParameterError or TrainingError for a model that cannot be, or that the strategy cannot use. */
export function checkTrainRequest(request: Omit<TrainRequest, 'series'>): void {
  const task = taskOf(request.dataset.label);
  if (request.strategy === 'ml-direction' && task === 'values')
    throw new DatasetError(
      'ml-direction decides by the probability of a rise: give it a label of two classes, direction or triple-barrier.',
    );
  checkLearning(request.learning, task);
  checkCalibration(request);
}

function checkCalibration({ calibration, learning: { kind } }: Pick<TrainRequest, 'calibration' | 'learning'>): void {
  if (calibration === 'none' || kind === 'logistic') return;
  throw new TrainingError(
    `A calibration is part of the file of a logistic regression only, and this is ${kind}: leave the calibration out.`,
  );
}

function timeOfRow(series: readonly SymbolSeries[], { rows }: Dataset, row: number): number {
  const { symbol, bar } = rows[row] ?? { symbol: -1, bar: -1 };
  return at(series[symbol]?.bars.startAtMs ?? [], bar);
}

/** With a calibration of the scores that models of the folds give to rows which they have not seen. */
function calibratedOn({ data, splits }: Dataset, { calibration: kind, learning: spec }: TrainRequest, learnt: Learnt): Learnt {
  if (kind === 'none' || learnt.model.form !== 'linear') return learnt;
  const unseen = splits.map((split) => {
    const test = rowsOf(data, split.test);
    return { test, found: scores(trainLogistic(rowsOf(data, split.train), spec.parameters), test) };
  });
  const found = Float64Array.from(unseen.flatMap((each) => [...each.found]));
  const labels = Float64Array.from(unseen.flatMap(({ test }) => [...test.y]));
  const weights = data.weights === undefined ? undefined : Float64Array.from(unseen.flatMap(({ test }) => [...(test.weights ?? [])]));
  const calibration: Calibration = kind === 'platt' ? fitPlatt(found, labels, weights) : fitIsotonic(found, labels, weights);
  return { ...learnt, model: { form: 'linear', model: { ...learnt.model.model, calibration } } };
}

/** The module computes, at every row of the training, exactly the features that the model was trained on, and predicts exactly what the model's file does. */
export function assertSameAsTrained(
  module: StrategyModule,
  model: AnyModel,
  { rows, data }: Dataset,
  series: readonly SymbolSeries[],
): void {
  const opened = openModelModule(module, series);
  if (opened.features.join() !== featuresOf(model).join()) throw new Error('Invariant: a module carries the features of its model');
  const places = new Map(rows.map(({ symbol, bar }, row) => [`${symbol} ${bar}`, row]));
  const { columns, values } = data.x;
  for (const seen of opened.observe()) {
    const row = places.get(`${seen.symbol} ${seen.bar}`);
    if (row === undefined) continue;
    const trained = values.subarray(row * columns, (row + 1) * columns);
    const isSame = trained.every((value, column) => Object.is(value, seen.row[column]));
    if (!isSame || !Object.is(seen.score, predictAny(model, trained)))
      throw new Error(`Invariant: the module sees and predicts at bar ${seen.bar} of symbol ${seen.symbol} what was trained`);
    places.delete(`${seen.symbol} ${seen.bar}`);
  }
  if (places.size > 0) throw new Error('Invariant: the module sees every row of the training');
}
