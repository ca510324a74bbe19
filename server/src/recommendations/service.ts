import type { Kysely, Transaction } from 'kysely';
import { decode, encode } from '../journal/codec.ts';
import { firstOfEach } from '../orders/first-of-each.ts';
import { numberCursor, pageOfRows } from '../orders/page.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import type { EndCount } from './agreement.ts';
import { proposerOf } from './recommendation.ts';
import type { Recommendation } from './recommendation.ts';
import * as store from './store.ts';
import type { RecommendationFilter, RecommendationRow, RecommendationTables } from './store.ts';

export type { RecommendationTables } from './store.ts';

/** What the journal says of a recommendation at one entry. */
export interface RecommendationChange {
  readonly recommendation: Recommendation;
  readonly seq: number;
}

/** As the newest entry about it says, which `seq` names. */
export type RecordedRecommendation = RecommendationChange;

/** Brings the table up to date with changes in journal order. */
export async function projectRecommendations(
  trx: Transaction<RecommendationTables>,
  changes: readonly RecommendationChange[],
): Promise<void> {
  const firstSeqs = new Map(firstOfEach(changes, ({ recommendation }) => recommendation.id).map((one) => [one.recommendation.id, one.seq]));
  const newest = new Map(changes.map((change) => [change.recommendation.id, change]));
  for (const [id, change] of newest) await store.upsertRecommendation(trx, rowOf(change, firstSeqs.get(id) ?? change.seq));
}

export const clearRecommendations = store.deleteRecommendations;

export type RecommendationListQuery = PageQuery & RecommendationFilter;

/** Newest first. Throws `CursorError`. */
export async function listRecommendations(
  db: Kysely<RecommendationTables>,
  { first, after, ...filter }: RecommendationListQuery,
): Promise<Page<RecordedRecommendation>> {
  const rows = await store.selectRecommendations(db, filter, numberCursor(after), first + 1);
  return pageOfRows(rows, first, (row) => String(row.first_seq), recordOf);
}

export async function recommendationById(db: Kysely<RecommendationTables>, id: string): Promise<RecordedRecommendation | undefined> {
  const row = await store.selectRecommendation(db, id);
  return row === undefined ? undefined : recordOf(row);
}

/** What became of all there ever were. */
export const countEnds = async (db: Kysely<RecommendationTables>, strategyId: string | undefined): Promise<readonly EndCount[]> =>
  (await store.countRecommendations(db, strategyId)).map((row) => ({
    strategyId: row.strategy_id,
    person: row.person_id ?? undefined,
    state: row.state,
    count: row.count,
  }));

/** So many of the newest are followed further. */
const FOLLOWED_MAX = 1_000;

/** The newest that were rejected or have expired. */
export const listNotLetGo = async (db: Kysely<RecommendationTables>): Promise<readonly Recommendation[]> =>
  (await store.selectRecommendations(db, { states: ['rejected', 'expired'] }, undefined, FOLLOWED_MAX)).map(
    (row) => recordOf(row).recommendation,
  );

const rowOf = ({ recommendation, seq }: RecommendationChange, firstSeq: number): RecommendationRow => ({
  id: recommendation.id,
  strategy_id: proposerOf(recommendation),
  state: recommendation.state,
  content: encode(recommendation),
  person_id: recommendation.decision?.person ?? null,
  first_seq: firstSeq,
  seq,
});

const recordOf = ({ content, seq }: RecommendationRow): RecordedRecommendation => ({
  recommendation: decode(content) as Recommendation,
  seq,
});
