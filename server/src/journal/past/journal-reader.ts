import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { decodeBody } from '../frames.ts';
import type { JournalEntry } from '../journal.ts';
import { selectEntries } from '../postgres-store.ts';
import type { PostgresJournalTables } from '../postgres-store.ts';
import { firstSeqIn, firstSeqOf, intactFrames, JournalCorrupted, segmentNames } from '../segments.ts';
import { snapshotFiles } from '../snapshots/snapshot-files.ts';
import { snapshotRows } from '../snapshots/snapshot-rows.ts';
import type { SnapshotTables } from '../snapshots/snapshot-rows.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';

/** A journal read beside its writer, up to an entry that is known to be durable. Takes no lock and changes nothing. */
export interface JournalReader {
  /** Entries after `after` up to `upTo`, in order, a page at a time. Throws `JournalCorrupted` where one is missing. */
  readonly pages: (after: number, upTo: number) => AsyncIterable<readonly JournalEntry[]>;
  readonly snapshots: Snapshots;
}

/** Snapshots of a journal in files lie beside it. */
export const snapshotDir = (journalDir: string): string => join(journalDir, 'snapshots');

const missing = (seq: number): JournalCorrupted => new JournalCorrupted({ seq, problem: 'it cannot be read where the writer has put it' });

async function* filePages(dir: string, after: number, upTo: number): AsyncGenerator<readonly JournalEntry[]> {
  let next = after + 1;
  const names = await segmentNames(dir);
  const start = Math.max(
    0,
    names.findLastIndex((name) => firstSeqOf(name) <= next),
  );
  for (const name of names.slice(start)) {
    if (next > upTo) return;
    const { frames } = intactFrames(await readFile(join(dir, name)));
    for (const { body } of frames) {
      const first = firstSeqIn(body);
      if (first > upTo) return;
      const entries = decodeBody(body, Math.max(0, next - first), upTo - Math.max(first, next) + 1).map(({ entry }) => entry);
      const [begin] = entries;
      if (begin === undefined) continue;
      if (begin.seq !== next) throw missing(next);
      next += entries.length;
      yield entries;
    }
  }
  if (next <= upTo) throw missing(next);
}

export const fileReader = (dir: string): JournalReader => ({
  pages: (after, upTo) => filePages(dir, after, upTo),
  snapshots: snapshotFiles(snapshotDir(dir)),
});

const ROWS = 2_000;

async function* rowPages(db: Kysely<PostgresJournalTables>, after: number, upTo: number): AsyncGenerator<readonly JournalEntry[]> {
  for (let next = after + 1; next <= upTo;) {
    const entries = await selectEntries(db, next - 1, upTo, ROWS);
    const last = entries.at(-1);
    if (last === undefined || entries[0]?.seq !== next || last.seq !== next + entries.length - 1) throw missing(next);
    next = last.seq + 1;
    yield entries;
  }
}

export const rowReader = (db: Kysely<PostgresJournalTables & SnapshotTables>): JournalReader => ({
  pages: (after, upTo) => rowPages(db, after, upTo),
  snapshots: snapshotRows(db),
});
