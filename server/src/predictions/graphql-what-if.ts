import type { Builder } from '../graphql/builder.ts';
import { badInput } from '../graphql/connections.ts';

const FEATURES_MAX = 1_000;

/** What a model would say, asked by hand. */
export function addWhatIf(builder: Builder): void {
  builder.objectType('ModelWhatIfFeature', {
    description: 'A feature as a model was asked about it, with how it was spread over the rows of its training.',
    fields: (t) => ({
      name: t.exposeString('name', { description: 'With its version, as rsi_14@1.' }),
      value: t.exposeFloat('value', { nullable: true, description: 'null where it has none.' }),
      contribution: t.exposeFloat('contribution', {
        nullable: true,
        description: 'What it adds to the base of the score; null of naive Bayes, and without an answer.',
      }),
      low: t.exposeFloat('low', { nullable: true, description: 'About a tenth of the training’s rows is at most this.' }),
      high: t.exposeFloat('high', { nullable: true, description: 'About a tenth of the training’s rows is above this.' }),
      mean: t.exposeFloat('mean', { nullable: true, description: 'Over the training’s rows.' }),
      deviation: t.exposeFloat('deviation', { nullable: true, description: 'Over the training’s rows, of a sample.' }),
    }),
  });
  builder.objectType('ModelWhatIf', {
    description: 'What a model says of one row of features, bit for bit as where it trades.',
    fields: (t) => ({
      score: t.exposeFloat('score', {
        nullable: true,
        description: 'A probability of class 1, or a value; null where a feature has no value.',
      }),
      isProbability: t.exposeBoolean('isProbability', { description: 'Whether the score is the probability of class 1.' }),
      base: t.exposeFloat('base', {
        nullable: true,
        description: 'With the contributions it adds up to the score: in log odds of a boosted or linear classifier.',
      }),
      features: t.field({
        type: ['ModelWhatIfFeature'],
        description: 'In the order of the model.',
        resolve: ({ features }) => [...features],
      }),
    }),
  });
  builder.queryField('modelWhatIf', (t) =>
    t.field({
      type: 'ModelWhatIf',
      nullable: true,
      description: 'Asks a model about features by hand, beside all trading: nothing is written down. Null for a model that is not known.',
      args: {
        modelId: t.arg.id({ required: true }),
        values: t.arg({
          type: ['Float'],
          description: 'One a feature, in the order of the model; the means of its training where absent.',
        }),
      },
      resolve: async (_root, { modelId, values }, { predictions }) => {
        const names = await predictions.featureNames(modelId);
        if (names.length === 0) return null;
        if (names.length > FEATURES_MAX)
          throw badInput(`the model has ${names.length} features: at most ${FEATURES_MAX} are asked about by hand`);
        if (values && values.length !== names.length) throw badInput(`values must be ${names.length}, one a feature, got ${values.length}`);
        return (await predictions.whatIf(modelId, values ? Float64Array.from(values) : undefined)) ?? null;
      },
    }),
  );
}
