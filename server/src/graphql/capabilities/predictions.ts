import type { Kysely } from 'kysely';
import { modelById } from '../../models/service.ts';
import type { Database } from '../../platform/database.ts';
import { outcomeFigures } from '../../predictions/outcome-figures.ts';
import type { DriftView, PredictionReads } from '../../predictions/reads.ts';
import { rollingOutcomes } from '../../predictions/rolling-outcomes.ts';
import { countPredictions, driftOfModel, listPredictions, outcomesOf } from '../../predictions/service.ts';

/** Models at work, as the API reads them. */
export function predictionsOf(db: Kysely<Database>): PredictionReads {
  const drift = async (modelId: string, strategyId: string | undefined, last: number): Promise<DriftView | undefined> => {
    const model = await modelById(db, modelId);
    if (model === undefined) return undefined;
    const history = await driftOfModel(db, { modelId, strategyId, limit: last });
    const window = model.reference?.window;
    const counted = (await countPredictions(db, modelId)).filter((each) => strategyId === undefined || each.strategyId === strategyId);
    const most = Math.max(0, ...counted.map(({ count }) => count));
    return { window, newest: history[0], history, unknownBecause: history.length > 0 ? undefined : whyUnknown(window, most) };
  };
  return {
    list: (filter, page) => listPredictions(db, filter, page),
    featureNames: async (modelId) =>
      ((await modelById(db, modelId))?.manifest.features ?? []).map(({ name, version }) => `${name}@${version}`),
    drift,
    newestDrift: async (modelId) => (await driftOfModel(db, { modelId, strategyId: undefined, limit: 1 }))[0],
    outcomes: async (modelId, strategyId, last) => {
      const model = await modelById(db, modelId);
      if (model === undefined) return undefined;
      const { task } = model.manifest.validation;
      const outcomes = await outcomesOf(db, { modelId, strategyId }, last);
      return { ...outcomeFigures(task, outcomes), rolling: (window) => rollingOutcomes(task, outcomes, window) };
    },
  };
}

function whyUnknown(window: number | undefined, predictions: number): string {
  if (window === undefined) return 'Nobody wrote down how the rows of its training were spread: train it again.';
  return `There are ${predictions} predictions of a strategy so far, and a window needs ${window}.`;
}
