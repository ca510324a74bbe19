import type { Kysely } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { numberCursor } from '../orders/page.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { lastSeqUntil } from './seq-at.ts';
import { selectSeqs } from './store.ts';
import type { JournalIndexTables } from './store.ts';

export interface JournalListQuery extends PageQuery {
  readonly kind?: string | undefined;
  /** An id that the entry mentions: an order, a strategy, an alert, a symbol. */
  readonly about?: string | undefined;
  /** Who or what; of a kind where it ends with a colon: `user:` is every person. */
  readonly actor?: string | undefined;
  /** Venue time of the first that is wanted. */
  readonly since?: Instant | undefined;
  /** Venue time of the last. */
  readonly until?: Instant | undefined;
  readonly newestFirst?: boolean | undefined;
}

interface ListParts {
  readonly db: Kysely<JournalIndexTables>;
  readonly journal: Pick<Journal, 'read' | 'head'>;
}

/** Entries that one page looks through for an actor, whom no index knows. Its page may then be short, and has a cursor all the same. */
const SCANNED_MAX = 20_000;
const SCAN = 1_000;

/** Oldest first, or newest first; the cursor is the sequence number. Throws `CursorError`. */
export async function listEntries(parts: ListParts, query: JournalListQuery): Promise<Page<JournalEntry>> {
  const { first, actor, newestFirst = false } = query;
  let range = await rangeOf(parts.journal, query);
  const found: JournalEntry[] = [];
  const most = actor === undefined ? first + 1 : SCAN;
  for (let scanned = 0; found.length <= first && range.from <= range.to;) {
    if (scanned >= SCANNED_MAX) {
      const endCursor = String(newestFirst ? range.to + 1 : range.from - 1);
      return { nodes: nodesOf(found), hasNextPage: true, endCursor };
    }
    const entries = await stretchOf(parts, query, range, most);
    const last = entries.at(-1);
    if (last === undefined) break;
    found.push(...entries.filter((entry) => actor === undefined || isBy(entry, actor)));
    range = newestFirst ? { ...range, to: last.seq - 1 } : { ...range, from: last.seq + 1 };
    scanned += entries.length;
    if (entries.length < most) break;
  }
  return { nodes: nodesOf(found.slice(0, first)), hasNextPage: found.length > first };
}

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The numbers that a page may hold. */
async function rangeOf(journal: ListParts['journal'], { after, since, until, newestFirst = false }: JournalListQuery): Promise<Range> {
  const head = journal.head().seq;
  const timeOf = async (seq: number): Promise<Instant> => (await journal.read(seq - 1, 1))[0]?.at ?? instantFromMs(0);
  const from = since === undefined ? 1 : (await lastSeqUntil(since - 1, head, timeOf)) + 1;
  const to = until === undefined ? head : await lastSeqUntil(until, head, timeOf);
  const cursor = numberCursor(after);
  if (cursor === undefined) return { from, to };
  return newestFirst ? { from, to: Math.min(to, cursor - 1) } : { from: Math.max(from, cursor + 1), to };
}

/** At most `most` entries of the range, in the query's order. */
async function stretchOf(
  { db, journal }: ListParts,
  { kind, about, newestFirst = false }: JournalListQuery,
  { from, to }: Range,
  most: number,
): Promise<readonly JournalEntry[]> {
  if (kind !== undefined || about !== undefined) {
    const seqs = await selectSeqs(db, { kind, subject: about, from, to, limit: most, newestFirst });
    return inOrder(await entriesAt(journal, newestFirst ? seqs.toReversed() : seqs), newestFirst);
  }
  const count = Math.min(most, to - from + 1);
  return inOrder(await journal.read(newestFirst ? to - count : from - 1, count), newestFirst);
}

const inOrder = (entries: readonly JournalEntry[], newestFirst: boolean): readonly JournalEntry[] =>
  newestFirst ? entries.toReversed() : entries;
const isBy = (entry: JournalEntry, actor: string): boolean => (actor.endsWith(':') ? entry.actor.startsWith(actor) : entry.actor === actor);
const nodesOf = (entries: readonly JournalEntry[]): Page<JournalEntry>['nodes'] =>
  entries.map((node) => ({ cursor: String(node.seq), node }));

export async function entryBySeq(journal: Pick<Journal, 'read'>, seq: number): Promise<JournalEntry | undefined> {
  if (!Number.isSafeInteger(seq) || seq < 1) return undefined;
  return (await journal.read(seq - 1, 1))[0];
}

/** Entries that lie no further apart are read together: a few too many cost less than a read of their own. */
const GAP_MAX = 64;
const STRETCH_MAX = 2_000;

async function entriesAt(journal: Pick<Journal, 'read'>, seqs: readonly number[]): Promise<JournalEntry[]> {
  const entries: JournalEntry[] = [];
  let index = 0;
  while (index < seqs.length) {
    const start = seqs[index] ?? 0;
    const wanted = new Set([start]);
    let end = start;
    for (index += 1; index < seqs.length; index += 1) {
      const next = seqs[index] ?? 0;
      if (next - end > GAP_MAX || next - start >= STRETCH_MAX) break;
      wanted.add(next);
      end = next;
    }
    for (const entry of await journal.read(start - 1, end - start + 1)) if (wanted.has(entry.seq)) entries.push(entry);
  }
  return entries;
}
