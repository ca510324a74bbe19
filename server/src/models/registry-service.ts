import type { Kysely } from 'kysely';
import type { Instant } from '../money/instant.ts';
import type { Page } from '../orders/page.ts';
import { changeModel, championProblem, previousChampion, proposedChampion, rollBackModel } from './life-service.ts';
import type { ChampionChange, Deed, Done, OnePersonAction } from './life-service.ts';
import { tradingProblem } from './model.ts';
import type { RecordedModel } from './model.ts';
import { changesOfModel, listModels, modelById, modelsOfVersions, tradingOfVersions } from './service.ts';
import type { ModelChange, ModelListQuery, ModelTables } from './service.ts';
import { trainingOfModel } from './training-record-service.ts';
import type { RecordedTraining } from './training-record-service.ts';

type Who = Omit<Deed, 'at'>;

/** What the API needs of models. */
export interface ModelRegistry {
  list(query: ModelListQuery): Promise<Page<RecordedModel>>;
  byId(id: string): Promise<RecordedModel | undefined>;
  ofVersions(versions: readonly string[]): Promise<readonly RecordedModel[]>;
  changes(id: string): Promise<readonly ModelChange[]>;
  /** The champion that it took the place of. */
  previous(id: string): Promise<RecordedModel | undefined>;
  /** The training that made it. */
  training(id: string): Promise<RecordedTraining | undefined>;
  /** `undefined` where there is no such model. */
  change(id: string, action: OnePersonAction, who: Who): Promise<Done | undefined>;
  rollBack(id: string, who: Who): Promise<Done | undefined>;
  /** What a second person would be asked for, or why it cannot be. */
  champion(model: RecordedModel): Promise<ChampionChange | string>;
  championProblem(change: ChampionChange): Promise<string | undefined>;
  /** Why a strategy of this version may not open positions; `undefined` where it may, or carries no model. */
  tradingProblem(version: string, mode: 'simulated' | 'paper' | 'live'): Promise<string | undefined>;
  now(): Instant;
}

export function openModelRegistry(db: Kysely<ModelTables>, now: () => Instant): ModelRegistry {
  return {
    list: (query) => listModels(db, query),
    byId: (id) => modelById(db, id),
    ofVersions: (versions) => modelsOfVersions(db, versions),
    changes: (id) => changesOfModel(db, id),
    previous: (id) => previousChampion(db, id),
    training: (id) => trainingOfModel(db, id),
    change: (id, action, who) => changeModel(db, id, action, { ...who, at: now() }),
    rollBack: (id, who) => rollBackModel(db, id, { ...who, at: now() }),
    champion: (model) => proposedChampion(db, model, now()),
    championProblem: (change) => championProblem(db, change, now()),
    tradingProblem: async (version, mode) => {
      const [model] = await tradingOfVersions(db, [version]);
      return model === undefined ? undefined : tradingProblem(model, mode, now());
    },
    now,
  };
}
