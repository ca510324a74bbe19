import type { Journal } from './journal.ts';
import { openEmbeddedJournal } from './embedded.ts';
import type { EmbeddedJournalOptions } from './embedded.ts';
import { openPostgresJournal } from './postgres.ts';
import type { PostgresJournalOptions } from './postgres.ts';

export type JournalOptions =
  ({ readonly kind: 'embedded' } & EmbeddedJournalOptions) | ({ readonly kind: 'postgres' } & PostgresJournalOptions);

/** Opens the one journal in the store that goes with the database: files beside the embedded one, a table on PostgreSQL. */
export const openJournal = async (options: JournalOptions): Promise<Journal> =>
  options.kind === 'embedded' ? await openEmbeddedJournal(options) : await openPostgresJournal(options);
