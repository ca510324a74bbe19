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
import { logInTries } from './tries.ts';
import type { Tries } from './tries.ts';

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
async function failed(tries: Tries, personId: string, problem: string, now: Instant, extra: Extra = {}): Promise<Refused> {
  const isLocked = await tries.fail(now);
  return { ok: false, problem, ...extra, ...(isLocked ? { locked: personId } : {}) };
}

/** Whoever failed too often waits, whatever password or code they show now. */
export function lockedOut({ pausedUntil }: Tries, now: Instant): Refused | undefined {
  if (pausedUntil === undefined || pausedUntil <= now) return undefined;
  const minutes = Math.ceil((pausedUntil - now) / 60_000);
  return { ok: false, problem: `Too many wrong passwords or codes: try again in ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}.` };
}

/** A password that is kept in an older way is kept in today's: only now is it known. */
async function renewHash(db: Db, { id, password_hash: hash }: PersonRow, password: string): Promise<void> {
  if (hash !== null && isOutdated(hash)) await people.renewPassword(db, id, hash, await hashPassword(password));
}

/** Whose passkey is expected, and what its failures are counted with. */
interface Expected {
  readonly person: PersonRow;
  readonly tries: Tries;
}

/**
 * A passkey of a person who is here: of the `expected` one, or of whoever it says. What is not signed rightly counts with wrong passwords; no pause keeps a right
 * one out, since nobody can guess a signature, and a stranger's wrong passwords pause its owner.
 */
export async function provePasskey(db: Db, shown: Shown, expected: Expected | undefined, now: Instant): Promise<Refused | Proven> {
  const opened = await openShown(db, shown, now);
  if (!opened.ok) return { ok: false, problem: UNOPENED[opened.why] };
  const { person_id: personId, name } = opened.passkey;
  if (expected !== undefined && expected.person.id !== personId)
    return await failed(expected.tries, expected.person.id, 'This passkey is somebody else’s.', now);
  const person = expected?.person ?? (await people.selectPerson(db, personId));
  if (person === undefined) return { ok: false, problem: UNOPENED.unknown };
  const tries = expected?.tries ?? logInTries(db, person);
  const checked = await checkOpened(db, opened, shown.asked, now);
  if (checked === 'wrong') return await failed(tries, personId, WRONG_PASSKEY, now);
  if (checked === 'copied') return await failed(tries, personId, COPIED, now, { copied: { personId, passkey: name } });
  // Whoever is guessing meanwhile goes on waiting.
  if (lockedOut(tries, now) === undefined) await tries.forget();
  return { ok: true, personId, by: 'passkey' };
}

/** With what secrets are opened, when it is, and what failures are counted with: where it does not say, with log-ins. */
export interface Proving {
  readonly master: MasterKey | undefined;
  readonly now: Instant;
  readonly tries?: Tries | undefined;
}

/** The second factor of somebody whose first was right. Wrong codes count with wrong passwords. */
export async function proveSecond(
  db: Db,
  person: PersonRow,
  { code, passkey }: Pick<Proofs, 'code' | 'passkey'>,
  { master, now, tries = logInTries(db, person) }: Proving,
): Promise<Refused | { readonly ok: true; readonly by: ProvenBy }> {
  if (passkey !== undefined) {
    const proven = await provePasskey(db, passkey, { person, tries }, now);
    return proven.ok ? { ok: true, by: 'password and passkey' } : proven;
  }
  const checked = await checkSecondFactor(db, { personId: person.id, code }, master, now);
  if (checked.ok) return { ok: true, by: checked.by === 'none' ? 'password' : `password and ${checked.by}` };
  if (checked.why === 'sealed') return { ok: false, problem: SEALED };
  if (checked.why === 'wrong') return await failed(tries, person.id, WRONG_CODE, now, { wants: checked.wants });
  return { ok: false, problem: ASKED[checked.wants], wants: checked.wants };
}

/** Password and, where there is one, second factor. Failures are forgotten only when all of it was right, so that a known password opens no guessing at codes. */
export async function prove(
  db: Db,
  person: PersonRow | undefined,
  { password, ...second }: Proofs,
  proving: Proving,
): Promise<Proven | Refused> {
  const { now } = proving;
  if (person === undefined) {
    await passwordMatches(password, null);
    return { ok: false, problem: WRONG };
  }
  const { tries = logInTries(db, person) } = proving;
  const locked = lockedOut(tries, now);
  if (locked !== undefined) return locked;
  if (!(await passwordMatches(password, person.password_hash))) return await failed(tries, person.id, WRONG, now);
  const proven = await proveSecond(db, person, second, { ...proving, tries });
  if (!proven.ok) return proven;
  await tries.forget();
  await renewHash(db, person, password);
  return { ok: true, personId: person.id, by: proven.by };
}

/** As {@link prove}, said to somebody who is logged in, and counted apart from log-ins; a passkey of theirs is enough by itself. */
export async function proveAgain(
  db: Db,
  person: PersonRow | undefined,
  proofs: Proofs,
  proving: Proving & { readonly tries: Tries },
): Promise<Proven | Refused> {
  if (person !== undefined && proofs.passkey !== undefined && proofs.password === '')
    return await provePasskey(db, proofs.passkey, { person, tries: proving.tries }, proving.now);
  if (person?.password_hash === null)
    return { ok: false, problem: 'You have no password yet: set one on the page Security, or open a new log-in link.' };
  const proven = await prove(db, person, proofs, proving);
  return proven.ok || proven.problem !== WRONG ? proven : { ...proven, problem: 'This is not your password.' };
}
