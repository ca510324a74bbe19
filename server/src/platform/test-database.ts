import { randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { sql } from 'kysely';
import { describe } from 'vitest';
import { openDatabase } from './database.ts';
import type { OpenedDatabase } from './database.ts';
import { migrate } from './migrate.ts';

export const TEST_POSTGRES_URL = process.env['TIDEMARK_TEST_DATABASE_URL'];
const CACHE = new URL('../../../node_modules/.cache/tidemark/', import.meta.url).pathname;

/** A database of a test's own: migrated, and gone after `close`. */
export interface TestDatabase extends OpenedDatabase {
  /** The server and schema, where it is one. */
  readonly url: string | undefined;
  readonly schema: string | undefined;
}

/** Runs the suite on the embedded database in memory and, where `TIDEMARK_TEST_DATABASE_URL` names a server, on PostgreSQL too. */
export function withTestDatabases(name: string, suite: (open: () => Promise<TestDatabase>, kind: OpenedDatabase['kind']) => void): void {
  describe(`${name} (embedded)`, () => suite(openEmbeddedTestDatabase, 'embedded'));
  const url = TEST_POSTGRES_URL;
  if (url !== undefined) describe(`${name} (PostgreSQL)`, () => suite(async () => await openPostgresTestDatabase(url), 'postgres'));
}

export async function openEmbeddedTestDatabase(): Promise<TestDatabase> {
  const database = await openDatabase({ baseTarball: await baseTarball() });
  await migrate(database.db);
  return { ...database, url: undefined, schema: undefined };
}

/** A fresh schema, dropped again at the end. */
export async function openPostgresTestDatabase(url: string): Promise<TestDatabase> {
  const schema = `test_${randomBytes(8).toString('hex')}`;
  const database = await openDatabase({ url, schema });
  await migrate(database.db);
  return {
    ...database,
    url,
    schema,
    close: async () => {
      await sql`drop schema ${sql.id(schema)} cascade`.execute(database.db);
      await sql`drop schema if exists ${sql.id(database.queueSchema)} cascade`.execute(database.db);
      await database.close();
    },
  };
}

/** An empty cluster, made once for each version of the embedded database: starting from it takes a tenth of the time. */
async function baseTarball(): Promise<string> {
  const path = join(CACHE, `pglite-${await embeddedVersion()}.tar`);
  if (await exists(path)) return path;
  await mkdir(CACHE, { recursive: true });
  const fresh = await openDatabase({});
  const bytes = await fresh.dump();
  await fresh.close();
  if (bytes === undefined) throw new Error('Invariant: the embedded database dumps itself');
  const own = `${path}.${randomBytes(4).toString('hex')}`;
  await writeFile(own, bytes);
  await rename(own, path);
  return path;
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
