import type { Builder } from '../graphql/builder.ts';
import { badInput, pageRequest } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { addDriftTypes, addModelHealth } from './graphql-drift.ts';
import { addWhatIf } from './graphql-what-if.ts';
import { addOutcomeTypes } from './graphql-outcomes.ts';
import type { FeatureView } from './reads.ts';
import type { ListedPrediction } from './service.ts';

const LAST_MAX = 2_000;

/** Throws what the caller is told when it is out of bounds. */
function lastOf(last: number): number {
  if (last >= 1 && last <= LAST_MAX) return last;
  throw badInput(`last must be 1 to ${LAST_MAX}, got ${last}`);
}

const finite = (value: number | undefined): number | null => (value === undefined || !Number.isFinite(value) ? null : value);

async function featuresOf({ modelId, features, explanation }: ListedPrediction, { predictions }: Context): Promise<FeatureView[]> {
  const names = await predictions.featureNames(modelId);
  return names.map((name, place) => ({
    name,
    value: finite(features[place]),
    contribution: finite(explanation?.contributions[place]),
  }));
}

function addPredictionTypes(builder: Builder, enums: Enums): void {
  builder.objectType('PredictionFeature', {
    fields: (t) => ({
      name: t.exposeString('name', { description: 'With its version, as rsi_14@1.' }),
      value: t.exposeFloat('value', { nullable: true, description: 'null where it has no value.' }),
      contribution: t.exposeFloat('contribution', {
        nullable: true,
        description: 'What it adds to the base of the score, in log odds of a boosted or linear classifier; null without a prediction.',
      }),
    }),
  });
  builder.objectType('PredictionOutcome', {
    description: 'What came of a prediction, by the label of the training.',
    fields: (t) => ({
      label: t.exposeFloat('label', { nullable: true, description: '0 or 1, or the value; null where the label says neither.' }),
      gained: t.exposeFloat('gained', { description: 'Simple return until the label’s end, of the side that is taken.' }),
      endsAt: t.expose('endsAt', { type: 'DateTime', description: 'Start of the last bar that the label looks at.' }),
    }),
  });
  builder.objectType('Prediction', {
    description: 'What a model said at a bar at which its strategy decided. Never changed.',
    fields: (t) => ({
      strategyId: t.exposeID('strategyId'),
      version: t.exposeString('version'),
      modelId: t.exposeID('modelId'),
      symbol: t.exposeString('symbol'),
      barAt: t.expose('barAt', { type: 'DateTime', description: 'Start of the bar.' }),
      decidedAt: t.expose('decidedAt', { type: 'DateTime', description: 'When it closed.' }),
      seq: t.exposeInt('seq', { description: 'The decision’s entry in the journal.' }),
      prediction: t.float({
        nullable: true,
        description: 'A probability of class 1, or a value; null where it has none.',
        resolve: ({ score }) => score,
      }),
      verdict: t.expose('verdict', { type: enums.verdict }),
      reason: t.exposeString('reason'),
      features: t.field({ type: ['PredictionFeature'], resolve: (prediction, _args, context) => featuresOf(prediction, context) }),
      base: t.float({
        nullable: true,
        description: 'Base and contributions add up to the score.',
        resolve: ({ explanation }) => explanation?.base,
      }),
      agrees: t.exposeBoolean('agrees', { description: 'Whether the module, asked again, decided what the journal holds.' }),
      outcome: t.expose('outcome', { type: 'PredictionOutcome', nullable: true, description: 'null until its horizon is over.' }),
    }),
  });
}

/** Models at work: what they said, what came of it, how far they have drifted. */
export function addPredictions(builder: Builder, enums: Enums): void {
  addPredictionTypes(builder, enums);
  addDriftTypes(builder);
  addModelHealth(builder);
  addOutcomeTypes(builder);
  addWhatIf(builder);
  builder.queryFields((t) => ({
    predictions: t.field({
      type: 'PredictionConnection',
      description: 'Newest first.',
      args: {
        modelId: t.arg.id(),
        strategyId: t.arg.id(),
        symbol: t.arg.string(),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_root, { modelId, strategyId, symbol, ...page }, { predictions }) =>
        predictions.list(
          { modelId: modelId ?? undefined, strategyId: strategyId ?? undefined, symbol: symbol ?? undefined },
          pageRequest(page),
        ),
    }),
    modelDrift: t.field({
      type: 'ModelDriftView',
      nullable: true,
      description: 'How far a model has drifted, newest first; null for one that is not known.',
      args: {
        modelId: t.arg.id({ required: true }),
        strategyId: t.arg.id(),
        last: t.arg.int({ required: true, defaultValue: 250 }),
      },
      resolve: async (_root, { modelId, strategyId, last }, { predictions }) =>
        (await predictions.drift(modelId, strategyId ?? undefined, lastOf(last))) ?? null,
    }),
    modelOutcomes: t.field({
      type: 'ModelOutcomes',
      nullable: true,
      description: 'What the newest predictions whose outcome is known were worth; null for a model that is not known.',
      args: {
        modelId: t.arg.id({ required: true }),
        strategyId: t.arg.id(),
        last: t.arg.int({ required: true, defaultValue: 250 }),
      },
      resolve: async (_root, { modelId, strategyId, last }, { predictions }) =>
        (await predictions.outcomes(modelId, strategyId ?? undefined, lastOf(last))) ?? null,
    }),
  }));
}
