import { createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { openJournal } from '../../journal/open.ts';
import { syncDirectory } from '../../journal/segment-files.ts';
import { askForBackup } from '../../platform/backup/backup-socket.ts';
import type { BackupHeader } from '../../platform/backup/format.ts';
import { readBackup } from '../../platform/backup/read-backup.ts';
import { backupLines } from '../../platform/backup/write-backup.ts';
import { openDataDir } from '../../platform/data-dir.ts';
import { openDatabase } from '../../platform/database.ts';

const exists = async (path: string): Promise<boolean> =>
  await stat(path).then(
    () => true,
    () => false,
  );

interface Source {
  readonly stream: Readable;
  readonly compressed: boolean;
  readonly close: () => Promise<void>;
}

const now = (): Date => new Date();

async function databaseSource(url: string): Promise<Source> {
  const database = await openDatabase({ url });
  const journal = await openJournal({ kind: 'postgres', db: database.db });
  const close = async (): Promise<void> => {
    await journal.close();
    await database.close();
  };
  return { stream: Readable.from(backupLines({ db: database.db, journal, now })), compressed: false, close };
}

async function folderSource(dataDir: string): Promise<Source> {
  const running = await askForBackup(dataDir);
  if (running !== undefined) return { stream: running, compressed: true, close: () => Promise.resolve() };
  await stat(dataDir);
  const folders = await openDataDir(dataDir);
  const database = await openDatabase({ dataDir });
  const journal = await openJournal({ kind: 'embedded', dir: folders.journalDir });
  const close = async (): Promise<void> => {
    await journal.close();
    await database.close();
  };
  return { stream: Readable.from(backupLines({ db: database.db, journal, now })), compressed: false, close };
}

/** Writes a backup beside its place, reads it back whole, and only then gives it its name. */
export async function makeBackup(out: string, dataDir: string, url: string | undefined): Promise<BackupHeader> {
  if (await exists(out)) throw new Error(`${out} exists: name another file, a backup overwrites nothing`);
  const unfinished = `${out}.unfinished`;
  const { stream, compressed, close } = url === undefined ? await folderSource(dataDir) : await databaseSource(url);
  try {
    const file = createWriteStream(unfinished, { mode: 0o600 });
    await (compressed ? pipeline(stream, file) : pipeline(stream, createZstdCompress(), file));
    const handle = await open(unfinished, 'r+');
    await handle.sync();
    await handle.close();
    const header = await readBackup(unfinished, {});
    await rename(unfinished, out);
    await syncDirectory(dirname(resolve(out)));
    return header;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    await close();
  }
}
