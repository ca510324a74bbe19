import type { Kysely } from 'kysely';
import type { AccountTables } from './store.ts';

export interface PasskeyRow {
  readonly id: string;
  readonly person_id: string;
  readonly credential_id: string;
  readonly public_key: string;
  /** As text: the driver gives `bigint` so. */
  readonly counter: string;
  readonly user_handle: string;
  readonly rp_id: string;
  readonly transports: string;
  readonly name: string;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
}

export type ChallengePurpose = 'adding' | 'logging in' | 'confirming';

export interface ChallengeRow {
  readonly challenge_hash: string;
  readonly purpose: ChallengePurpose;
  readonly bound_to: string;
  readonly origin: string;
  readonly user_handle: string | null;
  readonly asked_by: string;
  readonly created_at: Date;
  readonly expires_at: Date;
}

type Db = Kysely<AccountTables>;

/** False where the device has given this one before. */
export async function insertPasskey(db: Db, row: PasskeyRow): Promise<boolean> {
  const query = db
    .insertInto('passkeys')
    .values(row)
    .onConflict((conflict) => conflict.doNothing());
  return ((await query.executeTakeFirst()).numInsertedOrUpdatedRows ?? 0n) > 0n;
}

/** As they came. */
export const selectPasskeysOf = async (db: Db, personId: string): Promise<readonly PasskeyRow[]> =>
  await db.selectFrom('passkeys').selectAll().where('person_id', '=', personId).orderBy('created_at').orderBy('id').execute();

export const selectPasskey = async (db: Db, credentialId: string): Promise<PasskeyRow | undefined> =>
  await db.selectFrom('passkeys').selectAll().where('credential_id', '=', credentialId).executeTakeFirst();

export const selectOwners = async (db: Db): Promise<readonly string[]> =>
  (await db.selectFrom('passkeys').select('person_id').distinct().execute()).map(({ person_id }) => person_id);

/**
 * Notes a use, in one statement, so that of two with one counter only one is let in. False where the counter has not gone on, which it must unless its
 * device never counts, or where the passkey was removed meanwhile.
 */
export async function usePasskey(db: Db, id: string, counter: number, now: Date): Promise<boolean> {
  const query = db
    .updateTable('passkeys')
    .set({ counter: String(counter), last_used_at: now })
    .where('id', '=', id);
  const goesOn = query.where((where) =>
    where.or([where('counter', '<', String(counter)), ...(counter === 0 ? [where('counter', '=', '0')] : [])]),
  );
  return (await goesOn.executeTakeFirst()).numUpdatedRows > 0n;
}

/** The name of before; `undefined` where it is nobody's, or somebody else's. */
export async function renamePasskey(db: Db, id: string, personId: string, name: string): Promise<string | undefined> {
  return await db.transaction().execute(async (trx) => {
    const own = trx.selectFrom('passkeys').select('name').where('id', '=', id).where('person_id', '=', personId).forUpdate();
    const row = await own.executeTakeFirst();
    if (row !== undefined) await trx.updateTable('passkeys').set({ name }).where('id', '=', id).execute();
    return row?.name;
  });
}

/** Its name; `undefined` where it is nobody's, or somebody else's. */
export async function deletePasskey(db: Db, id: string, personId: string): Promise<string | undefined> {
  const query = db.deleteFrom('passkeys').where('id', '=', id).where('person_id', '=', personId);
  return (await query.returning('name').executeTakeFirst())?.name;
}

export async function deletePasskeysOf(db: Db, personId: string): Promise<boolean> {
  return (await db.deleteFrom('passkeys').where('person_id', '=', personId).executeTakeFirst()).numDeletedRows > 0n;
}

/** Of whoever asked the newest few are kept beside it: a stranger who asks for more pushes out their own. */
export async function insertChallenge(db: Db, row: ChallengeRow, othersMax: number): Promise<void> {
  await db.deleteFrom('passkey_challenges').where('expires_at', '<=', row.created_at).execute();
  const older = db
    .selectFrom('passkey_challenges')
    .select('challenge_hash')
    .where('asked_by', '=', row.asked_by)
    .where('purpose', '=', row.purpose)
    .orderBy('created_at', 'desc')
    .orderBy('challenge_hash')
    .offset(othersMax);
  await db.deleteFrom('passkey_challenges').where('challenge_hash', 'in', older).execute();
  await db.insertInto('passkey_challenges').values(row).execute();
}

/** Uses a challenge up, whatever comes of it; `undefined` where it was never given to this browser for this, was used, or has ended. */
export async function takeChallenge(
  db: Db,
  { challenge_hash, purpose, bound_to, origin }: Pick<ChallengeRow, 'challenge_hash' | 'purpose' | 'bound_to' | 'origin'>,
  now: Date,
): Promise<ChallengeRow | undefined> {
  return await db
    .deleteFrom('passkey_challenges')
    .where('challenge_hash', '=', challenge_hash)
    .where('purpose', '=', purpose)
    .where('bound_to', '=', bound_to)
    .where('origin', '=', origin)
    .where('expires_at', '>', now)
    .returningAll()
    .executeTakeFirst();
}
