import type { Kysely } from 'kysely';
import type { Instant } from '../money/instant.ts';
import type { MasterKey } from './broker-keys/master-key.ts';
import { hashPassword, isOutdated, passwordMatches } from './password-service.ts';
import * as people from './people-store.ts';
import type { PersonRow } from './people-store.ts';
import { checkSecondFactor } from './second-factor-service.ts';
import type { AccountTables } from './store.ts';

type Db = Kysely<AccountTables>;

/** What somebody shows to prove who they are. */
export interface Proofs {
  readonly password: string;
  /** Of the authenticator app, or a recovery code; empty where none was given. */
  readonly code: string;
}

/** Somebody did not prove who they are: one sentence, what else is asked for, and who was locked out by it. */
export interface Refused {
  readonly ok: false;
  readonly problem: string;
  readonly wants?: 'code';
  readonly locked?: string;
}

export type ProvenBy = 'password' | 'password and code' | 'password and recovery code';
export interface Proven {
  readonly ok: true;
  readonly personId: string;
  readonly by: ProvenBy;
}

const WRONG = 'Name and password do not belong together.';
const WRONG_CODE = 'This code is not the one of now, or was used before. Wait for the next one.';
const SEALED = 'The server cannot open your second factor: it was started with another master key, or without one. Ask whoever runs it.';

/** Counts a failure; whoever is locked out by it is named. */
async function failed(db: Db, personId: string, problem: string, now: Instant, wants?: 'code'): Promise<Refused> {
  const isLocked = await people.noteFailure(db, personId, new Date(now));
  return { ok: false, problem, ...(wants === undefined ? {} : { wants }), ...(isLocked ? { locked: personId } : {}) };
}

/** Whoever failed too often waits, whatever they show now. */
export function lockedOut({ locked_until: until }: PersonRow, now: Instant): Refused | undefined {
  if (until === null || until.getTime() <= now) return undefined;
  const minutes = Math.ceil((until.getTime() - now) / 60_000);
  return { ok: false, problem: `Too many wrong passwords or codes: try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.` };
}

/** A password that is kept in an older way is kept in today's: only now is it known. */
async function renewHash(db: Db, { id, password_hash: hash }: PersonRow, password: string): Promise<void> {
  if (hash !== null && isOutdated(hash)) await people.renewPassword(db, id, hash, await hashPassword(password));
}

/** The second factor of somebody whose first was right. Wrong codes count with wrong passwords. */
export async function proveSecond(
  db: Db,
  person: PersonRow,
  code: string,
  master: MasterKey | undefined,
  now: Instant,
): Promise<Refused | { readonly ok: true; readonly by: ProvenBy }> {
  const checked = await checkSecondFactor(db, { personId: person.id, code }, master, now);
  if (checked.ok) return { ok: true, by: checked.by === 'none' ? 'password' : `password and ${checked.by}` };
  if (checked.why === 'sealed') return { ok: false, problem: SEALED };
  if (checked.why === 'wrong') return await failed(db, person.id, WRONG_CODE, now, 'code');
  return { ok: false, problem: 'Now the code of your authenticator app, or a recovery code.', wants: 'code' };
}

/** Password and, where there is one, second factor. Failures are forgotten only when all of it was right, so that a known password opens no guessing at codes. */
export async function prove(
  db: Db,
  person: PersonRow | undefined,
  { password, code }: Proofs,
  master: MasterKey | undefined,
  now: Instant,
): Promise<Proven | Refused> {
  const locked = person === undefined ? undefined : lockedOut(person, now);
  if (locked !== undefined) return locked;
  if (!(await passwordMatches(password, person?.password_hash ?? null)) || person === undefined)
    return person === undefined ? { ok: false, problem: WRONG } : await failed(db, person.id, WRONG, now);
  const second = await proveSecond(db, person, code, master, now);
  if (!second.ok) return second;
  if (person.failed_attempts > 0) await people.clearFailures(db, person.id);
  await renewHash(db, person, password);
  return { ok: true, personId: person.id, by: second.by };
}

/** As {@link prove}, said to somebody who is logged in. */
export async function proveAgain(
  db: Db,
  person: PersonRow | undefined,
  proofs: Proofs,
  master: MasterKey | undefined,
  now: Instant,
): Promise<Proven | Refused> {
  if (person?.password_hash === null)
    return { ok: false, problem: 'You have no password yet: set one on the page Security, or open a new log-in link.' };
  const proven = await prove(db, person, proofs, master, now);
  return proven.ok || proven.problem !== WRONG ? proven : { ...proven, problem: 'This is not your password.' };
}
