import type { Kysely } from 'kysely';
import type { AccountTables } from './store.ts';

export interface SecondFactorRow {
  readonly person_id: string;
  readonly secret: string;
  readonly created_at: Date;
  readonly confirmed_at: Date | null;
  /** As text: the driver gives `bigint` so. */
  readonly last_step: string | null;
}

export interface RecoveryCodeRow {
  readonly code_hash: string;
  readonly person_id: string;
  readonly created_at: Date;
  readonly used_at: Date | null;
}

type Db = Kysely<AccountTables>;

export const selectFactor = async (db: Db, personId: string): Promise<SecondFactorRow | undefined> =>
  await db.selectFrom('second_factors').selectAll().where('person_id', '=', personId).executeTakeFirst();

export const selectConfirmed = async (db: Db): Promise<readonly string[]> =>
  (await db.selectFrom('second_factors').select('person_id').where('confirmed_at', 'is not', null).execute()).map(
    ({ person_id }) => person_id,
  );

/** Takes the place of one that was begun; false where one is at work. */
export async function beginFactor(db: Db, row: SecondFactorRow): Promise<boolean> {
  const result = await db
    .insertInto('second_factors')
    .values(row)
    .onConflict((conflict) =>
      conflict
        .column('person_id')
        .doUpdateSet({ secret: row.secret, created_at: row.created_at, last_step: null })
        .where('second_factors.confirmed_at', 'is', null),
    )
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export async function confirmFactor(db: Db, personId: string, secret: string, now: Date): Promise<boolean> {
  const query = db.updateTable('second_factors').set({ confirmed_at: now }).where('person_id', '=', personId);
  const result = await query.where('secret', '=', secret).where('confirmed_at', 'is', null).executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Uses a time step up in one statement, so that of two who show one code at once only one is let in. */
export async function useStep(db: Db, personId: string, step: number): Promise<boolean> {
  const query = db
    .updateTable('second_factors')
    .set({ last_step: String(step) })
    .where('person_id', '=', personId);
  const result = await query
    .where((where) => where.or([where('last_step', 'is', null), where('last_step', '<', String(step))]))
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function updateSecret(db: Db, personId: string, before: string, secret: string): Promise<void> {
  await db.updateTable('second_factors').set({ secret }).where('person_id', '=', personId).where('secret', '=', before).execute();
}

export const lockFactors = async (db: Db): Promise<readonly SecondFactorRow[]> =>
  await db.selectFrom('second_factors').selectAll().orderBy('person_id').forUpdate().execute();

/** False where there was none at work. Recovery codes go with it, unless passkeys stay for which they stand in, too. */
export async function deleteFactor(db: Db, personId: string): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    const passkey = await trx.selectFrom('passkeys').select('id').where('person_id', '=', personId).executeTakeFirst();
    if (passkey === undefined) await deleteRecoveryCodes(trx, personId);
    const { confirmed_at } =
      (await trx.deleteFrom('second_factors').where('person_id', '=', personId).returning('confirmed_at').executeTakeFirst()) ?? {};
    return confirmed_at !== undefined && confirmed_at !== null;
  });
}

export async function deleteRecoveryCodes(db: Db, personId: string): Promise<void> {
  await db.deleteFrom('recovery_codes').where('person_id', '=', personId).execute();
}

/** The codes of before open nothing any more. */
export async function replaceRecoveryCodes(db: Db, personId: string, rows: readonly RecoveryCodeRow[]): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await deleteRecoveryCodes(trx, personId);
    await trx
      .insertInto('recovery_codes')
      .values([...rows])
      .execute();
  });
}

/** Each opens once. */
export async function useRecoveryCode(db: Db, personId: string, codeHash: string, now: Date): Promise<boolean> {
  const query = db.updateTable('recovery_codes').set({ used_at: now }).where('person_id', '=', personId).where('code_hash', '=', codeHash);
  return (await query.where('used_at', 'is', null).executeTakeFirst()).numUpdatedRows > 0n;
}

export async function countRecoveryCodes(db: Db, personId: string): Promise<number> {
  const query = db.selectFrom('recovery_codes').select((of) => of.fn.countAll<string>().as('count'));
  const row = await query.where('person_id', '=', personId).where('used_at', 'is', null).executeTakeFirst();
  return Number(row?.count ?? 0);
}
