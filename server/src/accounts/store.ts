import type { Kysely } from 'kysely';
import type { KeyKind } from '../approvals/keys.ts';
import type { Role } from '../approvals/roles.ts';
import type { ChallengeRow, PasskeyRow } from './passkey-store.ts';
import type { PersonRow } from './people-store.ts';
import type { RecoveryCodeRow, SecondFactorRow } from './second-factor-store.ts';
import type { SessionRow } from './session-store.ts';

export type TokenPurpose = 'login' | 'invitation';

interface LoginTokenRow {
  readonly token_hash: string;
  readonly person_id: string;
  readonly purpose: TokenPurpose;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly used_at: Date | null;
}

export interface ApiKeyRow {
  readonly id: string;
  readonly key_hash: string;
  readonly name: string;
  readonly person_id: string;
  readonly role: Role;
  readonly kind: KeyKind;
  /** With commas between. */
  readonly scopes: string;
  readonly expires_at: Date;
  readonly created_at: Date;
  readonly last_used_at: Date | null;
  readonly revoked_at: Date | null;
  readonly paused_at: Date | null;
}

interface SettingRow {
  readonly name: string;
  readonly value: unknown;
  readonly updated_at: Date;
}

export interface AccountTables {
  readonly people: PersonRow;
  readonly login_tokens: LoginTokenRow;
  readonly sessions: SessionRow;
  readonly api_keys: ApiKeyRow;
  readonly second_factors: SecondFactorRow;
  readonly recovery_codes: RecoveryCodeRow;
  readonly passkeys: PasskeyRow;
  readonly passkey_challenges: ChallengeRow;
  readonly settings: SettingRow;
}

type Db = Kysely<AccountTables>;

export async function insertLoginToken(db: Db, row: LoginTokenRow): Promise<void> {
  await db.insertInto('login_tokens').values(row).execute();
}

/** The person a token stands for, where it could be used now. */
export async function selectToken(db: Db, tokenHash: string, purpose: TokenPurpose, now: Date): Promise<string | undefined> {
  const row = await db
    .selectFrom('login_tokens')
    .select('person_id')
    .where('token_hash', '=', tokenHash)
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row?.person_id;
}

/** Uses the token up in one statement, so that of two attempts at once only one is let in. */
export async function useToken(db: Db, tokenHash: string, purpose: TokenPurpose, now: Date): Promise<string | undefined> {
  const row = await db
    .updateTable('login_tokens')
    .set({ used_at: now })
    .where('token_hash', '=', tokenHash)
    .where('purpose', '=', purpose)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('person_id')
    .executeTakeFirst();
  return row?.person_id;
}

/** Links that were given to somebody and not used yet open nothing any more. */
export async function deleteTokensOf(db: Db, personId: string): Promise<void> {
  await db.deleteFrom('login_tokens').where('person_id', '=', personId).where('used_at', 'is', null).execute();
}

export async function deleteExpired(db: Db, now: Date): Promise<void> {
  await db.deleteFrom('sessions').where('expires_at', '<=', now).execute();
  await db.deleteFrom('login_tokens').where('expires_at', '<=', now).execute();
}

export async function insertApiKey(db: Db, row: ApiKeyRow): Promise<void> {
  await db.insertInto('api_keys').values(row).execute();
}

/** Which key: by what its holder knows, or by its id where the server itself uses it. */
export type KeyName = { readonly hash: string } | { readonly id: string };

/** Notes the use at most once a minute: a busy key is not a write a request. */
export async function useApiKey(db: Db, name: KeyName, now: Date): Promise<ApiKeyRow | undefined> {
  const row = await db
    .selectFrom('api_keys')
    .selectAll()
    .where((is) => ('id' in name ? is('id', '=', name.id) : is('key_hash', '=', name.hash)))
    .where('revoked_at', 'is', null)
    .where('paused_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  if (row.last_used_at === null || now.getTime() - row.last_used_at.getTime() > 60_000) {
    await db.updateTable('api_keys').set({ last_used_at: now }).where('id', '=', row.id).execute();
  }
  return row;
}

export async function revokeApiKey(db: Db, id: string, now: Date): Promise<boolean> {
  const result = await db
    .updateTable('api_keys')
    .set({ revoked_at: now })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

/** Pauses a key from `at` on, or lets it work again; false where it is unknown, has been revoked, or was so already. */
export async function setKeyPaused(db: Db, id: string, at: Date | null): Promise<boolean> {
  const result = await db
    .updateTable('api_keys')
    .set({ paused_at: at })
    .where('id', '=', id)
    .where('revoked_at', 'is', null)
    .where('paused_at', at === null ? 'is not' : 'is', null)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function revokeKeysOf(db: Db, personId: string, now: Date): Promise<readonly string[]> {
  const query = db.updateTable('api_keys').set({ revoked_at: now }).where('person_id', '=', personId).where('revoked_at', 'is', null);
  return (await query.returning('id').execute()).map(({ id }) => id);
}

export const selectKeysOf = async (db: Db, personId: string): Promise<readonly string[]> =>
  (await db.selectFrom('api_keys').select('id').where('person_id', '=', personId).where('revoked_at', 'is', null).execute()).map(
    ({ id }) => id,
  );

export const selectApiKeys = async (db: Db): Promise<readonly ApiKeyRow[]> =>
  await db.selectFrom('api_keys').selectAll().orderBy('created_at').execute();

/** Of these sessions and keys, those that have not been ended, with the roles that they rest on. Their age is not looked at. */
export async function selectStanding(
  db: Db,
  ids: readonly string[],
): Promise<readonly { readonly id: string; readonly roles: readonly Role[]; readonly kind: KeyKind | undefined }[]> {
  const sessions = await db
    .selectFrom('sessions as s')
    .innerJoin('people as p', 'p.id', 's.person_id')
    .select(['s.id', 'p.role'])
    .where('s.id', 'in', ids)
    .where('s.revoked_at', 'is', null)
    .where('p.removed_at', 'is', null)
    .execute();
  const keys = await db
    .selectFrom('api_keys as k')
    .innerJoin('people as p', 'p.id', 'k.person_id')
    .select(['k.id', 'k.role', 'k.kind', 'p.role as person_role'])
    .where('k.id', 'in', ids)
    .where('k.revoked_at', 'is', null)
    .where('k.paused_at', 'is', null)
    .where('p.removed_at', 'is', null)
    .execute();
  return [
    ...sessions.map(({ id, role }) => ({ id, roles: [role], kind: undefined })),
    ...keys.map(({ id, role, kind, person_role: ofPerson }) => ({ id, roles: [role, ofPerson], kind })),
  ];
}

export async function upsertSetting(db: Db, row: SettingRow): Promise<void> {
  await db
    .insertInto('settings')
    .values(row)
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: row.value, updated_at: row.updated_at }))
    .execute();
}

export const selectSetting = async (db: Db, name: string): Promise<unknown> =>
  (await db.selectFrom('settings').select('value').where('name', '=', name).executeTakeFirst())?.value;
