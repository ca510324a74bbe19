import { randomBytes } from 'node:crypto';
import { openDatabase } from '../database.ts';
import { migrate } from '../migrate.ts';
import { dropDatabases, ownDatabase } from './own-database.ts';

/** A PostgreSQL server whose role may create databases. */
export const TEST_POSTGRES_URL = process.env['TIDEMARK_TEST_DATABASE_URL'];

/** How the databases of one run are named, and the migrated one that each of them is a copy of. */
const PREFIX = 'TIDEMARK_TEST_RUN';
const TEMPLATE = 'TIDEMARK_TEST_TEMPLATE';
const SCHEMA = 'test_template';

function told(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error('Invariant: platform/test/run.ts is a `globalSetup` of the configuration');
  return value;
}

export const runPrefix = (): string => told(PREFIX);
export const templateOfRun = (): { readonly name: string; readonly schema: string } => ({ name: told(TEMPLATE), schema: SCHEMA });

/** `globalSetup` of vitest: what a run makes on the server is gone after it, also what a failed test left there. */
export async function setup(): Promise<(() => Promise<void>) | undefined> {
  const server = TEST_POSTGRES_URL;
  if (server === undefined) return undefined;
  const prefix = `tidemark_test_${randomBytes(4).toString('hex')}`;
  const template = await ownDatabase(server, prefix);
  try {
    const { db, close } = await openDatabase({ url: template.url, schema: SCHEMA });
    await migrate(db);
    await close();
  } catch (error) {
    await template.drop();
    throw error;
  }
  process.env[PREFIX] = prefix;
  process.env[TEMPLATE] = template.name;
  return async () => await dropDatabases(server, prefix);
}
