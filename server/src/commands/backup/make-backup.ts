import { createWriteStream } from 'node:fs';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createZstdCompress } from 'node:zlib';
import { openJournal } from '../../journal/open.ts';
import { syncDirectory } from '../../journal/segment-files.ts';
import { askForBackup, tellKept } from '../../platform/backup/backup-socket.ts';
import type { BackupHeader } from '../../platform/backup/format.ts';
import { noteBackup } from '../../platform/backup/kept-backups.ts';
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
  /** Says where it was made that it is whole. */
  readonly note: (header: BackupHeader) => Promise<void>;
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
  return {
    stream: Readable.from(backupLines({ db: database.db, journal, now })),
    compressed: false,
    note: (header) => noteBackup(database.db, header),
    close,
  };
}

async function folderSource(dataDir: string): Promise<Source> {
  const running = await askForBackup(dataDir);
  if (running !== undefined)
    return { stream: running, compressed: true, note: (header) => tellKept(dataDir, header), close: () => Promise.resolve() };
  await stat(dataDir);
  const folders = await openDataDir(dataDir);
  const database = await openDatabase({ dataDir });
  const journal = await openJournal({ kind: 'embedded', dir: folders.journalDir });
  const close = async (): Promise<void> => {
    await journal.close();
    await database.close();
  };
  return {
    stream: Readable.from(backupLines({ db: database.db, journal, now })),
    compressed: false,
    note: (header) => noteBackup(database.db, header),
    close,
  };
}

export interface MadeBackup {
  readonly header: BackupHeader;
  /** Why the page Health will not know of it; the backup is whole all the same. */
  readonly notNoted: string | undefined;
}

/** Writes a backup beside its place, reads it back whole, only then gives it its name, and notes that there is one. */
export async function makeBackup(out: string, dataDir: string, url: string | undefined): Promise<MadeBackup> {
  if (await exists(out)) throw new Error(`${out} exists: name another file, a backup overwrites nothing`);
  const unfinished = `${out}.unfinished`;
  const { stream, compressed, note, close } = url === undefined ? await folderSource(dataDir) : await databaseSource(url);
  try {
    const file = createWriteStream(unfinished, { mode: 0o600 });
    await (compressed ? pipeline(stream, file) : pipeline(stream, createZstdCompress(), file));
    const handle = await open(unfinished, 'r+');
    await handle.sync();
    await handle.close();
    const header = await readBackup(unfinished, {});
    await rename(unfinished, out);
    await syncDirectory(dirname(resolve(out)));
    const notNoted = await note(header).then(
      () => undefined,
      (error: unknown) => (error instanceof Error ? error.message : String(error)),
    );
    return { header, notNoted };
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  } finally {
    await close();
  }
}
