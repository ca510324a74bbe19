import { join } from 'node:path';
import { openDatabase } from '../../platform/database.ts';
import type { OpenedDatabase } from '../../platform/database.ts';
import { migrate } from '../../platform/migrate.ts';
import { modelStore } from '../store.ts';
import type { OpenStore } from '../store.ts';
import { embeddedRecords } from './embedded-records.ts';
import type { Place } from './place.ts';
import { postgresRecords } from './postgres-records.ts';
import { counterOf, recordedStore } from './recorded-store.ts';
import type { Tables } from './recorded-store.ts';

/**
 * In what a thread's days are written down, one after another. On an embedded or PostgreSQL database opening takes seconds; it stays open for as long as
 * the thread lives. Throws `DatabaseUnavailable`.
 */
export async function openTier(place: Place): Promise<OpenStore> {
  switch (place.kind) {
    case 'model':
      return modelStore;
    case 'embedded':
      return embeddedTier(place.dir, await tables(await openDatabase({})));
    case 'postgres':
      return postgresTier(place.url, await tables(await openDatabase({ url: place.url, schema: place.schema })));
  }
}

/** What is compared with what is rebuilt, as `tidemark verify` does it: in a database in memory. */
async function tables(database: OpenedDatabase): Promise<Tables> {
  const [{ db }, scratch] = [await migrated(database), await migrated(await openDatabase({}))];
  return { db, scratch: scratch.db };
}

async function migrated(database: OpenedDatabase): Promise<OpenedDatabase> {
  try {
    await migrate(database.db);
    return database;
  } catch (error) {
    await database.close();
    throw error;
  }
}

/** Each day has a folder of its own below `dir`; the databases must have the tables, empty. */
export function embeddedTier(dir: string, within: Tables): OpenStore {
  let days = 0;
  return (options) => {
    days += 1;
    const figures = new Map<string, number>();
    return recordedStore(options, embeddedRecords(join(dir, `day-${days}`), within, options, counterOf(figures)), figures);
  };
}

/** `within` is a schema of its own on the server that `url` names, and a scratch, each with the tables, empty. */
export const postgresTier =
  (url: string, within: Tables): OpenStore =>
  (options) => {
    const figures = new Map<string, number>();
    return recordedStore(options, postgresRecords(url, within, counterOf(figures)), figures);
  };
