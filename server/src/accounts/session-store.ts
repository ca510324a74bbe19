import type { Kysely } from 'kysely';
import type { PersonRow } from './people-store.ts';
import type { AccountTables } from './store.ts';

export interface SessionRow {
  readonly id: string;
  readonly token_hash: string;
  readonly person_id: string;
  readonly created_at: Date;
  readonly confirmed_at: Date;
  readonly expires_at: Date;
  readonly revoked_at: Date | null;
  readonly last_seen_at: Date;
  readonly rotated_at: Date;
  readonly previous_hash: string | null;
  readonly previous_until: Date | null;
  readonly idle_seconds: number;
  readonly address: string;
  readonly agent: string;
}

type Db = Kysely<AccountTables>;

export async function insertSession(db: Db, row: SessionRow): Promise<void> {
  await db.insertInto('sessions').values(row).execute();
}

/** A session with the person whose it is. */
export interface PersonalSessionRow extends SessionRow, Pick<PersonRow, 'name' | 'role'> {}

/** Those of people who are here, that nobody has ended. In one statement: each request asks. */
const openSessions = (db: Db) =>
  db
    .selectFrom('sessions')
    .innerJoin('people', 'people.id', 'sessions.person_id')
    .selectAll('sessions')
    .select(['people.name', 'people.role'])
    .where('people.removed_at', 'is', null)
    .where('sessions.revoked_at', 'is', null);

/** By the secret of today or the one before it. */
export const selectSession = async (db: Db, tokenHash: string): Promise<PersonalSessionRow | undefined> =>
  await openSessions(db)
    .where((where) => where.or([where('sessions.token_hash', '=', tokenHash), where('sessions.previous_hash', '=', tokenHash)]))
    .executeTakeFirst();

export const selectSessionById = async (db: Db, id: string): Promise<PersonalSessionRow | undefined> =>
  await openSessions(db).where('sessions.id', '=', id).executeTakeFirst();

export const selectSessionsOf = async (db: Db, personId: string): Promise<readonly SessionRow[]> =>
  await db
    .selectFrom('sessions')
    .selectAll()
    .where('person_id', '=', personId)
    .where('revoked_at', 'is', null)
    .orderBy('last_seen_at', 'desc')
    .execute();

export async function touchSession(
  db: Db,
  id: string,
  change: { readonly last_seen_at: Date } | { readonly last_seen_at: Date; readonly previous_until: Date },
): Promise<void> {
  await db.updateTable('sessions').set(change).where('id', '=', id).where('revoked_at', 'is', null).execute();
}

/** Puts another secret in the place of the one that came; false where somebody else has just done so. */
export async function replaceToken(
  db: Db,
  { id, rotated_at }: Pick<SessionRow, 'id' | 'rotated_at'>,
  change: Pick<SessionRow, 'token_hash' | 'previous_hash' | 'previous_until' | 'rotated_at'>,
): Promise<boolean> {
  const query = db.updateTable('sessions').set(change).where('id', '=', id).where('rotated_at', '=', rotated_at);
  return (await query.where('revoked_at', 'is', null).executeTakeFirst()).numUpdatedRows > 0n;
}

export async function confirmSession(db: Db, id: string, now: Date): Promise<void> {
  await db.updateTable('sessions').set({ confirmed_at: now }).where('id', '=', id).where('revoked_at', 'is', null).execute();
}

/** False where it has ended before, or is somebody else's. */
export async function revokeSession(db: Db, id: string, personId: string, now: Date): Promise<boolean> {
  const query = db.updateTable('sessions').set({ revoked_at: now }).where('id', '=', id).where('person_id', '=', personId);
  return (await query.where('revoked_at', 'is', null).executeTakeFirst()).numUpdatedRows > 0n;
}

/** Ends every session of a person but `except`; their ids. */
export async function revokeSessionsOf(db: Db, personId: string, now: Date, except?: string): Promise<readonly string[]> {
  let query = db.updateTable('sessions').set({ revoked_at: now }).where('person_id', '=', personId).where('revoked_at', 'is', null);
  if (except !== undefined) query = query.where('id', '!=', except);
  return (await query.returning('id').execute()).map(({ id }) => id);
}
