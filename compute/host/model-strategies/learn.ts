import { ParameterError } from '../errors.ts';
import type { Learning } from '../learning/learning.ts';
import { checkBoosting, checkForest } from '../learning/parameters.ts';
import { samplesOf } from '../learning/tree-learner.ts';
import { trainElasticNet, trainLasso } from '../models/elastic-net.ts';
import { trainLeastSquares, trainRidge } from '../models/least-squares.ts';
import { trainLogistic } from '../models/logistic.ts';
import type { LinearModel } from '../models/model.ts';
import type { FeatureRows, TrainingData } from '../models/training-data.ts';
import type { Learner } from '../validation/cross-validation.ts';
import { predictAny, type AnyModel } from './any-model.ts';

/** What is trained, and with what. Numbers by name; names that there are not are refused. */
export interface LearningSpec {
  readonly kind: (typeof MODEL_KINDS)[number];
  readonly parameters: Readonly<Record<string, number>>;
  /** Of what is drawn at random; linear models draw nothing. */
  readonly seed: number;
}

export interface Learnt {
  readonly model: AnyModel;
  /** All that it was trained with, defaults included. */
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** Whether labels are classes (0 and 1) or values. */
export type Task = 'classes' | 'values';

type Trainer = (data: TrainingData, parameters: Readonly<Record<string, number>>) => LinearModel;

interface LinearKind {
  readonly task: Task;
  readonly parameters: readonly string[];
  readonly train: Trainer;
}

const LINEAR: Readonly<Record<string, LinearKind>> = {
  logistic: { task: 'classes', parameters: ['penalty'], train: trainLogistic },
  'least-squares': { task: 'values', parameters: [], train: (data) => trainLeastSquares(data) },
  ridge: { task: 'values', parameters: ['penalty'], train: trainRidge },
  lasso: { task: 'values', parameters: ['penalty'], train: trainLasso },
  'elastic-net': { task: 'values', parameters: ['penalty', 'l1Ratio'], train: trainElasticNet },
};

export const MODEL_KINDS = ['boosting', 'forest', 'logistic', 'least-squares', 'ridge', 'lasso', 'elastic-net'] as const;

/** As trees take them. */
const treeParameters = ({ parameters, seed }: LearningSpec, task: Task) =>
  ({ ...parameters, objective: task === 'classes' ? 'binary' : 'regression', seed }) as const;

/** Throws a ParameterError for a kind that does not learn this task, and for parameters that it does not take; of linear models their bounds are looked at as they are trained. */
export function checkLearning(spec: LearningSpec, task: Task): void {
  const { kind, parameters } = spec;
  const linear = LINEAR[kind];
  if (linear === undefined) {
    if (kind === 'forest') checkForest(treeParameters(spec, task), 1);
    else checkBoosting(treeParameters(spec, task));
    return;
  }
  const labels = task === 'classes' ? 'labels of two classes' : 'labels that are values';
  if (linear.task !== task) {
    const others = MODEL_KINDS.filter((each) => (LINEAR[each]?.task ?? task) === task);
    throw new ParameterError('train', 'model', kind, `one that learns ${labels}: ${others.join(', ')}`);
  }
  const odd = Object.keys(parameters).find((name) => !linear.parameters.includes(name));
  if (odd !== undefined)
    throw new ParameterError(kind, odd, parameters[odd], `left out: it takes ${linear.parameters.join(', ') || 'no parameters'}`);
}

/** The same rows, parameters and seed give the same bytes of a model. Throws as the trainers do. */
export function learn(spec: LearningSpec, data: TrainingData, task: Task, learning: Learning): Learnt {
  const linear = LINEAR[spec.kind];
  if (linear !== undefined) {
    const model = linear.train(data, spec.parameters);
    return { model: { form: 'linear', model }, parameters: { ...model.parameters } };
  }
  const parameters = treeParameters(spec, task);
  const trained = spec.kind === 'forest' ? learning.growForest(samplesOf(data), parameters) : learning.boost(samplesOf(data), parameters);
  return { model: { form: 'trees', model: trained.model }, parameters: { ...trained.parameters } };
}

/** For the folds of research. */
export const learnerOf =
  (spec: LearningSpec, task: Task, learning: Learning): Learner =>
  (train) => {
    const { model } = learn(spec, train, task, learning);
    return (rows) => predictRows(model, rows);
  };

/** One figure a row of a matrix whose columns are the model's features. */
export function predictRows(model: AnyModel, { x }: FeatureRows): Float64Array {
  return Float64Array.from({ length: x.rows }, (_, row) => predictAny(model, x.values.subarray(row * x.columns, (row + 1) * x.columns)));
}
