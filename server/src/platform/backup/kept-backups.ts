import type { Generated, Kysely } from 'kysely';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { BackupHeader } from './format.ts';

interface BackupRow {
  readonly id: Generated<string>;
  readonly made_at: Date;
  readonly entries: number | string;
  readonly head: string;
}

export interface BackupTables {
  readonly backups: BackupRow;
}

/** A backup that was read back whole. */
export interface KeptBackup {
  /** Wall clock. */
  readonly madeAt: Instant;
  /** How many entries of the journal it holds. */
  readonly entries: number;
}

/** Notes that a backup was written and read back. */
export async function noteBackup(
  db: Kysely<BackupTables>,
  { createdAt, journal }: Pick<BackupHeader, 'createdAt' | 'journal'>,
): Promise<void> {
  await db
    .insertInto('backups')
    .values({ made_at: new Date(createdAt), entries: journal.seq, head: journal.hash })
    .execute();
}

/** The newest backup that was noted here; `undefined` where there is none. */
export async function newestBackup(db: Kysely<BackupTables>): Promise<KeptBackup | undefined> {
  const row = await db.selectFrom('backups').select(['made_at', 'entries']).orderBy('made_at', 'desc').limit(1).executeTakeFirst();
  return row === undefined ? undefined : { madeAt: instantFromMs(row.made_at.getTime()), entries: Number(row.entries) };
}
