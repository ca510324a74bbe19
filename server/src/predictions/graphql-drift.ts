import { MODEL_HEALTH_MIN } from '../engine/strategy-watch.ts';
import type { Builder } from '../graphql/builder.ts';

/** Measures of drift, a column and a model. */
export function addDriftTypes(builder: Builder): void {
  builder.objectType('ColumnDrift', {
    description: 'How far a feature, or the prediction, lies from the rows of the training.',
    fields: (t) => ({
      name: t.exposeString('name'),
      psi: t.exposeFloat('psi', { description: 'Population stability index.' }),
      kl: t.exposeFloat('kl', { description: 'Kullback and Leibler’s divergence from the training, in nats.' }),
      ks: t.exposeFloat('ks', { description: 'Kolmogorov and Smirnov’s statistic over the edges of the bins.' }),
      meanShift: t.exposeFloat('meanShift', { nullable: true, description: 'In deviations of the training.' }),
      missing: t.exposeFloat('missing', { description: 'Share of rows without a value.' }),
    }),
  });
  builder.objectType('DriftFigures', {
    description: 'Of the prediction, or the mean over the features, whichever is larger.',
    fields: (t) => ({
      psi: t.exposeFloat('psi'),
      kl: t.exposeFloat('kl'),
      ks: t.exposeFloat('ks'),
      meanShift: t.exposeFloat('meanShift', { nullable: true }),
      entropyShift: t.exposeFloat('entropyShift', { nullable: true, description: 'Of the mean entropy of predictions, in bits.' }),
    }),
  });
  builder.objectType('DriftExcess', {
    description: 'The same beyond what windows of the training show.',
    fields: (t) => ({
      psi: t.exposeFloat('psi'),
      kl: t.exposeFloat('kl'),
      ks: t.exposeFloat('ks'),
      meanShift: t.exposeFloat('meanShift', { nullable: true }),
      entropyShift: t.exposeFloat('entropyShift', { nullable: true }),
      error: t.exposeFloat('error', {
        nullable: true,
        description:
          'Log-loss above that of unseen rows of the training; of values the root mean squared error above theirs, as a part of it.',
      }),
    }),
  });
  builder.objectType('ModelDrift', {
    description: 'A window of predictions of one strategy against the training of their model.',
    fields: (t) => ({
      strategyId: t.exposeID('strategyId'),
      version: t.exposeString('version'),
      modelId: t.exposeID('modelId'),
      decidedAt: t.expose('decidedAt', { type: 'DateTime', description: 'When the window’s newest bar closed.' }),
      rows: t.exposeInt('rows', { description: 'Predictions in the window.' }),
      outcomes: t.exposeInt('outcomes', { description: 'Outcomes behind its error.' }),
      health: t.exposeFloat('health', { description: '0 to 100: 100 less the largest excess as a share of its worst.' }),
      worst: t.exposeString('worst', { nullable: true, description: 'The measure that decides it.' }),
      stabilityIndex: t.exposeFloat('stabilityIndex', { description: 'PSI beyond what is usual: what the breaker is told.' }),
      figures: t.field({ type: 'DriftFigures', resolve: ({ measures }) => measures.figures }),
      excess: t.field({ type: 'DriftExcess', resolve: ({ measures }) => measures.excess }),
      prediction: t.field({ type: 'ColumnDrift', resolve: ({ measures }) => measures.prediction }),
      features: t.field({ type: ['ColumnDrift'], resolve: ({ measures }) => [...measures.features] }),
    }),
  });
  builder.objectType('ModelDriftView', {
    fields: (t) => ({
      window: t.exposeInt('window', { nullable: true, description: 'Predictions that a window needs.' }),
      newest: t.expose('newest', { type: 'ModelDrift', nullable: true }),
      history: t.field({ type: ['ModelDrift'], resolve: ({ history }) => [...history] }),
      unknownBecause: t.exposeString('unknownBecause', { nullable: true, description: 'Why nothing was measured yet.' }),
      alertBelow: t.float({ description: 'Health below which people are told.', resolve: () => MODEL_HEALTH_MIN }),
    }),
  });
}

/** How a model is at work, in one figure, beside what the registry says of it. */
export function addModelHealth(builder: Builder): void {
  builder.objectType('ModelHealth', {
    description: 'How a model at work is, as last measured, whichever strategy carries it.',
    fields: (t) => ({
      score: t.exposeFloat('health', { description: '0 to 100.' }),
      alertBelow: t.float({ description: 'Below this people are told.', resolve: () => MODEL_HEALTH_MIN }),
      strategyId: t.exposeID('strategyId'),
      decidedAt: t.expose('decidedAt', { type: 'DateTime' }),
    }),
  });
  builder.objectFields('Model', (t) => ({
    health: t.field({
      type: 'ModelHealth',
      nullable: true,
      description: 'null where nothing was measured yet.',
      resolve: async ({ id }, _args, { predictions }) => (await predictions.newestDrift(id)) ?? null,
    }),
  }));
}
