import type { Kysely } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { hashPassword, isOutdated, passwordMatches, passwordProblem } from './password-service.ts';
import * as people from './people-store.ts';
import type { PersonRow } from './people-store.ts';
import type { Role } from '../approvals/roles.ts';
import { createInvitation, invitedPerson, newId, newSession, useInvitation } from './service.ts';
import type { NewSession } from './service.ts';
import * as store from './store.ts';
import type { AccountTables } from './store.ts';

type Db = Kysely<AccountTables>;

/** Somebody who may log in, or who was invited to. */
export interface KnownPerson {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
  readonly hasPassword: boolean;
  /** `undefined` until the invitation was used. */
  readonly joinedAt: Instant | undefined;
  readonly addedBy: string | undefined;
  readonly createdAt: Instant;
}

const instantOf = (at: Date | null): Instant | undefined => (at === null ? undefined : instantFromMs(at.getTime()));

const knownPerson = (row: PersonRow): KnownPerson => ({
  id: row.id,
  name: row.name,
  role: row.role,
  hasPassword: row.password_hash !== null,
  joinedAt: instantOf(row.joined_at),
  addedBy: row.added_by ?? undefined,
  createdAt: instantFromMs(row.created_at.getTime()),
});

export const listPeople = async (db: Db): Promise<readonly KnownPerson[]> => (await people.selectPeople(db)).map(knownPerson);

export async function personById(db: Db, id: string): Promise<KnownPerson | undefined> {
  const row = await people.selectPerson(db, id);
  return row === undefined ? undefined : knownPerson(row);
}

export async function personByName(db: Db, name: string): Promise<KnownPerson | undefined> {
  const row = await people.selectPersonByName(db, name);
  return row === undefined ? undefined : knownPerson(row);
}

const NAME = /^[\p{L}\p{N}](?:[\p{L}\p{N} .'_-]{0,38}[\p{L}\p{N}.])?$/u;

/** One sentence where the name will not do. Letters that look like others are folded, so that two people cannot seem one. */
export const nameProblem = (name: string): string | undefined =>
  NAME.test(name) && name === name.normalize('NFKC') ? undefined : 'A name has 1 to 40 letters, digits, spaces, points or dashes.';

export interface Invited {
  readonly person: KnownPerson;
  /** Known to nobody after this answer. */
  readonly token: string;
  readonly expiresAt: Instant;
}

/** A new person and the link's token by which they join, once, within a week; `undefined` where the name is taken. */
export async function invite(
  db: Db,
  { name, role, by }: { readonly name: string; readonly role: Role; readonly by: string },
  now: Instant,
): Promise<Invited | undefined> {
  const row: PersonRow = {
    id: newId(),
    name,
    created_at: new Date(now),
    role,
    password_hash: null,
    failed_attempts: 0,
    locked_until: null,
    added_by: by,
    joined_at: null,
    removed_at: null,
  };
  if (!(await people.insertPerson(db, row))) return undefined;
  return { person: knownPerson(row), ...(await createInvitation(db, row.id, now)) };
}

/** A new link for somebody who has not joined, or has forgotten the password: the old password works until it is used. */
export async function inviteAgain(db: Db, id: string, now: Instant): Promise<Invited | undefined> {
  const person = await personById(db, id);
  return person === undefined ? undefined : { person, ...(await createInvitation(db, id, now)) };
}

export type Joined =
  { readonly ok: true; readonly session: NewSession; readonly ended: readonly string[] } | { readonly ok: false; readonly problem: string };

const SPENT = 'This invitation has been used, has expired or was never given. Ask whoever invited you for a new one.';

/** Sets the password that the invited person chose, and logs them in. A password that will not do leaves the invitation as it was. */
export async function join(db: Db, token: string, password: string, now: Instant): Promise<Joined> {
  const invited = await invitedPerson(db, token, now);
  if (invited === undefined) return { ok: false, problem: SPENT };
  const problem = passwordProblem(password, invited.name);
  if (problem !== undefined) return { ok: false, problem };
  const hash = await hashPassword(password);
  // Of two who use one link at once, one is let in.
  if ((await useInvitation(db, token, now)) === undefined) return { ok: false, problem: SPENT };
  await people.setPassword(db, invited.id, hash, new Date(now));
  const ended = await store.revokeSessionsOf(db, invited.id, new Date(now));
  return { ok: true, session: await newSession(db, invited.id, now), ended };
}

type Checked = { readonly ok: true; readonly personId: string } | { readonly ok: false; readonly problem: string };

const WRONG = 'Name and password do not belong together.';

async function checkPassword(db: Db, person: PersonRow | undefined, password: string, now: Instant): Promise<Checked> {
  const locked = person?.locked_until;
  if (person !== undefined && locked !== undefined && locked !== null && locked.getTime() > now) {
    const minutes = Math.ceil((locked.getTime() - now) / 60_000);
    return { ok: false, problem: `Too many wrong passwords: try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.` };
  }
  if (!(await passwordMatches(password, person?.password_hash ?? null)) || person === undefined) {
    if (person !== undefined) await people.noteFailure(db, person.id, new Date(now));
    return { ok: false, problem: WRONG };
  }
  if (person.failed_attempts > 0) await people.clearFailures(db, person.id);
  await renewHash(db, person, password);
  return { ok: true, personId: person.id };
}

/** A password that is kept in an older way is kept in today's: only now is it known. */
async function renewHash(db: Db, { id, password_hash: hash }: PersonRow, password: string): Promise<void> {
  if (hash !== null && isOutdated(hash)) await people.renewPassword(db, id, hash, await hashPassword(password));
}

/** Logs in by name and password. An unknown name costs what a known one does. */
export async function logIn(
  db: Db,
  { name, password }: { readonly name: string; readonly password: string },
  now: Instant,
): Promise<{ readonly ok: true; readonly session: NewSession } | { readonly ok: false; readonly problem: string }> {
  await store.deleteExpired(db, new Date(now));
  const checked = await checkPassword(db, await people.selectPersonByName(db, name), password, now);
  return checked.ok ? { ok: true, session: await newSession(db, checked.personId, now) } : checked;
}

/** The person of a session proves again who they are; one sentence where that failed. */
export async function confirm(
  db: Db,
  { sessionId, personId, password }: { readonly sessionId: string; readonly personId: string; readonly password: string },
  now: Instant,
): Promise<string | undefined> {
  const person = await people.selectPerson(db, personId);
  if (person?.password_hash === null) return 'You have no password yet: set one on the page People, or open a new log-in link.';
  const checked = await checkPassword(db, person, password, now);
  if (!checked.ok) return checked.problem === WRONG ? 'This is not your password.' : checked.problem;
  await store.confirmSession(db, sessionId, new Date(now));
  return undefined;
}

/** A new password; other sessions of the person end. Their ids, or one sentence where it will not do. */
export async function changePassword(
  db: Db,
  { sessionId, personId, password }: { readonly sessionId: string; readonly personId: string; readonly password: string },
  now: Instant,
): Promise<readonly string[] | string> {
  const person = await people.selectPerson(db, personId);
  if (person === undefined) return 'You are not here any more.';
  const problem = passwordProblem(password, person.name);
  if (problem !== undefined) return problem;
  await people.setPassword(db, personId, await hashPassword(password), new Date(now));
  return await store.revokeSessionsOf(db, personId, new Date(now), sessionId);
}

/** What rests on a person: ids of sessions and keys that the change ended. `undefined` where it would leave no admin, or nobody is meant. */
export async function setRole(db: Db, id: string, role: Role, now: Instant): Promise<readonly string[] | undefined> {
  if (!(await people.updateRole(db, id, role))) return undefined;
  // Sessions end so that nothing that is open acts with the old role; keys are bounded by the new one at their next use.
  return [...(await store.revokeSessionsOf(db, id, new Date(now))), ...(await store.selectKeysOf(db, id))];
}

export async function remove(db: Db, id: string, now: Instant): Promise<readonly string[] | undefined> {
  if (!(await people.removePerson(db, id, new Date(now)))) return undefined;
  await store.deleteTokensOf(db, id);
  return [...(await store.revokeSessionsOf(db, id, new Date(now))), ...(await store.revokeKeysOf(db, id, new Date(now)))];
}

export const endSessions = async (db: Db, id: string, now: Instant): Promise<readonly string[]> =>
  await store.revokeSessionsOf(db, id, new Date(now));
