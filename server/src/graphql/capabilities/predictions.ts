import type { Kysely } from 'kysely';
import { filesOfModel, modelById } from '../../models/service.ts';
import type { Database } from '../../platform/database.ts';
import { outcomeFigures } from '../../predictions/outcome-figures.ts';
import type { DriftView, PredictionReads } from '../../predictions/reads.ts';
import { rollingOutcomes } from '../../predictions/rolling-outcomes.ts';
import { askedModel, whatIfOf } from '../../predictions/what-if.ts';
import type { AskedModel } from '../../predictions/what-if.ts';
import { countPredictions, driftOfModel, listPredictions, outcomesOf } from '../../predictions/service.ts';

/** Models that stay at hand: somebody who moves a slider asks the same one again and again. */
const ASKED_KEPT = 4;

function openAsked(db: Kysely<Database>): (id: string) => Promise<AskedModel | undefined> {
  const kept = new Map<string, AskedModel>();
  return async (id) => {
    const known = kept.get(id);
    if (known !== undefined) return known;
    const [model, files] = await Promise.all([modelById(db, id), filesOfModel(db, id)]);
    if (model === undefined || files === undefined) return undefined;
    const names = model.manifest.features.map(({ name, version }) => `${name}@${version}`);
    const asked = askedModel(files.model, names, model.reference);
    kept.set(id, asked);
    const [oldest] = kept.keys();
    if (kept.size > ASKED_KEPT && oldest !== undefined) kept.delete(oldest);
    return asked;
  };
}

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
  const askedOf = openAsked(db);
  return {
    whatIf: async (modelId, row) => {
      const asked = await askedOf(modelId);
      return asked === undefined ? undefined : whatIfOf(asked, row);
    },
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
