import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import type { Head } from './chain.ts';

interface ProgressRow {
  readonly id: boolean;
  readonly applied_seq: number;
  readonly applied_hash: string;
}

interface KindRow {
  readonly seq: number;
  readonly kind: string;
}

interface SubjectRow {
  readonly subject: string;
  readonly seq: number;
}

/** How far the projections are, and what the entries are about. */
export interface JournalIndexTables {
  readonly projection_progress: ProgressRow;
  readonly journal_kinds: KindRow;
  readonly journal_subjects: SubjectRow;
}

/** The newest entry that the tables hold; `undefined` before the first. With `lock`, nobody else advances it in this transaction. */
export async function selectProgress(
  db: Kysely<JournalIndexTables> | Transaction<JournalIndexTables>,
  lock: boolean,
): Promise<Head | undefined> {
  const query = db.selectFrom('projection_progress').select(['applied_seq', 'applied_hash']);
  const row = await (lock ? query.forUpdate() : query).executeTakeFirst();
  return row === undefined ? undefined : { seq: row.applied_seq, hash: row.applied_hash };
}

export async function saveProgress(trx: Transaction<JournalIndexTables>, { seq, hash }: Head): Promise<void> {
  await trx
    .insertInto('projection_progress')
    .values({ id: true, applied_seq: seq, applied_hash: hash })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ applied_seq: seq, applied_hash: hash }))
    .execute();
}

export async function insertKinds(trx: Transaction<JournalIndexTables>, seqs: readonly number[], kinds: readonly string[]): Promise<void> {
  await sql`insert into journal_kinds (seq, kind) select * from unnest(${seqs}::bigint[], ${kinds}::text[])`.execute(trx);
}

export async function insertSubjects(
  trx: Transaction<JournalIndexTables>,
  subjects: readonly string[],
  seqs: readonly number[],
): Promise<void> {
  if (subjects.length === 0) return;
  await sql`insert into journal_subjects (subject, seq) select * from unnest(${subjects}::text[], ${seqs}::bigint[])`.execute(trx);
}

/** Holds off every other writer of the projections, and no reader, until the transaction ends. */
export async function lockProgress(trx: Transaction<JournalIndexTables>): Promise<void> {
  await sql`lock table projection_progress in exclusive mode`.execute(trx);
}

export async function deleteIndex(trx: Transaction<JournalIndexTables>): Promise<void> {
  await trx.deleteFrom('projection_progress').execute();
  await trx.deleteFrom('journal_kinds').execute();
  await trx.deleteFrom('journal_subjects').execute();
}

export interface SeqQuery {
  readonly kind: string | undefined;
  readonly subject: string | undefined;
  /** Both included. */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly newestFirst: boolean;
}

/** Numbers of entries of a stretch, of a kind, about a subject, or both. */
export async function selectSeqs(
  db: Kysely<JournalIndexTables>,
  { kind, subject, from, to, limit, newestFirst }: SeqQuery,
): Promise<readonly number[]> {
  const order = newestFirst ? 'desc' : 'asc';
  if (subject === undefined) {
    const query = db
      .selectFrom('journal_kinds')
      .select('seq')
      .where('seq', '>=', from)
      .where('seq', '<=', to)
      .orderBy('seq', order)
      .limit(limit);
    return (await (kind === undefined ? query : query.where('kind', '=', kind)).execute()).map(({ seq }) => seq);
  }
  let query = db
    .selectFrom('journal_subjects as s')
    .select('s.seq')
    .where('s.subject', '=', subject)
    .where('s.seq', '>=', from)
    .where('s.seq', '<=', to)
    .orderBy('s.seq', order)
    .limit(limit);
  if (kind !== undefined) {
    query = query.where((eb) =>
      eb.exists(eb.selectFrom('journal_kinds as k').select('k.seq').whereRef('k.seq', '=', 's.seq').where('k.kind', '=', kind)),
    );
  }
  return (await query.execute()).map(({ seq }) => seq);
}
