import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { RecommendationState } from './recommendation.ts';

export interface RecommendationRow {
  readonly id: string;
  readonly strategy_id: string;
  readonly state: RecommendationState;
  readonly content: string;
  readonly person_id: string | null;
  readonly first_seq: number;
  readonly seq: number;
}

export interface RecommendationTables {
  readonly recommendations: RecommendationRow;
}

export async function upsertRecommendation(trx: Transaction<RecommendationTables>, row: RecommendationRow): Promise<void> {
  const { state, content, person_id, seq } = row;
  await trx
    .insertInto('recommendations')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ state, content, person_id, seq }))
    .execute();
}

export async function deleteRecommendations(trx: Transaction<RecommendationTables>): Promise<void> {
  await trx.deleteFrom('recommendations').execute();
}

export interface RecommendationFilter {
  readonly states?: readonly RecommendationState[] | undefined;
  readonly strategyId?: string | undefined;
}

/** Newest first, from before the entry `before`. */
export async function selectRecommendations(
  db: Kysely<RecommendationTables>,
  { states, strategyId }: RecommendationFilter,
  before: number | undefined,
  limit: number,
): Promise<readonly RecommendationRow[]> {
  let query = db.selectFrom('recommendations').selectAll().orderBy('first_seq', 'desc').limit(limit);
  if (states !== undefined) query = query.where('state', 'in', [...states]);
  if (strategyId !== undefined) query = query.where('strategy_id', '=', strategyId);
  if (before !== undefined) query = query.where('first_seq', '<', before);
  return await query.execute();
}

export const selectRecommendation = async (db: Kysely<RecommendationTables>, id: string): Promise<RecommendationRow | undefined> =>
  await db.selectFrom('recommendations').selectAll().where('id', '=', id).executeTakeFirst();

interface CountRow {
  readonly strategy_id: string;
  readonly person_id: string | null;
  readonly state: RecommendationState;
  readonly count: number;
}

/** How many there are of each state, by strategy and by who decided. */
export const countRecommendations = async (
  db: Kysely<RecommendationTables>,
  strategyId: string | undefined,
): Promise<readonly CountRow[]> => {
  let query = db
    .selectFrom('recommendations')
    .select(['strategy_id', 'person_id', 'state', sql<number>`count(*)::int`.as('count')])
    .groupBy(['strategy_id', 'person_id', 'state'])
    .orderBy('strategy_id')
    .orderBy('person_id')
    .orderBy('state');
  if (strategyId !== undefined) query = query.where('strategy_id', '=', strategyId);
  return await query.execute();
};
