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

/** In what a thread's days are written down, one after another. */
export interface Tier {
  readonly openStore: OpenStore;
  readonly close: () => Promise<void>;
}

/** Opens the store of a place; on an embedded or PostgreSQL database this takes seconds. Throws `DatabaseUnavailable`. */
export async function openTier(place: Place): Promise<Tier> {
  switch (place.kind) {
    case 'model':
      return { openStore: modelStore, close: async () => await Promise.resolve() };
    case 'embedded':
      return embeddedTier(place.dir, await migrated(await openDatabase({})));
    case 'postgres':
      return postgresTier(place.url, await migrated(await openDatabase({ url: place.url, schema: place.schema })));
  }
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

/** Each day has a folder of its own below `dir`; the database must have the tables, empty. */
export function embeddedTier(dir: string, database: OpenedDatabase): Tier {
  let days = 0;
  return {
    openStore: (options) => {
      days += 1;
      const figures = new Map<string, number>();
      const records = embeddedRecords(join(dir, `day-${days}`), database.db, options, counterOf(figures));
      return recordedStore(options, records, figures);
    },
    close: database.close,
  };
}

/** `database` is a schema of its own on the server that `url` names, with the tables, empty. */
export const postgresTier = (url: string, database: OpenedDatabase): Tier => ({
  openStore: (options) => {
    const figures = new Map<string, number>();
    return recordedStore(options, postgresRecords(url, database.db, counterOf(figures)), figures);
  },
  close: database.close,
});
