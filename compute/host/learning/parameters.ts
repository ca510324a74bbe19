import { ParameterError } from '../errors.ts';
import { checkChoice, checkNumber, type Range } from '../statistics-input.ts';

/** The loss that a model is trained for: log-loss of two classes or of several, squared error, or the pinball loss of a quantile. */
export type Objective = 'binary' | 'multiclass' | 'regression' | 'quantile';
export type Method = 'boosting' | 'forest';

export const OBJECTIVES: readonly Objective[] = ['binary', 'multiclass', 'regression', 'quantile'];
export const METHODS: readonly Method[] = ['boosting', 'forest'];

/** What trees of both methods take. */
export interface TreeParameters {
  /** 1 to 10,000; of a multiclass model, that many for each class. */
  readonly trees?: number;
  /** Splits from the root to a leaf: 1 to 64. */
  readonly depthMax?: number;
  /** Leaves of a tree: 2 to 4,096. Where depth alone allows more, the split of most gain is made first. */
  readonly leavesMax?: number;
  /** Rows of a leaf, at least; 1 to 1,000,000. */
  readonly leafSamplesMin?: number;
  /** Sum of the hessian over a leaf, at least; weights have a mean of one. 0 to 1e9. */
  readonly leafHessianMin?: number;
  /** Added to the hessian of each leaf; 0 to 1e9. */
  readonly l2?: number;
  /** Loss that a split must take away; 0 to 1e12. */
  readonly gainMin?: number;
  /** Rows a tree: above 0, to 1. Boosting draws them without, a forest with replacement. */
  readonly rowShare?: number;
  /** Features a tree; above 0, to 1. At least one is drawn. */
  readonly treeFeatureShare?: number;
  /** Of these, features a split. */
  readonly splitFeatureShare?: number;
  /** Bins of a feature: 2 to 255. */
  readonly binsMax?: number;
  /** A whole number from 0 to 2^53 - 1: what is drawn at random follows from it. */
  readonly seed?: number;
  /** By name of the feature: 1 where the score may not fall as it grows, -1 where it may not rise. */
  readonly monotone?: Readonly<Record<string, 1 | -1>>;
}

export interface BoostingParameters extends TreeParameters {
  readonly objective: Objective;
  /** Of `multiclass` only: 2 to 100; targets are whole numbers from 0. */
  readonly classes?: number;
  /** Of `quantile` only: above 0, below 1. */
  readonly quantile?: number;
  /** Part of each tree that is added; above 0, to 1. */
  readonly learningRate?: number;
  /** Ends after so many rounds in which the loss of the rows that are held out was no better, and keeps the trees up to the best. */
  readonly patience?: number;
}

export interface ForestParameters extends TreeParameters {
  readonly objective: 'binary' | 'regression';
}

const SHARE: Range = { min: 0, max: 1, above: true };
const BOUNDS = {
  trees: { min: 1, max: 10_000, whole: true },
  depthMax: { min: 1, max: 64, whole: true },
  leavesMax: { min: 2, max: 4096, whole: true },
  leafSamplesMin: { min: 1, max: 1_000_000, whole: true },
  leafHessianMin: { min: 0, max: 1e9 },
  l2: { min: 0, max: 1e9 },
  gainMin: { min: 0, max: 1e12 },
  rowShare: SHARE,
  treeFeatureShare: SHARE,
  splitFeatureShare: SHARE,
  binsMax: { min: 2, max: 255, whole: true },
  seed: { min: 0, max: Number.MAX_SAFE_INTEGER, whole: true },
  learningRate: SHARE,
} satisfies Readonly<Record<string, Range>>;

type Bounded = keyof typeof BOUNDS;

/** All parameters with their values. */
export interface CheckedParameters extends Readonly<Record<Bounded, number>> {
  readonly method: Method;
  readonly objective: Objective;
  readonly classes: number;
  readonly quantile: number;
  /** Zero for none. */
  readonly patience: number;
  readonly monotone: Readonly<Record<string, 1 | -1>>;
}

/** How many of `count` a share of them is: one at least. */
export const wholeShare = (share: number, count: number): number => Math.max(1, Math.round(share * count));

/** Shallow and shrunk: on market data deeper trees fit noise. */
const BOOSTING_DEFAULTS: Readonly<Record<Bounded, number>> = {
  trees: 200,
  depthMax: 3,
  leavesMax: 31,
  leafSamplesMin: 20,
  leafHessianMin: 1e-3,
  l2: 1,
  gainMin: 0,
  rowShare: 1,
  treeFeatureShare: 1,
  splitFeatureShare: 1,
  binsMax: 255,
  seed: 0,
  learningRate: 0.05,
};

/** A forest tries the square root of the number of features at each split, a third of them in regression, where nothing else is said. */
const FOREST_DEFAULTS: Readonly<Record<Exclude<Bounded, 'splitFeatureShare'>, number>> = {
  ...BOOSTING_DEFAULTS,
  depthMax: 8,
  leavesMax: 256,
  leafSamplesMin: 5,
  leafHessianMin: 0,
  l2: 0,
};

const BOOSTING_NAMES = [...Object.keys(BOUNDS), 'monotone', 'objective', 'classes', 'quantile', 'patience'];
const FOREST_NAMES = [...Object.keys(BOUNDS), 'monotone', 'objective'].filter((name) => name !== 'learningRate');

/** Values within their bounds, defaults where none is given. Throws {@link ParameterError}. */
export function checkBoosting(parameters: BoostingParameters): CheckedParameters {
  const what = 'Boosting';
  checkNames(what, parameters, BOOSTING_NAMES);
  const { objective, classes, quantile, patience, monotone = {} } = parameters;
  checkChoice(what, 'objective', objective, OBJECTIVES);
  checkBelongs(what, 'classes', classes, objective, 'multiclass');
  checkBelongs(what, 'quantile', quantile, objective, 'quantile');
  return {
    ...checkBounded(what, parameters, BOOSTING_DEFAULTS),
    method: 'boosting',
    objective,
    classes: classes === undefined ? 1 : checkNumber(what, 'classes', classes, { min: 2, max: 100, whole: true }),
    quantile: quantile === undefined ? 0.5 : checkNumber(what, 'quantile', quantile, { min: 0, max: 1, above: true, below: true }),
    patience: patience === undefined ? 0 : checkNumber(what, 'patience', patience, { min: 1, max: 10_000, whole: true }),
    monotone: checkDirections(what, objective, monotone),
  };
}

/** The same of a forest over so many features. */
export function checkForest(parameters: ForestParameters, features: number): CheckedParameters {
  const what = 'Forest';
  checkNames(what, parameters, FOREST_NAMES);
  const { objective, monotone = {} } = parameters;
  checkChoice(what, 'objective', objective, ['binary', 'regression']);
  const splitFeatureShare = objective === 'binary' ? 1 / Math.sqrt(features) : 1 / 3;
  const bounded = checkBounded(what, parameters, { ...FOREST_DEFAULTS, splitFeatureShare });
  return {
    ...bounded,
    method: 'forest',
    objective,
    classes: 1,
    quantile: 0.5,
    patience: 0,
    // The mean of all trees.
    learningRate: 1 / bounded.trees,
    monotone: checkDirections(what, objective, monotone),
  };
}

function checkBounded(what: string, given: TreeParameters, defaults: Readonly<Record<Bounded, number>>): Record<Bounded, number> {
  const values: Partial<Record<string, unknown>> = { ...given };
  const entries = Object.entries(BOUNDS).map(([name, range]): [string, number] => {
    const value = values[name] === undefined ? defaults[name as Bounded] : values[name];
    return [name, checkNumber(what, name, value as number, range)];
  });
  return Object.fromEntries(entries) as Record<Bounded, number>;
}

/** A name with a slip in it would train another model than was meant. */
function checkNames(what: string, given: object, names: readonly string[]): void {
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new ParameterError(what, unknown, undefined, 'left out', `${what} has no parameter ${unknown}; it has ${names.join(', ')}.`);
}

function checkBelongs(what: string, name: string, value: number | undefined, objective: Objective, owner: Objective): void {
  if ((value !== undefined) === (objective === owner)) return;
  const allowed = value === undefined ? `given, as the objective is ${owner}` : `left out, for the objective is ${objective}`;
  throw new ParameterError(what, name, value, allowed);
}

function checkDirections(what: string, objective: Objective, monotone: Readonly<Record<string, 1 | -1>>): Readonly<Record<string, 1 | -1>> {
  // Callers without types give anything.
  const given: unknown = monotone;
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new ParameterError(what, 'monotone', given, '1 or -1 by name of a feature');
  for (const [name, direction] of Object.entries(monotone)) {
    if (![1, -1].includes(direction)) throw new ParameterError(what, `monotone.${name}`, direction, '1 or -1');
  }
  if (objective === 'multiclass' && Object.keys(monotone).length > 0) {
    throw new ParameterError(what, 'monotone', monotone, 'left out: the probability of a class falls where the score of another one rises');
  }
  return monotone;
}
