import type { Kysely } from 'kysely';
import type { RecordedModel } from './model.ts';
import { modelById, modelOf } from './service.ts';
import * as store from './store.ts';
import type { ModelTables } from './store.ts';

type Db = Kysely<ModelTables>;

/** Where a model comes from and what came of it. */
export interface Lineage {
  /** Those it follows, the oldest first. */
  readonly ancestors: readonly RecordedModel[];
  /** What the oldest of them follows, where the registry does not hold that. */
  readonly unknownAncestor: string | undefined;
  /** Those that follow it, the oldest first. */
  readonly successors: readonly RecordedModel[];
}

export async function lineageOf(db: Db, model: RecordedModel): Promise<Lineage> {
  const ancestors: RecordedModel[] = [];
  let parent = model.parent;
  while (parent !== undefined) {
    if (parent === model.id || ancestors.some(({ id }) => id === parent))
      throw new Error(`Invariant: model ${parent} does not follow itself`);
    const ancestor = await modelById(db, parent);
    if (ancestor === undefined) break;
    ancestors.unshift(ancestor);
    parent = ancestor.parent;
  }
  return { ancestors, unknownAncestor: parent, successors: (await store.selectSuccessors(db, model.id)).map(modelOf) };
}

const NAMED_MAX = 5;

/** The model of an id, or of its first digits. A sentence where there is none, or where more than one begins so. */
export async function modelByPrefix(db: Db, prefix: string): Promise<RecordedModel | string> {
  const ids = await store.selectModelIds(db, prefix, NAMED_MAX);
  const [id, ...others] = ids;
  if (id === undefined) return `The registry holds no model ${prefix}: \`tidemark models list\` shows those that there are`;
  if (others.length > 0)
    return `More than one model begins with ${prefix}: ${ids.map((each) => each.slice(0, prefix.length + 6)).join(', ')}`;
  const model = await modelById(db, id);
  if (model === undefined) throw new Error(`Invariant: the model ${id} is never taken out`);
  return model;
}
