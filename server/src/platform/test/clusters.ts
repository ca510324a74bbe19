import { createHash, randomBytes } from 'node:crypto';
import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openDatabase } from '../database.ts';
import { migrate } from '../migrate.ts';

/**
 * Embedded clusters with all tables and nothing in them, made once for each state of the migrations and version of the embedded database, and kept beside the
 * packages: a test that starts from one does in a small part of the time what it would do by itself.
 */
const CACHE = fileURLToPath(new URL('../../../../node_modules/.cache/tidemark/', import.meta.url));
const MIGRATIONS = new URL('../../../../migrations/', import.meta.url);

/** The file of a dumped cluster, for databases in memory. */
export const migratedTarball = (): Promise<string> =>
  made('cluster', '.tar', async (path) => {
    const fresh = await openDatabase({});
    await migrate(fresh.db);
    const bytes = await fresh.dump();
    await fresh.close();
    if (bytes === undefined) throw new Error('Invariant: the embedded database dumps itself');
    await writeFile(path, bytes);
  });

/** Makes a data directory that holds such a cluster, as a first start leaves it that was cut off. */
export async function prepareDataDir(dataDir: string): Promise<void> {
  const prepared = await made('folder', '', async (path) => {
    const fresh = await openDatabase({ dataDir: path });
    await migrate(fresh.db);
    await fresh.close();
  });
  await cp(join(prepared, 'database'), join(dataDir, 'database'), { recursive: true });
}

/** What is not there yet is made under a name of its own first: several processes may begin at once. Those of other states go. */
async function made(kind: string, extension: string, make: (path: string) => Promise<void>): Promise<string> {
  const path = join(CACHE, `${kind}-${await stateOfMigrations()}${extension}`);
  if (await exists(path)) return path;
  await mkdir(CACHE, { recursive: true });
  const own = join(CACHE, `making-${randomBytes(4).toString('hex')}${extension}`);
  await make(own);
  try {
    await rename(own, path);
  } catch (error) {
    if (!(await exists(path))) throw error;
    await rm(own, { recursive: true, force: true });
  }
  const others = (await readdir(CACHE)).filter((name) => name.startsWith(`${kind}-`) && name !== basename(path));
  await Promise.all(others.map((name) => rm(join(CACHE, name), { recursive: true, force: true })));
  return path;
}

let state: Promise<string> | undefined;
const stateOfMigrations = (): Promise<string> => (state ??= hashOfMigrations());

async function hashOfMigrations(): Promise<string> {
  const hash = createHash('sha256').update(await embeddedVersion());
  const files = (await readdir(MIGRATIONS)).filter((file) => file.endsWith('.ts')).sort();
  for (const file of files) hash.update(file).update(await readFile(new URL(file, MIGRATIONS)));
  return hash.digest('hex').slice(0, 16);
}

async function embeddedVersion(): Promise<string> {
  const entry = createRequire(import.meta.url).resolve('@electric-sql/pglite');
  const manifest = JSON.parse(await readFile(join(dirname(entry), '..', 'package.json'), 'utf8')) as { readonly version: string };
  return manifest.version;
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
