import { chmod, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Layout of the data directory; raised when an older program could no longer read it. */
export const DATA_DIR_VERSION = 1;

export interface DataDir {
  readonly path: string;
  readonly journalDir: string;
}

/** The directory's layout is newer than this program, or its VERSION file is not readable as one. */
export class DataDirVersionError extends Error {
  override readonly name = 'DataDirVersionError';
}

/**
 * Makes the data directory (mode 0700) where missing and checks its VERSION. The parts lock themselves: the database its directory,
 * the journal its own. Throws {@link DataDirVersionError}.
 */
export async function openDataDir(path: string): Promise<DataDir> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  await chmod(path, 0o700);
  await checkVersion(path);
  const dir: DataDir = {
    path,
    journalDir: join(path, 'journal'),
  };
  await mkdir(dir.journalDir, { recursive: true, mode: 0o700 });
  return dir;
}

async function checkVersion(path: string): Promise<void> {
  const file = join(path, 'VERSION');
  const text = await readVersion(file);
  if (text === undefined) {
    await writeVersion(file);
    return;
  }
  if (!/^\d+$/.test(text)) {
    throw new DataDirVersionError(
      `${file} does not hold a version number but "${text.slice(0, 40)}": is this a data directory of Tidemark?`,
    );
  }
  if (Number(text) > DATA_DIR_VERSION) {
    throw new DataDirVersionError(
      `The data directory ${path} has layout ${text}, and this version of Tidemark reads up to ${DATA_DIR_VERSION}: start the newer version, or choose another directory.`,
    );
  }
}

async function readVersion(file: string): Promise<string | undefined> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

async function writeVersion(file: string): Promise<void> {
  const handle = await open(file, 'w', 0o600);
  try {
    await handle.writeFile(`${DATA_DIR_VERSION}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
