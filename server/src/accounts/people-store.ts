import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { Role } from '../approvals/roles.ts';
import type { AccountTables } from './store.ts';

export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly created_at: Date;
  readonly role: Role;
  readonly password_hash: string | null;
  readonly failed_attempts: number;
  readonly locked_until: Date | null;
  readonly added_by: string | null;
  readonly joined_at: Date | null;
  readonly removed_at: Date | null;
}

type Db = Kysely<AccountTables>;

/** False where the id is taken, or the name by somebody who is still here. */
export async function insertPerson(db: Db, row: PersonRow): Promise<boolean> {
  const result = await db
    .insertInto('people')
    .values(row)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return (result.numInsertedOrUpdatedRows ?? 0n) > 0n;
}

export const selectPerson = async (db: Db, id: string): Promise<PersonRow | undefined> =>
  await db.selectFrom('people').selectAll().where('id', '=', id).where('removed_at', 'is', null).executeTakeFirst();

export const selectPersonByName = async (db: Db, name: string): Promise<PersonRow | undefined> =>
  await db
    .selectFrom('people')
    .selectAll()
    .where(sql`lower(name)`, '=', name.toLowerCase())
    .where('removed_at', 'is', null)
    .executeTakeFirst();

/** Those who are here, as they came. */
export const selectPeople = async (db: Db): Promise<readonly PersonRow[]> =>
  await db.selectFrom('people').selectAll().where('removed_at', 'is', null).orderBy('created_at').orderBy('id').execute();

/** A statement's own condition, so that of two at once at most one takes the last admin away. */
const otherAdmin = (id: string) =>
  sql<boolean>`exists (select 1 from people o where o.role = 'admin' and o.removed_at is null and o.joined_at is not null and o.id <> ${id})`;

/** False where it would leave no admin who can log in. */
export async function updateRole(db: Db, id: string, role: Role): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    await sql`lock table people in share row exclusive mode`.execute(trx);
    let query = trx.updateTable('people').set({ role }).where('id', '=', id).where('removed_at', 'is', null);
    if (role !== 'admin') query = query.where((where) => where.or([where('role', '!=', 'admin'), otherAdmin(id)]));
    return (await query.executeTakeFirst()).numUpdatedRows > 0n;
  });
}

/** False where it would leave no admin who can log in. */
export async function removePerson(db: Db, id: string, now: Date): Promise<boolean> {
  return await db.transaction().execute(async (trx) => {
    await sql`lock table people in share row exclusive mode`.execute(trx);
    const query = trx
      .updateTable('people')
      .set({ removed_at: now, password_hash: null })
      .where('id', '=', id)
      .where('removed_at', 'is', null)
      .where((where) => where.or([where('role', '!=', 'admin'), otherAdmin(id)]));
    return (await query.executeTakeFirst()).numUpdatedRows > 0n;
  });
}

export async function setPassword(db: Db, id: string, hash: string, now: Date): Promise<void> {
  await db
    .updateTable('people')
    .set({
      password_hash: hash,
      failed_attempts: 0,
      locked_until: null,
      joined_at: sql`coalesce(joined_at, ${now})`,
    })
    .where('id', '=', id)
    .where('removed_at', 'is', null)
    .execute();
}

/** The same password, kept another way; not where it has been changed meanwhile. */
export async function renewPassword(db: Db, id: string, before: string, hash: string): Promise<void> {
  await db.updateTable('people').set({ password_hash: hash }).where('id', '=', id).where('password_hash', '=', before).execute();
}

/** Counts a wrong password; whether it locks: from the fifth on nothing is tried for one minute, then two, four, … up to an hour. */
export async function noteFailure(db: Db, id: string, now: Date): Promise<boolean> {
  const { rows } = await sql<{ locked: boolean }>`update people set failed_attempts = failed_attempts + 1,
    locked_until = case when failed_attempts + 1 >= 5
      then ${now}::timestamptz + least(60, power(2, least(10, failed_attempts - 4))) * interval '1 minute' end
    where id = ${id} returning locked_until is not null as locked`.execute(db);
  return rows.some(({ locked }) => locked);
}

export async function clearFailures(db: Db, id: string): Promise<void> {
  await db.updateTable('people').set({ failed_attempts: 0, locked_until: null }).where('id', '=', id).execute();
}
