import type { Kysely } from 'kysely';

export interface BrokerKeyRow {
  readonly mode: 'paper' | 'live';
  readonly host: string;
  readonly hint: string;
  readonly sealed: string;
  readonly master_key_id: string;
  readonly added_at: Date;
  readonly rotated_at: Date | null;
}

export interface BrokerKeyTables {
  readonly broker_keys: BrokerKeyRow;
}

type Db = Kysely<BrokerKeyTables>;

export const selectBrokerKeys = async (db: Db): Promise<readonly BrokerKeyRow[]> =>
  await db.selectFrom('broker_keys').selectAll().orderBy('mode').execute();

/** Held until the transaction ends: of two who change keys at once, one waits. */
export const lockBrokerKeys = async (db: Db): Promise<readonly BrokerKeyRow[]> =>
  await db.selectFrom('broker_keys').selectAll().orderBy('mode').forUpdate().execute();

/** False where there is one already. */
export async function insertBrokerKey(db: Db, row: BrokerKeyRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('broker_keys')
    .values(row)
    .onConflict((conflict) => conflict.column('mode').doNothing())
    .executeTakeFirst();
  return (numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function updateBrokerKey(db: Db, { mode, ...change }: Omit<BrokerKeyRow, 'added_at'>): Promise<void> {
  await db.updateTable('broker_keys').set(change).where('mode', '=', mode).execute();
}

/** False where there was none. */
export async function deleteBrokerKey(db: Db, mode: BrokerKeyRow['mode']): Promise<boolean> {
  const { numDeletedRows } = await db.deleteFrom('broker_keys').where('mode', '=', mode).executeTakeFirst();
  return numDeletedRows > 0n;
}
