import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import type { MemoryKind, MemoryUse } from './memory.ts';

export interface MemoryRow {
  readonly id: string;
  readonly at: Date;
  readonly actor: string;
  readonly kind: MemoryKind;
  readonly source: string;
  /** Ids with a space between two. */
  readonly about: string;
  readonly text_hash: string;
  readonly text_bytes: number;
  readonly expires_at: Date;
}

export interface MemoryTextRow {
  readonly memory_id: string;
  readonly text: string;
}

export interface MemoryErasureRow {
  readonly memory_id: string;
  readonly at: Date;
  readonly actor: string;
  readonly reason: string;
}

export interface MemoryTables {
  readonly agent_memories: MemoryRow;
  readonly agent_memory_texts: MemoryTextRow;
  readonly agent_memory_erasures: MemoryErasureRow;
}

type Db = Kysely<MemoryTables>;
type Trx = Transaction<MemoryTables>;

/** Any number, but always this one: beside the name of an agent it makes the lock of its memory. */
const MEMORY_LOCK = 7_301_846_223;

/** Held until the transaction ends: what an agent has is counted and added to by one at a time. */
export async function lockMemory(trx: Trx, actor: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${actor}, ${MEMORY_LOCK}::bigint))`.execute(trx);
}

export async function insertMemory(trx: Trx, row: MemoryRow, text: string): Promise<void> {
  await trx.insertInto('agent_memories').values(row).execute();
  await trx.insertInto('agent_memory_texts').values({ memory_id: row.id, text }).execute();
}

/** What an agent has that is neither erased nor expired. */
export async function selectUse(trx: Trx, actor: string, now: Date): Promise<MemoryUse> {
  const { entries, bytes } = await trx
    .selectFrom('agent_memories')
    .innerJoin('agent_memory_texts', 'agent_memory_texts.memory_id', 'agent_memories.id')
    .where('actor', '=', actor)
    .where('expires_at', '>', now)
    .select([sql<string>`count(*)`.as('entries'), sql<string>`coalesce(sum(text_bytes), 0)`.as('bytes')])
    .executeTakeFirstOrThrow();
  return { entries: Number(entries), bytes: Number(bytes) };
}

/** Which entries lose their texts. */
export type Erased =
  | { readonly of: 'one'; readonly actor: string; readonly id: string }
  | { readonly of: 'all'; readonly actor: string }
  | { readonly of: 'expired'; readonly now: Date };

/** The most texts that one statement erases: a row has a few parameters, and a statement of PostgreSQL at most 65,535. */
export const ERASED_AT_ONCE_MAX = 1_000;

/** Writes down who erases them and takes the texts away, of at most {@link ERASED_AT_ONCE_MAX}; gives how many. */
export async function eraseTexts(trx: Trx, erased: Erased, erasure: Omit<MemoryErasureRow, 'memory_id'>): Promise<number> {
  let found = trx
    .selectFrom('agent_memories')
    .innerJoin('agent_memory_texts', 'agent_memory_texts.memory_id', 'agent_memories.id')
    .select('id')
    .orderBy('id')
    .limit(ERASED_AT_ONCE_MAX)
    // Two that erase the same wait for each other, and the second finds nothing.
    .forUpdate('agent_memory_texts');
  if (erased.of === 'expired') found = found.where('expires_at', '<=', erased.now);
  else found = found.where('agent_memories.actor', '=', erased.actor);
  if (erased.of === 'one') found = found.where('id', '=', erased.id);
  const ids = (await found.execute()).map(({ id }) => id);
  if (ids.length === 0) return 0;
  await trx
    .insertInto('agent_memory_erasures')
    .values(ids.map((id) => ({ memory_id: id, ...erasure })))
    .execute();
  await trx.deleteFrom('agent_memory_texts').where('memory_id', 'in', ids).execute();
  return ids.length;
}

/** With its text while it has one, and with who took it away. */
export interface ListedMemoryRow extends MemoryRow {
  readonly text: string | null;
  readonly erased_at: Date | null;
  readonly erased_by: string | null;
  readonly erased_reason: string | null;
  /** How well it answers a search, as the exact text of a 4-byte float; `0` where nothing is searched for. */
  readonly rank: string;
}

export interface MemoryFilter {
  readonly actor: string;
  readonly now: Date;
  readonly kind: MemoryKind | undefined;
  /** Words as the database reads them: all of them, `or`, `"a phrase"`, `-without`. */
  readonly query: string | undefined;
  /** Erased ones instead of those that are recalled. */
  readonly isErased: boolean;
  /** Rank and id of the last one seen. */
  readonly before: { readonly rank: string; readonly id: string } | undefined;
}

const DOCUMENT = sql`to_tsvector('simple', agent_memory_texts.text)`;

/** The best match first, the newest of equals first. */
export async function selectMemories(
  db: Db,
  { actor, now, kind, query, isErased, before }: MemoryFilter,
  limit: number,
): Promise<readonly ListedMemoryRow[]> {
  const words = sql`websearch_to_tsquery('simple', ${query ?? ''})`;
  const rank = query === undefined ? sql<number>`0::real` : sql<number>`ts_rank(${DOCUMENT}, ${words})`;
  let rows = db
    .selectFrom('agent_memories')
    .leftJoin('agent_memory_texts', 'agent_memory_texts.memory_id', 'agent_memories.id')
    .leftJoin('agent_memory_erasures', 'agent_memory_erasures.memory_id', 'agent_memories.id')
    .selectAll('agent_memories')
    .select([
      'agent_memory_texts.text',
      'agent_memory_erasures.at as erased_at',
      'agent_memory_erasures.actor as erased_by',
      'agent_memory_erasures.reason as erased_reason',
      sql<string>`(${rank})::text`.as('rank'),
    ])
    .where('agent_memories.actor', '=', actor)
    .where('agent_memory_erasures.memory_id', isErased ? 'is not' : 'is', null)
    .orderBy(rank, 'desc')
    .orderBy('agent_memories.id', 'desc')
    .limit(limit);
  if (!isErased) rows = rows.where('agent_memories.expires_at', '>', now);
  if (kind !== undefined) rows = rows.where('agent_memories.kind', '=', kind);
  if (query !== undefined) rows = rows.where(sql<boolean>`${DOCUMENT} @@ ${words}`);
  if (before !== undefined) rows = rows.where(sql<boolean>`(${rank}, agent_memories.id) < (${before.rank}::real, ${before.id})`);
  return await rows.execute();
}
