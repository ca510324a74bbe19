import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { syncDirectory } from '../segment-files.ts';
import type { Snapshots } from './snapshots.ts';

const NAME = /^(\d{16})\.snapshot$/;
const UNFINISHED = /\.snapshot\.new$/;
const nameOf = (seq: number): string => `${String(seq).padStart(16, '0')}.snapshot`;

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

async function namesIn(dir: string): Promise<readonly string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** Snapshots as files of one folder. Written under another name, made durable, then renamed: one that is there is whole. */
export function snapshotFiles(dir: string): Snapshots {
  return {
    describe: (seq) => join(dir, nameOf(seq)),
    list: async () => {
      const names = await namesIn(dir);
      return names.flatMap((name) => (NAME.test(name) ? [Number(NAME.exec(name)?.[1])] : [])).toSorted((left, right) => right - left);
    },
    read: async (seq) => {
      try {
        return await readFile(join(dir, nameOf(seq)));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    write: async (seq, bytes) => {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      // What a crash has left.
      for (const name of await namesIn(dir)) if (UNFINISHED.test(name)) await rm(join(dir, name), { force: true });
      const unfinished = join(dir, `${nameOf(seq)}.new`);
      const file = await open(unfinished, 'w', 0o600);
      try {
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(unfinished, join(dir, nameOf(seq)));
      await syncDirectory(dir);
    },
    remove: async (seq) => await rm(join(dir, nameOf(seq)), { force: true }),
  };
}
