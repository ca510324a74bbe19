import { checkTrainRequest } from '@tidemark/compute/models';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { conflict, invalidInput, notFound, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { Conflict, InvalidInput, NotFound, Unavailable } from '../graphql/errors.ts';
import { actorOf } from '../graphql/principal.ts';
import type { Principal } from '../graphql/principal.ts';
import { textProblem } from '../graphql/reason.ts';
import type { addParameterInput } from '../market-data/graphql.ts';
import type { Timeframe } from '../market-data/bar.ts';
import type { Instant } from '../money/instant.ts';
import type { ParameterPair } from '../strategies/graphql.ts';
import type { Training } from './graphql.ts';
import { LIFE_DAYS, LIFE_DAYS_MAX, trainRequestOf } from './training.ts';
import type { TrainingFlags, TrainingRequest } from './training.ts';

interface TrainingPayload {
  readonly __typename: 'TrainingPayload';
  readonly training: Training;
}

type Authorized = Context & { readonly principal: Principal };
type Maybe<T> = T | null | undefined;

interface TrainModelInput {
  readonly strategy: string;
  readonly symbols: readonly string[];
  readonly timeframe: Timeframe;
  readonly from?: Maybe<Instant>;
  readonly to?: Maybe<Instant>;
  readonly features?: Maybe<readonly string[]>;
  readonly label?: Maybe<string>;
  readonly model?: Maybe<string>;
  readonly parameters: readonly ParameterPair[];
  readonly split?: Maybe<string>;
  readonly weights?: Maybe<string>;
  readonly calibration?: Maybe<string>;
  readonly seed: number;
  readonly parent?: Maybe<string>;
  readonly notes: string;
  readonly lifeDays: number;
  readonly retrainDays?: Maybe<number>;
}

const SYMBOLS_MAX = 500;
const NOTES_LENGTH_MAX = 2_000;

/** What is not given is not said, so that the command line's defaults are the only ones. */
const flagsOf = (input: TrainModelInput): TrainingFlags => ({
  strategy: input.strategy,
  ...(input.features ? { features: input.features.join(',') } : {}),
  ...(input.label ? { label: input.label } : {}),
  ...(input.model ? { model: input.model } : {}),
  ...(input.parameters.length > 0 ? { modelParam: input.parameters.map(({ name, value }) => `${name}=${value}`) } : {}),
  ...(input.split ? { split: input.split } : {}),
  ...(input.weights ? { weights: input.weights } : {}),
  ...(input.calibration ? { calibration: input.calibration } : {}),
  seed: String(input.seed),
  ...(input.parent ? { parent: input.parent } : {}),
  notes: input.notes,
});

/** Fields whose flag of the command line has another name. */
const FIELD_OF_FLAG: Readonly<Record<string, string>> = { 'model-param': 'parameters' };
/** By the name of the error where it names no flag. */
const FIELD_OF_ERROR: Readonly<Record<string, string>> = {
  ParameterError: 'parameters',
  DatasetError: 'label',
  TrainingError: 'calibration',
};

/** An error of the command line's reader, as an answer about a field. */
function refusedFlag(error: unknown): InvalidInput {
  if (!(error instanceof Error) || !(error.name in FIELD_OF_ERROR || error.name === 'UsageError')) throw error;
  const [, flag = ''] = /^--([a-z-]+)/.exec(error.message) ?? [];
  const parameter = 'parameter' in error && typeof error.parameter === 'string' ? error.parameter : '';
  const named = parameter === 'model' ? 'model' : error.message.startsWith('There is no feature') ? 'features' : undefined;
  const field = named ?? FIELD_OF_FLAG[flag] ?? (flag === '' ? (FIELD_OF_ERROR[error.name] ?? 'parameters') : flag);
  return invalidInput(field, error.message.replace(`--${flag}`, field), 'The description of the field says what it takes.');
}

function plainProblem(input: TrainModelInput): InvalidInput | undefined {
  const { from, to, symbols, seed, lifeDays, retrainDays, notes, features } = input;
  if (from && to && from >= to) return invalidInput('from', 'from is not before to', 'Give an earlier start or a later end.');
  if (symbols.length === 0 || symbols.length > SYMBOLS_MAX)
    return invalidInput('symbols', `${symbols.length} symbols are given`, `Give 1 to ${SYMBOLS_MAX}.`);
  if (new Set(symbols).size !== symbols.length) return invalidInput('symbols', 'A symbol is given twice', 'Give each once.');
  if (features?.length === 0) return invalidInput('features', 'No feature is given', 'Leave it out for the default ten, or name some.');
  if (!Number.isSafeInteger(seed) || seed < 0) return invalidInput('seed', `seed is ${seed}`, 'It must be a whole number from 0.');
  if (lifeDays < 1 || lifeDays > LIFE_DAYS_MAX)
    return invalidInput('lifeDays', `lifeDays is ${lifeDays}`, `It must be a whole number from 1 to ${LIFE_DAYS_MAX}.`);
  if (typeof retrainDays === 'number' && (retrainDays < 1 || retrainDays > lifeDays))
    return invalidInput(
      'retrainDays',
      `retrainDays is ${retrainDays}`,
      `It must be from 1 to its life of ${lifeDays} days; or leave it out.`,
    );
  return notes === '' ? undefined : textProblem('notes', notes, { min: 1, max: NOTES_LENGTH_MAX });
}

async function unknownProblem({ symbols, parent }: TrainModelInput, { marketData, models }: Context): Promise<InvalidInput | undefined> {
  const known = new Set((await marketData.instruments()).filter(({ bars }) => bars > 0).map(({ symbol }) => symbol));
  const unknown = symbols.find((symbol) => !known.has(symbol));
  if (unknown !== undefined)
    return invalidInput(
      'symbols',
      `There are no bars of ${unknown.slice(0, 40)}`,
      'The query `instruments` lists the symbols with their number of bars.',
    );
  if (parent && (await models.byId(parent)) === undefined)
    return invalidInput('parent', 'There is no such model', 'The query `models` lists those that there are; or leave it out.');
  return undefined;
}

/** Everything that can be said without reading bars. */
async function readInput(input: TrainModelInput, context: Context): Promise<TrainingRequest | InvalidInput> {
  const plain = plainProblem(input) ?? (await unknownProblem(input, context));
  if (plain !== undefined) return plain;
  const flags = flagsOf(input);
  try {
    checkTrainRequest(trainRequestOf({ flags }, ''));
  } catch (error) {
    return refusedFlag(error);
  }
  const { timeframe, from, to, lifeDays, retrainDays } = input;
  const span = { from: from ?? undefined, to: to ?? undefined };
  return { flags, symbols: input.symbols.toSorted(), timeframe, ...span, lifeDays, retrainDays: retrainDays ?? undefined };
}

async function trainModel(input: TrainModelInput, context: Authorized): Promise<TrainingPayload | InvalidInput | Unavailable> {
  const request = await readInput(input, context);
  if ('__typename' in request) return request;
  try {
    return { __typename: 'TrainingPayload', training: await context.trainings.start(request, actorOf(context.principal)) };
  } catch (error) {
    context.report('a training could not be queued', error);
    return unavailable('The training could not be queued: the database does not answer.');
  }
}

async function abortTraining(id: string, { trainings }: Context): Promise<TrainingPayload | NotFound | Conflict> {
  const training = await trainings.byId(id);
  if (training === undefined) return notFound('training', id);
  if (!(await trainings.abort(id))) return conflict(`This training is ${training.state} and cannot be aborted.`);
  return { __typename: 'TrainingPayload', training: (await trainings.byId(id)) ?? training };
}

const addInput = (builder: Builder, enums: Enums, parameterInput: ReturnType<typeof addParameterInput>) =>
  builder.inputType('TrainModelInput', {
    description: 'What to train, in the words of `tidemark train`: the same bars and words give the same model.',
    fields: (t) => ({
      strategy: t.string({ required: true, defaultValue: 'ml-direction', description: 'ml-direction, or ml-rank for many symbols.' }),
      symbols: t.stringList({ required: true, description: 'In any order: they are sorted.' }),
      timeframe: t.field({ type: enums.timeframe, required: true, defaultValue: '1Day' }),
      from: t.field({ type: 'DateTime', description: 'Start of the first bar to learn from.' }),
      to: t.field({ type: 'DateTime', description: 'Start of the last: a backtest is worth something over later bars only.' }),
      features: t.stringList({ description: 'Of the registry of features; ten where absent.' }),
      label: t.string({ description: 'direction:5 (default), return:5 or triple-barrier:10:2:2.' }),
      model: t.string({ description: 'boosting (default), forest, logistic, ridge, lasso, elastic-net or least-squares.' }),
      parameters: t.field({
        type: [parameterInput],
        required: true,
        defaultValue: [],
        description: 'Of the model: trees, depthMax, penalty, …',
      }),
      split: t.string({ description: 'k-fold:5 (default), walk-forward:1000:250, anchored:1000:250 or combinatorial:6:2.' }),
      weights: t.string({ description: 'uniqueness, returns, or both with a comma between.' }),
      calibration: t.string({ description: 'none (default), platt or isotonic: of a logistic regression.' }),
      seed: t.float({ required: true, defaultValue: 0 }),
      parent: t.id({ description: 'The model that it follows.' }),
      notes: t.string({ required: true, defaultValue: '' }),
      lifeDays: t.int({
        required: true,
        defaultValue: LIFE_DAYS,
        description: `Days until it opens no positions any more: 1 to ${LIFE_DAYS_MAX}.`,
      }),
      retrainDays: t.int({
        description: 'Days after which the server proposes to train its successor, while it is at work: 1 to lifeDays; never where absent.',
      }),
    }),
  });

/** Train and abort. */
export function addTrainingMutations(builder: Builder, enums: Enums, parameterInput: ReturnType<typeof addParameterInput>): void {
  builder.objectType('TrainingPayload', { fields: (t) => ({ training: t.expose('training', { type: 'Training' }) }) });
  const input = addInput(builder, enums, parameterInput);
  const trained = builder.unionType('TrainModelResult', {
    types: ['TrainingPayload', 'InvalidInputError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const aborted = builder.unionType('AbortTrainingResult', {
    types: ['TrainingPayload', 'NotFoundError', 'ConflictError'],
    resolveType: typeOfMember,
  });
  builder.mutationFields((t) => ({
    trainModel: t.authField({
      type: trained,
      authScopes: { principal: true },
      description: 'Queues it; `trainingProgress` follows it. A model of the same content is not trained again.',
      args: { input: t.arg({ type: input, required: true }) },
      resolve: (_root, args, context) => trainModel(args.input, context),
    }),
    abortTraining: t.field({
      type: aborted,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => abortTraining(id, context),
    }),
  }));
}
