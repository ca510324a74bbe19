import type { Kysely, Transaction } from 'kysely';

export interface AlertRow {
  readonly id: string;
  readonly severity: 'info' | 'warning' | 'critical';
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly raised_at: Date;
  readonly closed_at: Date | null;
  readonly closed_by: string | null;
  readonly closed_note: string | null;
  /** The entry that raised it. */
  readonly seq: number;
}

export interface AlertTables {
  readonly alerts: AlertRow;
}

/** An alert that is raised again is open again. */
export async function upsertAlert(trx: Transaction<AlertTables>, row: AlertRow): Promise<void> {
  await trx
    .insertInto('alerts')
    .values(row)
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

export async function closeAlert(trx: Transaction<AlertTables>, id: string, by: string, note: string | null, at: Date): Promise<void> {
  await trx.updateTable('alerts').set({ closed_at: at, closed_by: by, closed_note: note }).where('id', '=', id).execute();
}

export async function deleteAlerts(trx: Transaction<AlertTables>): Promise<void> {
  await trx.deleteFrom('alerts').execute();
}

/** Newest first, from before the entry `before`. */
export async function selectAlerts(
  db: Kysely<AlertTables>,
  open: boolean | undefined,
  before: number | undefined,
  limit: number,
): Promise<readonly AlertRow[]> {
  let query = db.selectFrom('alerts').selectAll().orderBy('seq', 'desc').limit(limit);
  if (open !== undefined) query = query.where('closed_at', open ? 'is' : 'is not', null);
  if (before !== undefined) query = query.where('seq', '<', before);
  return await query.execute();
}

export const selectAlert = async (db: Kysely<AlertTables>, id: string): Promise<AlertRow | undefined> =>
  await db.selectFrom('alerts').selectAll().where('id', '=', id).executeTakeFirst();
