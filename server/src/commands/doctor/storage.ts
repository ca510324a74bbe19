import { readFile, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { DATA_DIR_VERSION } from '../../platform/data-dir.ts';
import { ill, isMissing, messageOf, well } from './finding.ts';
import type { Finding } from './finding.ts';

const FREE_BYTES_MIN = 1_073_741_824;
const OTHERS = 0o077;

const exists = async (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    (error: unknown) => {
      if (isMissing(error)) return false;
      throw error;
    },
  );

async function checkVersion(dataDir: string): Promise<Finding> {
  const text = await readFile(join(dataDir, 'VERSION'), 'utf8').catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
  if (text === undefined) return well('data directory', `${dataDir} holds no data yet`);
  const version = text.trim();
  if (!/^\d+$/.test(version))
    return ill('data directory', `${join(dataDir, 'VERSION')} holds no version number`, 'Name the right folder with --data-dir.');
  if (Number(version) > DATA_DIR_VERSION)
    return ill(
      'data directory',
      `${dataDir} has layout ${version}, newer than ${DATA_DIR_VERSION}, which this version reads`,
      'Start the newer Tidemark, or name another folder with --data-dir.',
    );
  return well('data directory', `${dataDir}, layout ${version}`);
}

/** The folder itself and what must be ours alone in it. */
async function checkPermissions(dataDir: string): Promise<Finding> {
  for (const name of ['', 'journal', 'database', 'reports', 'exchange']) {
    const path = join(dataDir, name);
    if (!(await exists(path))) continue;
    const { mode, uid } = await stat(path);
    if (process.getuid !== undefined && uid !== process.getuid())
      return ill('permissions', `${path} belongs to another user`, `Give it to the user that runs Tidemark: chown -R $USER ${dataDir}`);
    // What is inside a folder that is shut to others is out of their reach.
    if (name === '' && (mode & OTHERS) !== 0)
      return ill('permissions', `others may enter ${path} (mode ${(mode & 0o777).toString(8)})`, `Shut it: chmod 700 ${path}`);
  }
  return well('permissions', 'only you may enter the data directory');
}

async function checkSpace(dataDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(dataDir);
  const free = bavail * bsize;
  const shown = `${(free / FREE_BYTES_MIN).toFixed(1)} GiB free`;
  return free >= FREE_BYTES_MIN ? well('disk', shown) : ill('disk', shown, 'Free some space: a full disk stops trading.');
}

/** Who holds the folder, in words; `undefined` where nobody does. */
export async function holderOf(dataDir: string): Promise<string | undefined> {
  if (!(await exists(dataDir))) return undefined;
  const { DirectoryLocked, lockDirectory } = await import('../../journal/directory-lock.ts');
  try {
    const lock = await lockDirectory(dataDir);
    lock.release();
    return undefined;
  } catch (error) {
    if (error instanceof DirectoryLocked) return error.pid === undefined ? 'another process' : `process ${error.pid}`;
    throw error;
  }
}

/** Layout, permissions, lock and space of the data directory. */
export async function checkDataDir(dataDir: string, holder: string | undefined): Promise<readonly Finding[]> {
  try {
    if (!(await exists(dataDir))) return [well('data directory', `${dataDir} will be made at the first start`)];
    if (!(await stat(dataDir)).isDirectory()) return [ill('data directory', `${dataDir} is not a folder`, 'Name another with --data-dir.')];
    const lock = well('lock', holder === undefined ? 'free' : `held by ${holder}: Tidemark runs`);
    return [await checkVersion(dataDir), await checkPermissions(dataDir), lock, await checkSpace(dataDir)];
  } catch (error) {
    return [ill('data directory', messageOf(error), `Let the user that runs Tidemark read and write ${dataDir}.`)];
  }
}

interface Records {
  readonly url: string | undefined;
  readonly dataDir: string;
  readonly holder: string | undefined;
}

/** Reaches the database as a start would, and changes nothing in it. */
export async function checkDatabase({ url, dataDir, holder }: Records): Promise<Finding> {
  const place = url === undefined ? 'embedded' : 'PostgreSQL at DATABASE_URL';
  if (url === undefined && holder !== undefined) return well('database', `${place}, open in ${holder}`);
  if (url === undefined && !(await exists(join(dataDir, 'database')))) return well('database', `${place}, made at the first start`);
  try {
    const { openDatabase } = await import('../../platform/database.ts');
    const { migrationState } = await import('./migration-state.ts');
    const database = await openDatabase(url === undefined ? { dataDir } : { url });
    try {
      const tookMs = await database.ping();
      const { pending, unknown } = await migrationState(database.db);
      if (unknown.length > 0)
        return ill(
          'database',
          `${place}: written by a newer version (${unknown.join(', ')})`,
          'Start that newer version, or restore a backup.',
        );
      const outstanding = pending.length === 0 ? '' : `; ${pending.length} migrations will be applied at the next start`;
      return well('database', `${place}, answers in ${tookMs.toFixed(1)} ms${outstanding}`);
    } finally {
      await database.close();
    }
  } catch (error) {
    const mend =
      url === undefined
        ? `Restore it from a backup, or move ${join(dataDir, 'database')} away: orders and positions are rebuilt from the journal, bars are imported again.`
        : 'Check that the server runs and that DATABASE_URL names it; its form is postgres://user@host:5432/name.';
    return ill('database', `${place}: ${messageOf(error)}`, mend);
  }
}
