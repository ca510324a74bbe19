import { randomBytes } from 'node:crypto';
import { describe } from 'vitest';
import { openDatabase } from './database.ts';
import type { OpenedDatabase } from './database.ts';
import { migratedTarball } from './test/clusters.ts';
import { ownCopy } from './test/own-database.ts';
import { runPrefix, templateOfRun, TEST_POSTGRES_URL } from './test/run.ts';

export { TEST_POSTGRES_URL };

/** A database of a test's own: migrated, and gone after `close`. */
export interface TestDatabase extends OpenedDatabase {
  /** The database and schema, where it is on a server. */
  readonly url: string | undefined;
  readonly schema: string | undefined;
}

export interface PostgresTestDatabase extends TestDatabase {
  readonly url: string;
  readonly schema: string;
}

/** Runs the suite on the embedded database in memory and, where `TIDEMARK_TEST_DATABASE_URL` names a server, on PostgreSQL too. */
export function withTestDatabases(name: string, suite: (open: () => Promise<TestDatabase>, kind: OpenedDatabase['kind']) => void): void {
  describe(`${name} (embedded)`, () => suite(openEmbeddedTestDatabase, 'embedded'));
  const url = TEST_POSTGRES_URL;
  if (url !== undefined) describe(`${name} (PostgreSQL)`, () => suite(async () => await openPostgresTestDatabase(url), 'postgres'));
}

export async function openEmbeddedTestDatabase(): Promise<TestDatabase> {
  const database = await openDatabase({ baseTarball: await migratedTarball() });
  return { ...database, url: undefined, schema: undefined };
}

/** A database of its own on the server, with a schema of its own as deployments have that share a database: a copy of the migrated one of this run. */
export async function openPostgresTestDatabase(server: string): Promise<PostgresTestDatabase> {
  const schema = `test_${randomBytes(8).toString('hex')}`;
  const { url, drop } = await ownCopy(server, runPrefix(), templateOfRun(), schema);
  const database = await openDatabase({ url, schema });
  return {
    ...database,
    url,
    schema,
    close: async () => {
      await database.close();
      await drop();
    },
  };
}
