import { DEFAULT_FEATURES, judgementOf } from '@tidemark/compute/models';
import { featureId, FEATURES } from '@tidemark/compute/research';
import { personName } from '../approvals/graphql.ts';
import type { ParameterPair } from '../strategies/graphql.ts';
import { batched } from '../graphql/batched.ts';
import type { Builder } from '../graphql/builder.ts';
import { pageRequest } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { addModelMeasures, foldsOf } from './graphql-measures.ts';
import { modelFilePaths } from './files.ts';
import { isExpired } from './model.ts';
import type { RecordedModel } from './model.ts';
import type { RecordedTraining } from './training-record-service.ts';
import { LIFE_DAYS } from './training.ts';
import type { TrainingRequest } from './training.ts';

export type Model = RecordedModel;
export type Training = RecordedTraining;

/** Parameters of a model, as `trainModel` takes them. */
const pairsOf = ({ modelParam = [] }: TrainingRequest['flags']): ParameterPair[] =>
  modelParam.map((text) => {
    const [name = '', value = ''] = text.split('=');
    return { name, value };
  });

function addChange(builder: Builder, enums: Enums): void {
  builder.objectType('ModelChange', {
    description: 'One step in the life of a model.',
    fields: (t) => ({
      action: t.exposeString('action', { description: 'shadow, promote, displace, restore, retire, freeze or thaw.' }),
      from: t.expose('from', { type: enums.modelState }),
      to: t.expose('to', { type: enums.modelState }),
      other: t.exposeID('other', { nullable: true, description: 'The model whose place it took, or that took its.' }),
      by: t.string({ resolve: ({ by }, _args, context) => personName(by, context) }),
      secondPerson: t.string({
        nullable: true,
        resolve: ({ secondPerson }, _args, context) => (secondPerson === undefined ? undefined : personName(secondPerson, context)),
      }),
      reason: t.exposeString('reason'),
      at: t.expose('at', { type: 'DateTime' }),
    }),
  });
  builder.objectType('ModelFile', {
    description: 'One of the three files that `tidemark train` writes of a model.',
    fields: (t) => ({ name: t.exposeString('name'), path: t.exposeString('path', { description: 'Of this server, for a GET.' }) }),
  });
}

function addRequest(builder: Builder, enums: Enums): void {
  builder.objectType('TrainingRequest', {
    description: 'What was asked for, in the fields of TrainModelInput.',
    fields: (t) => ({
      strategy: t.string({ resolve: ({ flags }) => flags.strategy }),
      symbols: t.stringList({ resolve: ({ symbols }) => [...symbols] }),
      timeframe: t.expose('timeframe', { type: enums.timeframe }),
      from: t.expose('from', { type: 'DateTime', nullable: true }),
      to: t.expose('to', { type: 'DateTime', nullable: true }),
      features: t.stringList({ nullable: true, resolve: ({ flags }) => flags.features?.split(',') }),
      label: t.string({ nullable: true, resolve: ({ flags }) => flags.label }),
      model: t.string({ nullable: true, resolve: ({ flags }) => flags.model }),
      parameters: t.field({ type: ['ParameterValue'], resolve: ({ flags }) => pairsOf(flags) }),
      split: t.string({ nullable: true, resolve: ({ flags }) => flags.split }),
      weights: t.string({ nullable: true, resolve: ({ flags }) => flags.weights }),
      calibration: t.string({ nullable: true, resolve: ({ flags }) => flags.calibration }),
      seed: t.float({ resolve: ({ flags }) => Number(flags.seed ?? 0) }),
      parent: t.id({ nullable: true, resolve: ({ flags }) => flags.parent }),
      notes: t.string({ resolve: ({ flags }) => flags.notes ?? '' }),
      lifeDays: t.exposeInt('lifeDays'),
      retrainDays: t.exposeInt('retrainDays', { nullable: true }),
    }),
  });
}

const featureNames = ({ manifest }: Model): string[] => manifest.features.map(({ name, version }) => `${name}@${version}`);

const parameterTexts = ({ manifest }: Model): ParameterPair[] =>
  Object.entries(manifest.training.parameters).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));

function addModelType(builder: Builder, enums: Enums): void {
  builder.objectType('Model', {
    description: 'A trained model with where it comes from, what it was worth on unseen rows, and what it is now.',
    interfaces: ['Node'],
    fields: (t) => ({
      id: t.exposeID('id', { description: 'SHA-256 of its bytes: the same as of the command line.' }),
      version: t.exposeString('version', { description: 'SHA-256 of the module that carries it: the version of the strategy.' }),
      strategyName: t.exposeString('strategyName'),
      kind: t.string({ description: 'In words: boosting (binary), logistic.', resolve: ({ manifest }) => manifest.kind }),
      state: t.expose('state', { type: enums.modelState }),
      frozen: t.exposeBoolean('frozen', { description: 'It stays what it is; only a retirement or a rollback changes it.' }),
      expired: t.boolean({ resolve: (model, _args, { models }) => isExpired(model, models.now()) }),
      expiresAt: t.expose('expiresAt', { type: 'DateTime', description: 'Wall clock. From then on it opens no positions.' }),
      tradingProblem: t.string({
        nullable: true,
        description: 'Why a strategy that carries it may not run on this account; null where it may.',
        resolve: ({ version }, _args, { models, session }) => models.tradingProblem(version, session.state().mode),
      }),
      label: t.exposeString('label'),
      symbols: t.stringList({ resolve: ({ symbols }) => [...symbols] }),
      timeframe: t.expose('timeframe', { type: enums.timeframe }),
      features: t.stringList({ description: 'In the order in which it takes them, with versions.', resolve: featureNames }),
      parameters: t.field({ type: ['ParameterValue'], description: 'All of them, defaults included.', resolve: parameterTexts }),
      seed: t.float({ resolve: ({ manifest }) => manifest.training.seed }),
      calibration: t.string({ description: 'none, platt or isotonic.', resolve: ({ manifest }) => manifest.training.calibration }),
      datasetHash: t.exposeString('datasetHash'),
      dataHash: t.string({ description: 'SHA-256 of the bars.', resolve: ({ manifest }) => manifest.dataset.manifest.dataHash }),
      rows: t.int({ resolve: ({ manifest }) => manifest.dataset.manifest.rows }),
      bars: t.int({ resolve: ({ manifest }) => manifest.dataset.manifest.bars }),
      from: t.expose('from', { type: 'DateTime', description: 'Start of the first bar that it learnt from.' }),
      to: t.expose('to', { type: 'DateTime', description: 'Start of the last.' }),
      parentId: t.exposeID('parent', { nullable: true, description: 'The model that it follows.' }),
      notes: t.exposeString('notes'),
      bytes: t.int({ resolve: ({ manifest }) => manifest.model.bytes }),
      moduleBytes: t.int({ resolve: ({ manifest }) => manifest.strategy.bytes }),
      programVersion: t.string({ resolve: ({ manifest }) => manifest.code.version }),
      toolchain: t.string({
        description: 'SHA-256 of the sources of module and features.',
        resolve: ({ manifest }) => manifest.code.toolchain,
      }),
      standing: t.field({ type: enums.modelStanding, resolve: ({ manifest }) => judgementOf(manifest).standing }),
      verdict: t.stringList({
        description: 'What the folds come to, in sentences.',
        resolve: ({ manifest }) => [...judgementOf(manifest).sentences],
      }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      createdBy: t.string({ resolve: ({ createdBy }, _args, context) => personName(createdBy, context) }),
    }),
  });
}

const modelOfVersion = batched(
  async (versions, { models }) => new Map((await models.ofVersions(versions)).map((model) => [model.version, model])),
);

/** Where a model comes from, and what became of it. */
function addModelLineage(builder: Builder): void {
  builder.objectField('Strategy', 'model', (t) =>
    t.field({
      type: 'Model',
      nullable: true,
      description: 'The model that it carries.',
      resolve: async ({ config }, _args, context) => (await modelOfVersion(config.version, context)) ?? null,
    }),
  );
  builder.objectFields('Model', (t) => ({
    changes: t.field({
      type: ['ModelChange'],
      description: 'In the order in which they were made.',
      resolve: async ({ id }, _args, { models }) => [...(await models.changes(id))],
    }),
    files: t.field({ type: ['ModelFile'], resolve: (model) => modelFilePaths(model) }),
    parent: t.field({
      type: 'Model',
      nullable: true,
      resolve: async ({ parent }, _args, { models }) => (parent === undefined ? null : ((await models.byId(parent)) ?? null)),
    }),
    strategyParameters: t.field({
      type: ['ParameterSpec'],
      description: 'What a strategy that carries it can be given: thresholds, what it holds.',
      resolve: async ({ version }, _args, { strategies }) => [
        ...((await strategies.byVersion(version))?.module.description.parameters ?? []),
      ],
    }),
    previousChampion: t.field({
      type: 'Model',
      nullable: true,
      description: 'Whose place it took: what a rollback goes back to.',
      resolve: async ({ id }, _args, { models }) => (await models.previous(id)) ?? null,
    }),
  }));
}

/** What a model was worth on rows that it had not seen. */
function addModelFigures(builder: Builder): void {
  builder.objectFields('Model', (t) => ({
    folds: t.field({ type: ['ModelFold'], description: 'Each beside its baselines, on the same unseen rows.', resolve: foldsOf }),
    importances: t.field({ type: ['ModelImportance'], resolve: ({ evaluation }) => [...evaluation.importances] }),
    reliability: t.field({ type: 'ModelReliability', nullable: true, resolve: ({ evaluation }) => evaluation.calibration }),
    confusion: t.field({ type: 'ModelConfusion', nullable: true, resolve: ({ evaluation }) => evaluation.confusion }),
  }));
}

function addTrainingType(builder: Builder, enums: Enums): void {
  builder.objectType('Training', {
    description: 'A training that waits, runs or has run.',
    interfaces: ['Node'],
    fields: (t) => ({
      id: t.exposeID('id'),
      state: t.expose('state', { type: enums.runState }),
      progress: t.exposeFloat('progress', { description: '0 to 1.' }),
      strategyName: t.exposeString('strategyName'),
      symbols: t.stringList({ resolve: ({ symbols }) => [...symbols] }),
      timeframe: t.expose('timeframe', { type: enums.timeframe }),
      request: t.expose('request', { type: 'TrainingRequest' }),
      model: t.field({
        type: 'Model',
        nullable: true,
        resolve: async ({ modelId }, _args, { models }) => (modelId === undefined ? null : ((await models.byId(modelId)) ?? null)),
      }),
      reused: t.exposeBoolean('reused', { description: 'The model was there before: the same content is not trained again.' }),
      error: t.exposeString('error', { nullable: true }),
      command: t.exposeString('command', { description: 'The command that trains the same model over a file of the bars.' }),
      createdAt: t.expose('createdAt', { type: 'DateTime' }),
      createdBy: t.string({ resolve: ({ createdBy }, _args, context) => personName(createdBy, context) }),
      finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true }),
    }),
  });
}

const usualFeatures: ReadonlySet<string> = new Set(DEFAULT_FEATURES);

function addFeatureType(builder: Builder): void {
  builder.objectType('ModelFeature', {
    description: 'What a model can be given of the bars of a symbol.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'As TrainModelInput takes it.' }),
      column: t.string({ description: 'With its version, as a model names it.', resolve: featureId }),
      definition: t.exposeString('definition', { description: 'The formula, in words and symbols.' }),
      warmUp: t.exposeInt('warmUp', { description: 'Bars before the first value.' }),
      usual: t.boolean({
        description: 'One of the ten that are taken where none are named.',
        resolve: ({ name }) => usualFeatures.has(name),
      }),
    }),
  });
}

/** The request that made a model, to be changed and sent again, with the model as parent. */
async function cloneOf(id: string, { models }: Context): Promise<TrainingRequest | null> {
  const training = await models.training(id);
  if (training === undefined) return null;
  const { flags, ...rest } = training.request;
  return { ...rest, flags: { ...flags, parent: id, notes: '' } };
}

/** Models, trainings, and the request to begin the next one from. */
export function addModels(builder: Builder, enums: Enums): void {
  addModelMeasures(builder);
  addChange(builder, enums);
  addRequest(builder, enums);
  addModelType(builder, enums);
  addModelFigures(builder);
  addModelLineage(builder);
  addTrainingType(builder, enums);
  addFeatureType(builder);
  builder.queryFields((t) => ({
    models: t.field({
      type: 'ModelConnection',
      description: 'Newest first.',
      args: { first: t.arg.int(), after: t.arg.string(), state: t.arg({ type: enums.modelState }) },
      resolve: (_root, args, { models }) => models.list({ ...pageRequest(args), state: args.state ?? undefined }),
    }),
    model: t.field({
      type: 'Model',
      nullable: true,
      description: 'By its id; two of them side by side are a comparison.',
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, { models }) => (await models.byId(id)) ?? null,
    }),
    modelFeatures: t.field({
      type: ['ModelFeature'],
      description: 'Features to train with, in the order of their families.',
      resolve: () => [...FEATURES],
    }),
    trainings: t.field({
      type: 'TrainingConnection',
      description: 'Newest first.',
      args: { first: t.arg.int(), after: t.arg.string() },
      resolve: (_root, args, { trainings }) => trainings.list(pageRequest(args)),
    }),
    training: t.field({
      type: 'Training',
      nullable: true,
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, { trainings }) => (await trainings.byId(id)) ?? null,
    }),
    cloneModel: t.field({
      type: 'TrainingRequest',
      nullable: true,
      description: `What made this model, with it as parent: change it, and send it to trainModel. A model lives ${LIFE_DAYS} days where nothing else is said.`,
      args: { id: t.arg.id({ required: true }) },
      resolve: (_root, { id }, context) => cloneOf(id, context),
    }),
  }));
}
