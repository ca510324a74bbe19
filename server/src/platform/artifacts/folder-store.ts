import { randomUUID } from 'node:crypto';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ObjectStore } from './artifacts.ts';

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const DRAFT = '.draft';
/** No write takes so long: whoever began it has died. */
const DRAFT_MS_MAX = 3_600_000;

let lastUsedMs = 0;

/** When something is used: later than all before. The disk's own clock lags behind by some milliseconds, and what was just written would seem older than what was read before it. */
function nextUse(): Date {
  lastUsedMs = Math.max(Date.now(), lastUsedMs + 1);
  return new Date(lastUsedMs);
}

/** Written under another name, synced, and renamed: a reader sees all of it or nothing, whenever the power goes. */
async function writeWhole(file: string, bytes: Uint8Array): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${randomUUID()}${DRAFT}`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(bytes);
      const now = nextUse();
      await handle.utimes(now, now);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, file);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}

/** To read is to use: what was used longest ago goes first. */
async function readUsed(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r');
  try {
    const bytes = await handle.readFile();
    const now = nextUse();
    await handle.utimes(now, now);
    return bytes;
  } finally {
    await handle.close();
  }
}

interface Kept {
  readonly file: string;
  readonly bytes: number;
  readonly usedAt: number;
}

async function keptIn(folder: string): Promise<readonly Kept[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const kept = await Promise.all(
    files.map(async (file): Promise<Kept | undefined> => {
      try {
        const { size, mtimeMs } = await stat(file);
        return { file, bytes: size, usedAt: mtimeMs };
      } catch (error) {
        // Somebody else made room meanwhile.
        if (isMissing(error)) return undefined;
        throw error;
      }
    }),
  );
  return kept.filter((each) => each !== undefined);
}

/** Whoever writes it makes room for it afterwards. */
const isBeingWritten = ({ file, usedAt }: Kept): boolean => file.endsWith(DRAFT) && usedAt > Date.now() - DRAFT_MS_MAX;

/** Deletes what was used longest ago until the rest fits. */
async function makeRoom(folder: string, bytesMax: number): Promise<void> {
  const kept = (await keptIn(folder)).filter((each) => !isBeingWritten(each)).toSorted((a, b) => a.usedAt - b.usedAt);
  let bytes = kept.reduce((sum, each) => sum + each.bytes, 0);
  for (const each of kept) {
    if (bytes <= bytesMax) return;
    await rm(each.file, { force: true });
    bytes -= each.bytes;
  }
}

/**
 * Objects as files of a folder, which is made when the first one is written. For one machine. Holds at most so many bytes: a disk that is full would stop the
 * journal, and with it all trading.
 */
export const folderStore = (folder: string, bytesMax = Infinity): ObjectStore => ({
  place: folder,
  read: async (name) => {
    try {
      return await readUsed(join(folder, name));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  },
  write: async (name, bytes) => {
    await writeWhole(join(folder, name), bytes);
    if (bytesMax < Infinity) await makeRoom(folder, bytesMax);
  },
});
