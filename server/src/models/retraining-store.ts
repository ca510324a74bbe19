import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import type { RetrainingReason, RetrainingState } from './retraining.ts';
import type { ModelTables } from './store.ts';

export interface RetrainingRow {
  readonly id: string;
  readonly model_id: string;
  readonly reason: RetrainingReason;
  readonly evidence: string;
  readonly new_bars: number;
  readonly newest_at: Date;
  readonly state: RetrainingState;
  readonly proposed_at: Date;
  readonly ended_at: Date | null;
  readonly by_person: string | null;
  readonly because: string | null;
  readonly training_id: string | null;
}

type Db = Kysely<ModelTables>;
type Trx = Transaction<ModelTables>;

/** Of models that are not retired and have no successor that lives, what a proposal rests on, with the request that made them. */
export const selectStandings = async (db: Db, ids: readonly string[]) =>
  await db
    .selectFrom('models as m')
    .innerJoin('trainings as t', (join) => join.onRef('t.model_id', '=', 'm.id').on('t.reused', '=', false))
    .select(['m.id', 'm.created_at', 'm.expires_at', 'm.to_at', 't.request'])
    .where('m.id', 'in', ids)
    .where('m.state', '<>', 'retired')
    .where((eb) => eb.not(eb.exists(successorOf(eb.ref('m.id')))))
    .orderBy('m.id')
    .execute();

const successorOf = (parent: unknown) => sql`(select 1 from models as s where s.parent = ${parent} and s.state <> 'retired')`;

/** False where one of this model is open already. */
export async function insertRetraining(db: Db, row: RetrainingRow): Promise<boolean> {
  const result = await db
    .insertInto('retrainings')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Ends an open one; false where it has ended. */
export async function endRetraining(
  db: Db | Trx,
  id: string,
  changes: Pick<RetrainingRow, 'state' | 'ended_at' | 'by_person' | 'because' | 'training_id'>,
): Promise<boolean> {
  const result = await db.updateTable('retrainings').set(changes).where('id', '=', id).where('state', '=', 'open').executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export const selectRetraining = async (db: Db, id: string): Promise<RetrainingRow | undefined> =>
  await db.selectFrom('retrainings').selectAll().where('id', '=', id).executeTakeFirst();

export const selectOpenOf = async (db: Db, modelId: string): Promise<RetrainingRow | undefined> =>
  await db.selectFrom('retrainings').selectAll().where('model_id', '=', modelId).where('state', '=', 'open').executeTakeFirst();

export const selectOpen = async (db: Db): Promise<readonly RetrainingRow[]> =>
  await db.selectFrom('retrainings').selectAll().where('state', '=', 'open').orderBy('proposed_at').orderBy('id').execute();

/** Open ones whose model was retired, or has a successor that lives. */
export const selectOvertaken = async (db: Db) =>
  await db
    .selectFrom('retrainings as r')
    .innerJoin('models as m', 'm.id', 'r.model_id')
    .select(['r.id', 'm.state as model_state'])
    .where('r.state', '=', 'open')
    .where((eb) => eb.or([eb('m.state', '=', 'retired'), eb.exists(successorOf(eb.ref('m.id')))]))
    .execute();

/** When people last decided about each reason of each of these models. */
export const selectDecided = async (db: Db, modelIds: readonly string[]) =>
  await db
    .selectFrom('retrainings')
    .select(['model_id', 'reason'])
    .select((eb) => eb.fn.max('ended_at').as('ended_at'))
    .where('model_id', 'in', modelIds)
    .where('state', 'in', ['started', 'dismissed'])
    .groupBy(['model_id', 'reason'])
    .execute();

/** Newest first, from before the one named `after`. */
export async function selectRetrainings(
  db: Db,
  { state, after, limit }: { readonly state: RetrainingState | undefined; readonly after: string | undefined; readonly limit: number },
): Promise<readonly RetrainingRow[]> {
  let query = db.selectFrom('retrainings').selectAll().orderBy('proposed_at', 'desc').orderBy('id', 'desc').limit(limit);
  if (state !== undefined) query = query.where('state', '=', state);
  if (after !== undefined)
    query = query.where(
      sql<boolean>`(proposed_at, id) < (select seen.proposed_at, seen.id from retrainings as seen where seen.id = ${after})`,
    );
  return await query.execute();
}
