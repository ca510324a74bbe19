import type { Kysely, Transaction } from 'kysely';
import type { ChainedEntry, Head } from './chain.ts';
import { insertEntries, selectHead } from './postgres-store.ts';
import type { PostgresJournalTables } from './postgres-store.ts';

/** Entries of a backup into an empty table, as they were chained. */
export async function restoreRows(trx: Transaction<PostgresJournalTables>, entries: readonly ChainedEntry[]): Promise<void> {
  await insertEntries(trx, entries);
}

export const restoredHead = async (db: Kysely<PostgresJournalTables>): Promise<Head> => await selectHead(db);
