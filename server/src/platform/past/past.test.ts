import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { plainState } from '../../engine/plain-state.ts';
import { replayJournal } from '../../engine/replay-journal.ts';
import { openPostgresTestDatabase, TEST_POSTGRES_URL } from '../test-database.ts';
import { encode } from '../../journal/codec.ts';
import { openEmbeddedJournal } from '../../journal/embedded.ts';
import type { Journal } from '../../journal/journal.ts';
import { openPostgresJournal } from '../../journal/postgres.ts';
import { newestUsable } from '../../journal/snapshots/newest-usable.ts';
import { snapshotFiles } from '../../journal/snapshots/snapshot-files.ts';
import { snapshotRows } from '../../journal/snapshots/snapshot-rows.ts';
import type { Snapshots } from '../../journal/snapshots/snapshots.ts';
import { entriesIn, LIFE_START, recordLife } from '../../journal/test/recorded-life.ts';
import type { Happening } from '../../journal/test/recorded-life.ts';
import { snapshotDir } from '../../journal/past/journal-reader.ts';
import { openPast, PastUnavailable } from './past.ts';
import type { JournalPlace } from './past.ts';
import { startSnapshotter } from '../../journal/past/snapshotter.ts';

const LIFE = recordLife(Array.from({ length: 60 }, (_, index): Happening => [index % 4 === 3 ? 'ticket' : 'bar', index * 13]));
const ENTRIES = entriesIn(LIFE);

function stateAt(seq: number): string {
  const replay = replayJournal(LIFE_START, encode);
  replay.take(ENTRIES.slice(0, seq));
  return encode(plainState(replay.soFar().state));
}

interface Place {
  readonly place: JournalPlace;
  readonly journal: Journal;
  readonly snapshots: Snapshots;
  readonly close: () => Promise<void>;
}

async function filePlace(): Promise<Place> {
  const dir = await mkdtemp(join(tmpdir(), 'tidemark-past-'));
  const journal = await openEmbeddedJournal({ dir, segmentBytesMax: 40_000 });
  const close = async (): Promise<void> => {
    await journal.close();
    await rm(dir, { recursive: true });
  };
  return { place: { kind: 'files', dir }, journal, snapshots: snapshotFiles(snapshotDir(dir)), close };
}

async function rowPlace(server: string): Promise<Place> {
  const database = await openPostgresTestDatabase(server);
  const journal = await openPostgresJournal({ db: database.db });
  const close = async (): Promise<void> => {
    await journal.close();
    await database.close();
  };
  return { place: { kind: 'postgres', url: database.url, schema: database.schema }, journal, snapshots: snapshotRows(database.db), close };
}

const warnings: string[] = [];
const onWarning = (message: string): void => void warnings.push(message);
const fill = async (journal: Journal): Promise<void> => {
  for (const batch of LIFE.batches) await journal.append(batch);
};

function suite(name: string, open: () => Promise<Place>): void {
  describe(`the past of a journal in ${name}`, () => {
    test('is what the engine knew then, at any entry, asked in any order, with snapshots and without', async () => {
      const { place, journal, snapshots, close } = await open();
      await fill(journal);
      const past = openPast({ place, initial: LIFE_START, onWarning });
      for (const seq of [ENTRIES.length, 1, 77, 78, 12, 200]) {
        const { state, problem } = await past.stateAt(seq);
        expect(problem).toBeUndefined();
        expect(encode(plainState(state))).toBe(stateAt(seq));
      }
      expect(await past.keep(150)).toBeUndefined();
      expect(await snapshots.list()).toEqual([150]);
      const other = openPast({ place, initial: LIFE_START, onWarning });
      const found = await Promise.all([160, 149, 150].map(async (seq) => await other.stateAt(seq)));
      expect(found.map(({ state }) => encode(plainState(state)))).toEqual([160, 149, 150].map(stateAt));
      await expect(other.stateAt(ENTRIES.length + 1)).rejects.toThrow(/cannot be read/);
      await other.close();
      await past.close();
      await expect(past.stateAt(1)).rejects.toThrow(PastUnavailable);
      expect(warnings).toEqual([]);
      await close();
    });

    test('snapshots are made as it grows, at fewer entries when a session closes, and the next start finds the newest', async () => {
      const { place, journal, snapshots, close } = await open();
      const past = openPast({ place, initial: LIFE_START, onWarning });
      const reports: string[] = [];
      const report = (what: string, error: unknown): void => void reports.push(`${what}: ${String(error)}`);
      const stop = startSnapshotter({ journal, past, from: 0, report, everyEntries: 100_000, everyEntriesAtClose: 50 });
      await fill(journal);
      await stop();
      const [newest] = await snapshots.list();
      expect(newest).toBeGreaterThanOrEqual(50);
      const usable = await newestUsable({ snapshots, journal, initial: LIFE_START, onIgnored: onWarning });
      expect(encode(plainState(usable?.state ?? LIFE_START))).toBe(stateAt(newest ?? 0));
      expect(reports).toEqual([]);
      await past.close();
      await close();
    });
  });
}

suite('files', filePlace);
const url = TEST_POSTGRES_URL;
if (url !== undefined) suite('PostgreSQL', async () => await rowPlace(url));

test('a record that does not lead to itself gives its state with the place, and no snapshot', async () => {
  const { place, journal, snapshots, close } = await filePlace();
  for (const [index, batch] of LIFE.batches.entries()) await journal.append(index === 20 ? batch.slice(0, 1) : batch);
  const past = openPast({ place, initial: LIFE_START, onWarning });
  const { seq } = journal.head();
  const problem = await past.keep(seq);
  expect(problem?.problem).toMatch(/was not recorded/);
  expect((await past.stateAt(seq)).problem).toEqual(problem);
  expect(await snapshots.list()).toEqual([]);
  const reports: string[] = [];
  const stop = startSnapshotter({
    journal,
    past,
    from: 0,
    report: (what, error) => reports.push(`${what}: ${String(error)}`),
    everyEntries: 1,
  });
  await journal.append(LIFE.batches[0] ?? []);
  await stop();
  expect(reports[0]).toMatch(/No snapshot was made: entry \d+/);
  await past.close();
  await close();
});

test('a question that takes too long fails and ends its thread; the next is answered by a new one', async () => {
  const { place, journal, close } = await filePlace();
  await fill(journal);
  const past = openPast({ place, initial: LIFE_START, onWarning, deadlineMs: 1, idleMs: 50 });
  await expect(past.stateAt(20)).rejects.toThrow(/within 0.001 s/);
  await past.close();
  const patient = openPast({ place, initial: LIFE_START, onWarning, idleMs: 20 });
  expect(encode(plainState((await patient.stateAt(20)).state))).toBe(stateAt(20));
  // The thread has ended meanwhile.
  await new Promise((resolve) => setTimeout(resolve, 150));
  expect(encode(plainState((await patient.stateAt(30)).state))).toBe(stateAt(30));
  await patient.close();
  await close();
});

test('a journal that is gone is one clear error', async () => {
  const { place, journal, close } = await filePlace();
  await fill(journal);
  if (place.kind !== 'files') throw new Error('Invariant: files');
  const copy = `${place.dir}-copy`;
  await cp(place.dir, copy, { recursive: true });
  const past = openPast({ place: { kind: 'files', dir: copy }, initial: LIFE_START, onWarning });
  await rm(copy, { recursive: true });
  await expect(past.stateAt(20)).rejects.toThrow(PastUnavailable);
  await past.close();
  await close();
});
