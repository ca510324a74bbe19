import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { plainState } from '../../engine/plain-state.ts';
import { replayJournal } from '../../engine/replay-journal.ts';
import { recover } from '../../engine/session/recover.ts';
import type { EngineState } from '../../engine/state.ts';
import { initialState } from '../../engine/initial-state.ts';
import { ENGINE } from '../../engine/test/session-world.ts';
import { withTestDatabases } from '../../platform/test-database.ts';
import type { TestDatabase } from '../../platform/test-database.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import { encode } from '../codec.ts';
import type { Journal, JournalEntry } from '../journal.ts';
import { entriesIn, LIFE_START, recordLife } from '../test/recorded-life.ts';
import type { Happening } from '../test/recorded-life.ts';
import { newestUsable, originOf } from './newest-usable.ts';
import { snapshotFiles } from './snapshot-files.ts';
import { snapshotRows } from './snapshot-rows.ts';
import { decodeSnapshot, encodeSnapshot, readHeader, SnapshotUnusable } from './snapshot.ts';
import { expendable } from './snapshots.ts';
import type { Snapshots } from './snapshots.ts';

const DAYS = Array.from({ length: 12 }, (_, index): Happening => [index % 3 === 2 ? 'ticket' : 'bar', index * 7]);
const LIFE = recordLife(DAYS);
const ENTRIES = entriesIn(LIFE);

const journalOf = (entries: readonly JournalEntry[]): Pick<Journal, 'read' | 'head'> => ({
  read: (after, limit) => Promise.resolve(entries.slice(after, after + limit)),
  head: () => ({ seq: entries.length, hash: entries.at(-1)?.hash ?? '' }),
});

function snapshotAt(seq: number, initial: EngineState = LIFE_START): Buffer {
  const replay = replayJournal(initial, encode);
  replay.take(ENTRIES.slice(0, seq));
  return encodeSnapshot({ seq, ...replay.soFar() }, originOf(ENTRIES[seq - 1]?.hash ?? '', initial));
}

const withHeader = (bytes: Buffer, change: object): Buffer => {
  const end = bytes.indexOf(10);
  const header = { ...(JSON.parse(bytes.toString('utf8', 0, end)) as object), ...change };
  return Buffer.concat([Buffer.from(JSON.stringify(header)), bytes.subarray(end)]);
};
const flipped = (bytes: Buffer, at: number): Buffer => {
  const copy = Buffer.from(bytes);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
};

const CASES: readonly { name: string; harm: (bytes: Buffer) => Buffer; says: RegExp }[] = [
  { name: 'a changed byte of the body', harm: (bytes) => flipped(bytes, bytes.length - 20), says: /checksum/ },
  { name: 'a body that was cut', harm: (bytes) => bytes.subarray(0, bytes.length - 1), says: /checksum/ },
  { name: 'a header that was cut', harm: (bytes) => bytes.subarray(0, 40), says: /header/ },
  { name: 'no bytes at all', harm: () => Buffer.alloc(0), says: /header/ },
  { name: 'a future format', harm: (bytes) => withHeader(bytes, { format: 2 }), says: /format 2/ },
  { name: 'another program', harm: (bytes) => withHeader(bytes, { program: 'f'.repeat(64) }), says: /another version/ },
  { name: 'another journal', harm: (bytes) => withHeader(bytes, { journalHash: 'f'.repeat(64) }), says: /another journal/ },
  { name: 'another account', harm: (bytes) => withHeader(bytes, { initial: 'f'.repeat(64) }), says: /another account/ },
  { name: 'another entry', harm: (bytes) => withHeader(bytes, { seq: 3 }), says: /of entry 3/ },
  {
    name: 'a state that is not what its hash says',
    harm: (bytes) => withHeader(bytes, { state: 'f'.repeat(64) }),
    says: /state does not match/,
  },
];

function suite(name: string, open: () => Promise<{ snapshots: Snapshots; close: () => Promise<void> }>): void {
  describe(`snapshots (${name})`, () => {
    let snapshots: Snapshots;
    let close: () => Promise<void>;
    beforeAll(async () => ({ snapshots, close } = await open()));
    afterAll(async () => await close());
    const clear = async (): Promise<void> => {
      for (const seq of await snapshots.list()) await snapshots.remove(seq);
    };
    const find = async (ignored: string[], initial = LIFE_START, entries = ENTRIES) =>
      await newestUsable({ snapshots, journal: journalOf(entries), initial, onIgnored: (message) => ignored.push(message) });

    test('the newest is found, and recovery with it ends where recovery without it ends', async () => {
      await clear();
      const ignored: string[] = [];
      expect(await find(ignored)).toBeUndefined();
      for (const seq of [20, 40, 7]) await snapshots.write(seq, snapshotAt(seq));
      expect(await snapshots.list()).toEqual([40, 20, 7]);
      const found = await find(ignored);
      expect(found?.seq).toBe(40);
      const journal = journalOf(ENTRIES);
      const recovered = await recover(journal, LIFE_START, encode, found);
      expect(recovered.problem).toBeUndefined();
      expect(encode(plainState(recovered.state))).toBe(encode(plainState(LIFE.state)));
      expect(recovered.events).toBe((await recover(journal, LIFE_START, encode)).events);
      expect(ignored).toEqual([]);
    });

    test.each(CASES)('$name is passed over with its reason, and the one before is taken', async ({ harm, says }) => {
      await clear();
      await snapshots.write(20, snapshotAt(20));
      await snapshots.write(40, harm(snapshotAt(40)));
      const ignored: string[] = [];
      expect((await find(ignored))?.seq).toBe(20);
      expect(ignored).toHaveLength(1);
      expect(ignored[0]).toMatch(says);
      expect(ignored[0]).toContain(snapshots.describe(40));
      await snapshots.write(20, harm(snapshotAt(20)));
      expect(await find(ignored)).toBeUndefined();
    });

    test('one that lies beyond the end of the journal, or was made with other limits, is foreign', async () => {
      await clear();
      await snapshots.write(40, snapshotAt(40));
      const ignored: string[] = [];
      expect(await find(ignored, LIFE_START, ENTRIES.slice(0, 39))).toBeUndefined();
      expect(ignored[0]).toMatch(/another journal, or to entries that this one has lost/);
      expect(await find(ignored, initialState({ ...ENGINE, accountId: 'other' }, UNLIMITED))).toBeUndefined();
      expect(ignored[1]).toMatch(/another account/);
    });

    test('written again, the newer bytes count', async () => {
      await clear();
      await snapshots.write(20, Buffer.from('old'));
      await snapshots.write(20, snapshotAt(20));
      expect((await find([]))?.seq).toBe(20);
      await snapshots.remove(20);
      expect(await snapshots.read(20)).toBeUndefined();
    });
  });
}

suite('files', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tidemark-snapshots-'));
  return { snapshots: snapshotFiles(join(dir, 'snapshots')), close: async () => await rm(dir, { recursive: true }) };
});
withTestDatabases('snapshots as rows', (open, kind) => {
  suite(kind, async () => {
    const database: TestDatabase = await open();
    return { snapshots: snapshotRows(database.db), close: async () => await database.close() };
  });
});

test('what a crash left half written is no snapshot, and the next write clears it away', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tidemark-snapshots-'));
  const snapshots = snapshotFiles(dir);
  await writeFile(join(dir, '0000000000000040.snapshot.new'), 'half');
  expect(await snapshots.list()).toEqual([]);
  await snapshots.write(20, snapshotAt(20));
  expect(await readdir(dir)).toEqual(['0000000000000020.snapshot']);
  await rm(dir, { recursive: true });
});

test('bytes of anything else are refused before they are read as a state', () => {
  for (const bytes of ['null\n', '7\n', '{"format":1}\n', '{"format":1,"seq":-0.5}\n', '[]\nx']) {
    expect(() => readHeader(Buffer.from(bytes))).toThrow(SnapshotUnusable);
  }
  expect(decodeSnapshot(snapshotAt(20), 20, originOf(ENTRIES[19]?.hash ?? '', LIFE_START)).seq).toBe(20);
});

test('the newest three stay, and of older ones the first of each hundred thousand entries', () => {
  expect(expendable([30, 20, 10])).toEqual([]);
  expect(expendable([40, 30, 20, 10])).toEqual([10]);
  expect(expendable([450_000, 440_000, 430_000, 420_000, 310_000, 220_000, 205_000, 120_000, 60_000])).toEqual([220_000, 60_000]);
});
