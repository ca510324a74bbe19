import { sql } from 'kysely';
import type { Kysely, Transaction } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import { entryText, EMPTY_HEAD, linkProblem } from './chain.ts';
import type { ChainedEntry, Head } from './chain.ts';
import { decode } from './codec.ts';
import type { JournalEntry } from './journal.ts';
import type { JournalProblem } from './segments.ts';

interface JournalRow {
  readonly seq: number;
  readonly written_at_ms: number;
  readonly kind: string;
  readonly type: string;
  readonly at_ms: number;
  readonly actor: string;
  readonly cause: number | null;
  /** Canonical text: the hash covers it byte for byte, so it is not `jsonb`. */
  readonly payload: string;
  readonly hash: string;
  readonly previous_hash: string;
}

export interface PostgresJournalTables {
  readonly journal: JournalRow;
}

type EntryType = JournalEntry['type'];

const TYPES: ReadonlySet<string> = new Set<EntryType>(['event', 'fact', 'action']);
const isType = (text: string): text is EntryType => TYPES.has(text);

function toEntry(row: JournalRow): JournalEntry {
  if (!isType(row.type)) throw new Error(`Invariant: journal entry ${row.seq} has the unknown type "${row.type}"`);
  return {
    seq: row.seq,
    writtenAtMs: row.written_at_ms,
    kind: row.kind,
    type: row.type,
    at: instantFromMs(row.at_ms),
    actor: row.actor,
    cause: row.cause ?? undefined,
    payload: decode(row.payload),
    hash: row.hash,
    previousHash: row.previous_hash,
  };
}

/** One statement for any number of entries. The primary key refuses a number that another writer has used. */
export async function insertEntries(trx: Transaction<PostgresJournalTables>, entries: readonly ChainedEntry[]): Promise<void> {
  const of = <T>(pick: (chained: ChainedEntry) => T): T[] => entries.map(pick);
  await sql`
    insert into journal (seq, written_at_ms, kind, type, at_ms, actor, cause, payload, hash, previous_hash)
    select * from unnest(
      ${of(({ entry }) => entry.seq)}::bigint[], ${of(({ entry }) => entry.writtenAtMs)}::bigint[], ${of(({ entry }) => entry.kind)}::text[],
      ${of(({ entry }) => entry.type)}::text[], ${of(({ entry }) => entry.at)}::bigint[], ${of(({ entry }) => entry.actor)}::text[],
      ${of(({ entry }) => entry.cause ?? null)}::bigint[], ${of(({ payloadText }) => payloadText)}::text[],
      ${of(({ entry }) => entry.hash)}::text[], ${of(({ entry }) => entry.previousHash)}::text[])`.execute(trx);
}

export async function selectHead(db: Kysely<PostgresJournalTables>): Promise<Head> {
  const row = await db.selectFrom('journal').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  return row === undefined ? EMPTY_HEAD : { seq: row.seq, hash: row.hash };
}

const selectRows = async (db: Kysely<PostgresJournalTables>, after: number, upTo: number, limit: number): Promise<JournalRow[]> =>
  await db.selectFrom('journal').selectAll().where('seq', '>', after).where('seq', '<=', upTo).orderBy('seq').limit(limit).execute();

export async function selectEntries(
  db: Kysely<PostgresJournalTables>,
  after: number,
  upTo: number,
  limit: number,
): Promise<JournalEntry[]> {
  return (await selectRows(db, after, upTo, limit)).map(toEntry);
}

const VERIFY_ROWS = 2_000;

/** Walks the chain up to `until`; the first broken entry. */
export async function verifyRows(db: Kysely<PostgresJournalTables>, until: Head): Promise<JournalProblem | undefined> {
  let head: Head = EMPTY_HEAD;
  while (head.seq < until.seq) {
    const rows = await selectRows(db, head.seq, until.seq, VERIFY_ROWS);
    if (rows.length === 0) return { seq: head.seq + 1, problem: `the table ends before entry ${until.seq}` };
    for (const row of rows) {
      const problem = rowProblem(head, row);
      if (problem !== undefined) return { seq: head.seq + 1, problem };
      head = { seq: row.seq, hash: row.hash };
    }
  }
  return undefined;
}

function rowProblem(head: Head, row: JournalRow): string | undefined {
  if (!isType(row.type)) return `its type "${row.type}" is not one of the journal's`;
  const fields = { ...row, type: row.type, at: instantFromMs(row.at_ms), cause: row.cause ?? undefined, writtenAtMs: row.written_at_ms };
  return linkProblem(head, { seq: row.seq, hash: row.hash, previousHash: row.previous_hash }, entryText(fields, row.payload));
}

export async function notify(db: Kysely<PostgresJournalTables>, channel: string, seq: number): Promise<void> {
  await sql`select pg_notify(${channel}, ${String(seq)})`.execute(db);
}

export async function currentSchema(db: Kysely<PostgresJournalTables>): Promise<string> {
  const { rows } = await sql<{ schema: string }>`select current_schema() as schema`.execute(db);
  const schema = rows[0]?.schema;
  if (schema === undefined) throw new Error('Invariant: the database connection has no current schema');
  return schema;
}
