import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { TrialTables } from '../trials/service.ts';
import type { StudyKind, StudyState } from './study.ts';

export interface SweepRow {
  readonly id: string;
  readonly kind: StudyKind;
  readonly state: StudyState;
  readonly strategy_name: string;
  readonly version: string;
  readonly request: string;
  readonly symbols: unknown;
  readonly timeframe: string;
  readonly from_at: Date | null;
  readonly to_at: Date | null;
  readonly bars: number | null;
  readonly data_hash: string | null;
  readonly content_key: string | null;
  readonly reused_from: string | null;
  readonly chunks: number | null;
  readonly chunks_done: number;
  readonly size: number | null;
  readonly sets: number;
  readonly refused: number;
  /** What came of it, as JSON text: its numbers come back bit by bit. */
  readonly summary: string | null;
  readonly error: string | null;
  readonly command: string;
  readonly created_at: Date;
  readonly finished_at: Date | null;
}

export interface SweepChunkRow {
  readonly sweep_id: string;
  readonly chunk: number;
  readonly sets: number;
  readonly refused: number;
  readonly figures: Uint8Array;
  /** Returns of each set in blocks, where they are kept. */
  readonly moments: Uint8Array | null;
  readonly finished_at: Date;
}

export interface WalkForwardResultRow {
  readonly sweep_id: string;
  /** As JSON text. */
  readonly result: string;
}

export interface ResearchTables extends TrialTables {
  readonly sweeps: SweepRow;
  readonly sweep_chunks: SweepChunkRow;
  readonly walk_forward_results: WalkForwardResultRow;
}

const OPEN = ['queued', 'running'] as const;

export async function insertSweep(trx: Transaction<ResearchTables>, row: SweepRow): Promise<void> {
  await trx.insertInto('sweeps').values(row).execute();
}

/** Changes a sweep that has not ended; false where there is none. */
export async function updateOpenSweep(
  db: Kysely<ResearchTables> | Transaction<ResearchTables>,
  id: string,
  changes: Partial<Omit<SweepRow, 'id'>>,
): Promise<boolean> {
  const result = await db.updateTable('sweeps').set(changes).where('id', '=', id).where('state', 'in', OPEN).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Says how many parts there are, once; false where it was said before, or the sweep has ended. */
export async function beginSweep(trx: Transaction<ResearchTables>, id: string, changes: Partial<Omit<SweepRow, 'id'>>): Promise<boolean> {
  const result = await trx
    .updateTable('sweeps')
    .set(changes)
    .where('id', '=', id)
    .where('state', 'in', OPEN)
    .where('chunks', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** False where the part is there already. */
export async function insertChunk(trx: Transaction<ResearchTables>, row: SweepChunkRow): Promise<boolean> {
  const result = await trx
    .insertInto('sweep_chunks')
    .values(row)
    .onConflict((conflict) => conflict.columns(['sweep_id', 'chunk']).doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** Counts a part that is done; `undefined` where the sweep has ended. */
export async function countChunk(
  trx: Transaction<ResearchTables>,
  { sweep_id, sets, refused }: Pick<SweepChunkRow, 'sweep_id' | 'sets' | 'refused'>,
): Promise<Pick<SweepRow, 'chunks' | 'chunks_done'> | undefined> {
  return await trx
    .updateTable('sweeps')
    .set((eb) => ({
      chunks_done: eb('chunks_done', '+', 1),
      sets: eb('sets', '+', sets),
      refused: eb('refused', '+', refused),
    }))
    .where('id', '=', sweep_id)
    .where('state', '=', 'running')
    .returning(['chunks', 'chunks_done'])
    .executeTakeFirst();
}

export const selectSweep = async (db: Kysely<ResearchTables>, kind: StudyKind, id: string): Promise<SweepRow | undefined> =>
  await db.selectFrom('sweeps').selectAll().where('id', '=', id).where('kind', '=', kind).executeTakeFirst();

export const hasChunk = async (db: Kysely<ResearchTables>, id: string, chunk: number): Promise<boolean> =>
  (await db.selectFrom('sweep_chunks').select('chunk').where('sweep_id', '=', id).where('chunk', '=', chunk).executeTakeFirst()) !==
  undefined;

export const selectDoneChunks = async (db: Kysely<ResearchTables>, id: string): Promise<readonly number[]> =>
  (await db.selectFrom('sweep_chunks').select('chunk').where('sweep_id', '=', id).orderBy('chunk').execute()).map(({ chunk }) => chunk);

/** The parts after this one, in order. */
export const selectChunks = async (
  db: Kysely<ResearchTables>,
  id: string,
  after: number,
  limit: number,
): Promise<readonly Pick<SweepChunkRow, 'chunk' | 'figures' | 'moments'>[]> =>
  await db
    .selectFrom('sweep_chunks')
    .select(['chunk', 'figures', 'moments'])
    .where('sweep_id', '=', id)
    .where('chunk', '>', after)
    .orderBy('chunk')
    .limit(limit)
    .execute();

/** A sweep that has results of its own under this key. */
export const selectSameSweep = async (db: Kysely<ResearchTables>, key: string): Promise<SweepRow | undefined> =>
  await db
    .selectFrom('sweeps')
    .selectAll()
    .where('content_key', '=', key)
    .where('state', '=', 'done')
    .where('reused_from', 'is', null)
    .orderBy('created_at')
    .limit(1)
    .executeTakeFirst();

/** Newest first: those of a version that are done, over these very bars. */
export const selectDone = async (
  db: Kysely<ResearchTables>,
  kind: StudyKind,
  { version, dataHash }: { readonly version: string; readonly dataHash: string },
  limit: number,
): Promise<readonly SweepRow[]> =>
  await db
    .selectFrom('sweeps')
    .selectAll()
    .where('kind', '=', kind)
    .where('version', '=', version)
    .where('data_hash', '=', dataHash)
    .where('state', '=', 'done')
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();

/** The newest that are done and were worked out. */
export const selectWorkedOut = async (db: Kysely<ResearchTables>, kind: StudyKind, limit: number): Promise<readonly SweepRow[]> =>
  await db
    .selectFrom('sweeps')
    .selectAll()
    .where('kind', '=', kind)
    .where('state', '=', 'done')
    .where('reused_from', 'is', null)
    .orderBy('created_at', 'desc')
    .limit(limit)
    .execute();

export const selectOpenSweeps = async (db: Kysely<ResearchTables>, kind: StudyKind): Promise<readonly Pick<SweepRow, 'id' | 'chunks'>[]> =>
  await db
    .selectFrom('sweeps')
    .select(['id', 'chunks'])
    .where('kind', '=', kind)
    .where('state', 'in', OPEN)
    .orderBy('created_at')
    .orderBy('id')
    .execute();

/** Newest first, from before the sweep `after`. */
export async function selectSweeps(
  db: Kysely<ResearchTables>,
  kind: StudyKind,
  after: string | undefined,
  limit: number,
): Promise<readonly SweepRow[]> {
  let query = db.selectFrom('sweeps').selectAll().where('kind', '=', kind).orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit);
  if (after !== undefined) {
    query = query.where(sql<boolean>`(created_at, id) < (select seen.created_at, seen.id from sweeps as seen where seen.id = ${after})`);
  }
  return await query.execute();
}

export const selectSweepMarks = async (
  db: Kysely<ResearchTables>,
  ids: readonly string[],
): Promise<readonly Pick<SweepRow, 'id' | 'state' | 'chunks' | 'chunks_done'>[]> =>
  await db.selectFrom('sweeps').select(['id', 'state', 'chunks', 'chunks_done']).where('id', 'in', ids).execute();

export async function insertWalkForwardResult(trx: Transaction<ResearchTables>, row: WalkForwardResultRow): Promise<void> {
  await trx.insertInto('walk_forward_results').values(row).execute();
}

export const selectWalkForwardResult = async (db: Kysely<ResearchTables>, id: string): Promise<string | undefined> =>
  (await db.selectFrom('walk_forward_results').select('result').where('sweep_id', '=', id).executeTakeFirst())?.result;
