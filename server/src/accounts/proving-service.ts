import type { Kysely } from 'kysely';
import type { Instant } from '../money/instant.ts';
import type { MasterKey } from './broker-keys/master-key.ts';
import { checkOpened, openShown } from './passkeys/checking-service.ts';
import type { Opened, Shown } from './passkeys/checking-service.ts';
import { hashPassword, isOutdated, passwordMatches } from './password-service.ts';
import * as people from './people-store.ts';
import type { PersonRow } from './people-store.ts';
import { checkSecondFactor } from './second-factor-service.ts';
import type { Wants } from './second-factor-service.ts';
import type { AccountTables } from './store.ts';

type Db = Kysely<AccountTables>;

/** What somebody shows to prove who they are. */
export interface Proofs {
  readonly password: string;
  /** Of the authenticator app, or a recovery code; empty where none was given. */
  readonly code: string;
  /** In the place of the code; where no password came, of that too. */
  readonly passkey?: Shown | undefined;
}

/** Somebody did not prove who they are: one sentence, what else is asked for, and who was locked out by it. */
export interface Refused {
  readonly ok: false;
  readonly problem: string;
  readonly wants?: Wants;
  readonly locked?: string;
  /** The counter of a passkey went back: whose, and its name. */
  readonly copied?: { readonly personId: string; readonly passkey: string };
}

export type ProvenBy = 'password' | 'password and code' | 'password and recovery code' | 'password and passkey' | 'passkey';
export interface Proven {
  readonly ok: true;
  readonly personId: string;
  readonly by: ProvenBy;
}

const WRONG = 'Name and password do not belong together.';
const WRONG_CODE = 'This code is not the one of now, or was used before. Wait for the next one.';
const SEALED = 'The server cannot open your second factor: it was started with another master key, or without one. Ask whoever runs it.';
const ASKED: Readonly<Record<Wants, string>> = {
  code: 'Now the code of your authenticator app, or a recovery code.',
  passkey: 'Now your passkey, or a recovery code.',
  'code or passkey': 'Now your passkey, the code of your authenticator app, or a recovery code.',
};

const WRONG_PASSKEY = 'This passkey did not prove who you are. Try again, and let the device see your finger, face or PIN.';
const COPIED = 'This passkey was refused: by its counter there may be a copy of it. Log in another way, remove it and make another.';
const UNOPENED: Readonly<Record<(Opened & { ok: false })['why'], string>> = {
  form: 'This is no answer of a passkey. Try again.',
  late: 'This took longer than five minutes, was answered before, or was asked of another browser. Try again.',
  unknown: 'This server does not know this passkey: it was removed, or made for another server.',
};

type Extra = Pick<Refused, 'wants' | 'copied'>;

/** Counts a failure; whoever is locked out by it is named. */
async function failed(db: Db, personId: string, problem: string, now: Instant, extra: Extra = {}): Promise<Refused> {
  const isLocked = await people.noteFailure(db, personId, new Date(now));
  return { ok: false, problem, ...extra, ...(isLocked ? { locked: personId } : {}) };
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

/** A passkey of a person who is here and not locked out: of the `expected` one, or of whoever it says. What is not signed rightly counts with wrong passwords. */
export async function provePasskey(db: Db, shown: Shown, expected: PersonRow | undefined, now: Instant): Promise<Refused | Proven> {
  const opened = await openShown(db, shown, now);
  if (!opened.ok) return { ok: false, problem: UNOPENED[opened.why] };
  const { person_id: personId, name } = opened.passkey;
  if (expected !== undefined && expected.id !== personId) return await failed(db, expected.id, 'This passkey is somebody else’s.', now);
  const person = expected ?? (await people.selectPerson(db, personId));
  if (person === undefined) return { ok: false, problem: UNOPENED.unknown };
  const locked = lockedOut(person, now);
  if (locked !== undefined) return locked;
  const checked = await checkOpened(db, opened, shown.asked, now);
  if (checked === 'wrong') return await failed(db, personId, WRONG_PASSKEY, now);
  if (checked === 'copied') return await failed(db, personId, COPIED, now, { copied: { personId, passkey: name } });
  if (person.failed_attempts > 0) await people.clearFailures(db, personId);
  return { ok: true, personId, by: 'passkey' };
}

/** The second factor of somebody whose first was right. Wrong codes count with wrong passwords. */
export async function proveSecond(
  db: Db,
  person: PersonRow,
  { code, passkey }: Pick<Proofs, 'code' | 'passkey'>,
  master: MasterKey | undefined,
  now: Instant,
): Promise<Refused | { readonly ok: true; readonly by: ProvenBy }> {
  if (passkey !== undefined) {
    const proven = await provePasskey(db, passkey, person, now);
    return proven.ok ? { ok: true, by: 'password and passkey' } : proven;
  }
  const checked = await checkSecondFactor(db, { personId: person.id, code }, master, now);
  if (checked.ok) return { ok: true, by: checked.by === 'none' ? 'password' : `password and ${checked.by}` };
  if (checked.why === 'sealed') return { ok: false, problem: SEALED };
  if (checked.why === 'wrong') return await failed(db, person.id, WRONG_CODE, now, { wants: checked.wants });
  return { ok: false, problem: ASKED[checked.wants], wants: checked.wants };
}

/** Password and, where there is one, second factor. Failures are forgotten only when all of it was right, so that a known password opens no guessing at codes. */
export async function prove(
  db: Db,
  person: PersonRow | undefined,
  { password, ...second }: Proofs,
  master: MasterKey | undefined,
  now: Instant,
): Promise<Proven | Refused> {
  const locked = person === undefined ? undefined : lockedOut(person, now);
  if (locked !== undefined) return locked;
  if (!(await passwordMatches(password, person?.password_hash ?? null)) || person === undefined)
    return person === undefined ? { ok: false, problem: WRONG } : await failed(db, person.id, WRONG, now);
  const proven = await proveSecond(db, person, second, master, now);
  if (!proven.ok) return proven;
  if (person.failed_attempts > 0) await people.clearFailures(db, person.id);
  await renewHash(db, person, password);
  return { ok: true, personId: person.id, by: proven.by };
}

/** As {@link prove}, said to somebody who is logged in; a passkey of theirs is enough by itself. */
export async function proveAgain(
  db: Db,
  person: PersonRow | undefined,
  proofs: Proofs,
  master: MasterKey | undefined,
  now: Instant,
): Promise<Proven | Refused> {
  if (person !== undefined && proofs.passkey !== undefined && proofs.password === '')
    return await provePasskey(db, proofs.passkey, person, now);
  if (person?.password_hash === null)
    return { ok: false, problem: 'You have no password yet: set one on the page Security, or open a new log-in link.' };
  const proven = await prove(db, person, proofs, master, now);
  return proven.ok || proven.problem !== WRONG ? proven : { ...proven, problem: 'This is not your password.' };
}
