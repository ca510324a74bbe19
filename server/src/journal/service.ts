import type { Kysely } from 'kysely';
import { numberCursor } from '../orders/page.ts';
import type { Page, PageQuery } from '../orders/page.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { selectSeqs } from './store.ts';
import type { JournalIndexTables } from './store.ts';

export interface JournalListQuery extends PageQuery {
  readonly kind?: string | undefined;
  /** An id that the entry mentions: an order, a strategy, an alert, a symbol. */
  readonly about?: string | undefined;
}

/** Oldest first; the cursor is the sequence number. Throws `CursorError`. */
export async function listEntries(
  { db, journal }: { readonly db: Kysely<JournalIndexTables>; readonly journal: Pick<Journal, 'read'> },
  { first, after, kind, about }: JournalListQuery,
): Promise<Page<JournalEntry>> {
  const from = numberCursor(after) ?? 0;
  if (kind === undefined && about === undefined) return page(await journal.read(from, first + 1), first);
  const seqs = await selectSeqs(db, kind, about, from, first + 1);
  return page(await entriesAt(journal, seqs), first);
}

const page = (entries: readonly JournalEntry[], first: number): Page<JournalEntry> => ({
  nodes: entries.slice(0, first).map((entry) => ({ cursor: String(entry.seq), node: entry })),
  hasNextPage: entries.length > first,
});

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
