import type { Kysely } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { MasterKey } from './broker-keys/master-key.ts';
import { hashPassword, passwordProblem } from './password-service.ts';
import * as people from './people-store.ts';
import type { PersonRow } from './people-store.ts';
import type { Role } from '../approvals/roles.ts';
import { newId } from './credential-service.ts';
import { deletePasskeysOf } from './passkey-store.ts';
import type { Shown } from './passkeys/checking-service.ts';
import { lockedOut, prove, proveAgain, provePasskey, proveSecond } from './proving-service.ts';
import type { Proofs, Proven, Refused } from './proving-service.ts';
import { createInvitation, invitedPerson, useInvitation } from './service.ts';
import { newSession } from './session-service.ts';
import type { NewSession, Opening } from './session-service.ts';
import { confirmSession, revokeSessionsOf } from './session-store.ts';
import * as store from './store.ts';
import type { AccountTables } from './store.ts';
import { logInTries } from './tries.ts';
import type { ConfirmationTries } from './tries.ts';

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

/** Where somebody comes from, and what opens sealed second factors. */
export interface Circumstances {
  readonly opening?: Opening | undefined;
  readonly master?: MasterKey | undefined;
}

export type Joined =
  { readonly ok: true; readonly personId: string; readonly session: NewSession; readonly ended: readonly string[] } | Refused;

const SPENT = 'This invitation has been used, has expired or was never given. Ask whoever invited you for a new one.';

/**
 * Sets the password that the invited person chose, and logs them in. Whoever has a second factor shows it: a link that went astray opens nothing by
 * itself. A password that will not do, or a wrong code, leaves the invitation as it was.
 */
export async function join(
  db: Db,
  { token, password, ...second }: { readonly token: string } & Proofs,
  now: Instant,
  { opening, master }: Circumstances = {},
): Promise<Joined> {
  const invited = await invitedPerson(db, token, now);
  const row = invited === undefined ? undefined : await people.selectPerson(db, invited.id);
  if (row === undefined) return { ok: false, problem: SPENT };
  const problem = passwordProblem(password, row.name);
  if (problem !== undefined) return { ok: false, problem };
  const proven = lockedOut(logInTries(db, row), now) ?? (await proveSecond(db, row, second, { master, now }));
  if (!proven.ok) return proven;
  const hash = await hashPassword(password);
  // Of two who use one link at once, one is let in.
  if ((await useInvitation(db, token, now)) === undefined) return { ok: false, problem: SPENT };
  await people.setPassword(db, row.id, hash, new Date(now));
  const ended = await revokeSessionsOf(db, row.id, new Date(now));
  return { ok: true, personId: row.id, session: await newSession(db, row.id, now, opening), ended };
}

export interface LoggedIn extends Proven {
  readonly session: NewSession;
}

/** Logs in by name, password and, where there is one, second factor. An unknown name costs what a known one does. */
export async function logIn(
  db: Db,
  { name, ...proofs }: { readonly name: string } & Proofs,
  now: Instant,
  { opening, master }: Circumstances = {},
): Promise<LoggedIn | Refused> {
  await store.deleteExpired(db, new Date(now));
  const proven = await prove(db, await people.selectPersonByName(db, name), proofs, { master, now });
  return proven.ok ? { ...proven, session: await newSession(db, proven.personId, now, opening) } : proven;
}

/** Logs in by a passkey alone, which says whose it is: it takes the device and its owner, and so is both factors. */
export async function logInByPasskey(
  db: Db,
  shown: Shown,
  now: Instant,
  { opening }: Pick<Circumstances, 'opening'> = {},
): Promise<LoggedIn | Refused> {
  await store.deleteExpired(db, new Date(now));
  const proven = await provePasskey(db, shown, undefined, now);
  return proven.ok ? { ...proven, session: await newSession(db, proven.personId, now, opening) } : proven;
}

/** The person of a session proves again who they are. Failures are counted by session, and none of a log-in stands in the way. */
export async function confirm(
  db: Db,
  { sessionId, personId, ...proofs }: { readonly sessionId: string; readonly personId: string } & Proofs,
  now: Instant,
  { master, tries }: Pick<Circumstances, 'master'> & { readonly tries: ConfirmationTries },
): Promise<Proven | Refused> {
  const proven = await proveAgain(db, await people.selectPerson(db, personId), proofs, { master, now, tries: tries.of(sessionId) });
  if (proven.ok) await confirmSession(db, sessionId, new Date(now));
  return proven;
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
  return await revokeSessionsOf(db, personId, new Date(now), sessionId);
}

/** What rests on a person: ids of sessions and keys that the change ended. `undefined` where it would leave no admin, or nobody is meant. */
export async function setRole(db: Db, id: string, role: Role, now: Instant): Promise<readonly string[] | undefined> {
  if (!(await people.updateRole(db, id, role))) return undefined;
  // Sessions end so that nothing that is open acts with the old role; keys are bounded by the new one at their next use.
  return [...(await revokeSessionsOf(db, id, new Date(now))), ...(await store.selectKeysOf(db, id))];
}

export async function remove(db: Db, id: string, now: Instant): Promise<readonly string[] | undefined> {
  if (!(await people.removePerson(db, id, new Date(now)))) return undefined;
  await store.deleteTokensOf(db, id);
  await deletePasskeysOf(db, id);
  return [...(await revokeSessionsOf(db, id, new Date(now))), ...(await store.revokeKeysOf(db, id, new Date(now)))];
}

export const endSessions = async (db: Db, id: string, now: Instant, except?: string): Promise<readonly string[]> =>
  await revokeSessionsOf(db, id, new Date(now), except);
