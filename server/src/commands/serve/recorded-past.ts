import { firstState } from '../../engine/opening-record.ts';
import type { SessionOptions } from '../../engine/session.ts';
import type { Journal } from '../../journal/journal.ts';
import { snapshotDir } from '../../journal/past/journal-reader.ts';
import { openPast } from '../../platform/past/past.ts';
import type { JournalPlace, Past } from '../../platform/past/past.ts';
import { startSnapshotter } from '../../journal/past/snapshotter.ts';
import { newestUsable } from '../../journal/snapshots/newest-usable.ts';
import { snapshotFiles } from '../../journal/snapshots/snapshot-files.ts';
import { snapshotRows } from '../../journal/snapshots/snapshot-rows.ts';
import type { OpenedDatabase } from '../../platform/database.ts';
import type { Closers } from './closers.ts';

export interface RecordedPast {
  readonly past: Past;
  /** For the engine's start: the newest state that was written down and fits. */
  readonly snapshot: NonNullable<SessionOptions['snapshot']>;
  /** Begins to write snapshots as the journal grows. */
  readonly startSnapshots: () => Promise<void>;
}

export interface RecordedPastOptions {
  readonly place: JournalPlace;
  readonly journal: Journal;
  readonly database: OpenedDatabase;
  readonly engine: Pick<SessionOptions, 'engine' | 'limits'>;
  readonly report: (what: string, error: unknown) => void;
}

/** What the journal's past is read with: at the start, for snapshots, and for questions about an earlier time. */
export async function openRecordedPast(
  { place, journal, database, engine, report }: RecordedPastOptions,
  closers: Closers,
): Promise<RecordedPast> {
  const onWarning = (message: string): void => report('snapshots', new Error(message));
  const snapshots = place.kind === 'files' ? snapshotFiles(snapshotDir(place.dir)) : snapshotRows(database.db);
  const past = openPast({ place, initial: firstState((await journal.read(0, 1))[0], engine), onWarning });
  closers.add('the reader of the past', () => past.close());
  return {
    past,
    snapshot: (initial) => newestUsable({ snapshots, journal, initial, onIgnored: onWarning }),
    startSnapshots: async () => {
      const from = (await snapshots.list())[0] ?? 0;
      closers.add('snapshots', startSnapshotter({ journal, past, from, report }));
    },
  };
}
