import pg from 'pg';
import { ownDatabase } from '../../server/src/platform/test/own-database.ts';
import { start } from '../product.ts';
import type { Running } from '../product.ts';

/** A PostgreSQL database of a test's own, with one engine and any number of API instances over it. */
export interface Ground {
  readonly url: string;
  readonly engine: () => Promise<Running>;
  readonly api: () => Promise<Running>;
  readonly rows: <T extends object>(text: string, values?: unknown[]) => Promise<readonly T[]>;
  /** Drops the database with all in it. */
  readonly leave: () => Promise<void>;
}

export async function openGround(serverUrl: string, folder: string): Promise<Ground> {
  const { name, url, drop } = await ownDatabase(serverUrl, 'instances');
  const reader = new pg.Client({ connectionString: url });
  await reader.connect();
  const environment = { DATABASE_URL: url };
  const serve = (roles: string, ...more: string[]): Promise<Running> =>
    start(['serve', '--port', '0', '--roles', roles, '--data-dir', `${folder}/${name}-${roles}`, ...more], environment);
  return {
    url,
    engine: () => serve('api,engine', '--speed', '600'),
    api: () => serve('api'),
    rows: async <T extends object>(text: string, values: unknown[] = []) => (await reader.query<T>(text, values)).rows,
    leave: async () => {
      await reader.end();
      await drop();
    },
  };
}
