import { mkdtemp, open, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { instantFromMs } from '../money/instant.ts';
import { openEmbeddedJournal } from './embedded.ts';
import type { Journal } from './journal.ts';
import { openPostgresJournal } from './postgres.ts';
import type { PostgresJournalOptions } from './postgres.ts';
import { segmentNames } from './segments.ts';

export type TestBatch = Parameters<Journal['append']>[0];

/** Entries of a made-up life, numbered by `from`. */
export const batchOf = (from: number, length: number): TestBatch =>
  Array.from({ length }, (_, index) => ({
    kind: index === 0 ? 'ClockTicked' : 'DifferenceFound',
    type: index === 0 ? 'event' : 'fact',
    at: instantFromMs(1_700_000_000_000 + from + index),
    actor: 'engine',
    cause: index === 0 ? undefined : 'first',
    payload: { number: from + index, amount: BigInt(from + index) * 1_000_000_007n, note: 'täglich "grün"\n' },
  }));

/** A journal's storage with the means to harm it: one for each store. */
export interface JournalBench {
  open(): Promise<Journal>;
  /** Damage while nobody appends; `seq` names the entry that should be found. */
  changeByte(seq: number): Promise<void>;
  removeEntry(seq: number): Promise<void>;
  swapEntries(first: number, second: number): Promise<void>;
  dispose(): Promise<void>;
}

export async function embeddedBench(segmentBytesMax?: number): Promise<JournalBench & { readonly dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), 'tidemark-journal-'));
  const rewrite = async (change: (lines: Map<number, Buffer>) => void): Promise<void> => {
    for (const name of await segmentNames(dir)) await rewriteFrames(join(dir, name), change);
  };
  return {
    dir,
    open: async () => await openEmbeddedJournal({ dir, ...(segmentBytesMax === undefined ? {} : { segmentBytesMax }) }),
    changeByte: async (seq) => {
      for (const name of await segmentNames(dir)) {
        const bytes = await readFile(join(dir, name));
        const at = bytes.indexOf(`"number":${seq}}`);
        if (at !== -1) await flipByte(join(dir, name), at + 3);
      }
    },
    removeEntry: async (seq) => await rewrite((frames) => frames.delete(seq)),
    swapEntries: async (first, second) =>
      await rewrite((frames) => {
        const [one, other] = [frames.get(first), frames.get(second)];
        if (one === undefined || other === undefined) return;
        frames.set(first, other);
        frames.set(second, one);
      }),
    dispose: async () => await rm(dir, { recursive: true, force: true }),
  };
}

/** Frames by the number of their first entry; each holds one entry where the test appended them one by one. */
async function rewriteFrames(path: string, change: (frames: Map<number, Buffer>) => void): Promise<void> {
  const bytes = await readFile(path);
  const frames = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length;) {
    const length = 12 + bytes.readUInt32LE(at + 4);
    const frame = bytes.subarray(at, at + length);
    frames.set(Number(/"number":(\d+)}/.exec(frame.toString('utf8'))?.[1]), frame);
    at += length;
  }
  change(frames);
  await writeFile(path, Buffer.concat([...frames.values()]));
}

export async function flipByte(path: string, offset: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, offset);
    await file.write(Buffer.from([(byte[0] ?? 0) ^ 1]), 0, 1, offset);
  } finally {
    await file.close();
  }
}

/** Over a database with the tables, which is closed at the end. */
export function postgresBench(database: { readonly db: PostgresJournalOptions['db']; readonly close: () => Promise<void> }): JournalBench {
  const rows = database.db;
  return {
    open: async () => await openPostgresJournal({ db: database.db }),
    changeByte: async (seq) => {
      const { payload } = await rows.selectFrom('journal').select('payload').where('seq', '=', seq).executeTakeFirstOrThrow();
      await rows
        .updateTable('journal')
        .set({ payload: payload.replace('grün', 'grub') })
        .where('seq', '=', seq)
        .execute();
    },
    removeEntry: async (seq) => {
      await rows.deleteFrom('journal').where('seq', '=', seq).execute();
    },
    swapEntries: async (first, second) => {
      for (const [from, to] of [
        [first, -1],
        [second, first],
        [-1, second],
      ] as const) {
        await rows
          .updateTable('journal')
          .set({ seq: to < 0 ? 1_000_000 : to })
          .where('seq', '=', from < 0 ? 1_000_000 : from)
          .execute();
      }
    },
    dispose: async () => await database.close(),
  };
}

export const filesIn = async (dir: string): Promise<string[]> => (await readdir(dir)).sort();
