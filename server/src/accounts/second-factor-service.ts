import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { Secret, TOTP } from 'otpauth';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { KeysRefused } from './broker-keys/master-key.ts';
import type { MasterKey } from './broker-keys/master-key.ts';
import { hasPasskey } from './passkey-service.ts';
import { NONCE_BYTES } from './sealed-text.ts';
import { isRecoveryCode, newRecoveryCode, RECOVERY_CODES, recoveryHash } from './second-factor/recovery-code.ts';
import { isPlain, keptSecret, openSecret } from './second-factor/secret.ts';
import * as store from './second-factor-store.ts';
import type { AccountTables } from './store.ts';

export { RECOVERY_CODES };

type Db = Kysely<AccountTables>;

/** What authenticator apps know without being told otherwise (RFC 6238). */
const APP = { issuer: 'Tidemark', algorithm: 'SHA1', digits: 6, period: 30 } as const;
/** A code of the step before or after counts too: clocks differ. */
const WINDOW = 1;
const SECRET_BYTES = 20;
const CODE = /^\d{6}$/;

const totpOf = (secret: string, label: string): TOTP => new TOTP({ ...APP, label, secret: Secret.fromBase32(secret) });

/** What an authenticator app takes: as a text to type, and as an address to draw as a QR code. */
export interface Enrolment {
  readonly secret: string;
  readonly uri: string;
}

/** `undefined` where a second factor is at work already. */
export async function beginSecondFactor(
  db: Db,
  { id, name }: { readonly id: string; readonly name: string },
  master: MasterKey | undefined,
  now: Instant,
): Promise<Enrolment | undefined> {
  const secret = new Secret({ size: SECRET_BYTES }).base32;
  const begun = await store.beginFactor(db, {
    person_id: id,
    secret: keptSecret(secret, id, master, randomBytes(NONCE_BYTES)),
    created_at: new Date(now),
    confirmed_at: null,
    last_step: null,
  });
  return begun ? { secret, uri: totpOf(secret, name).toString() } : undefined;
}

/** Whether the code is of now, and of a step that nobody has shown a code of. */
async function useCode(db: Db, row: store.SecondFactorRow, code: string, master: MasterKey | undefined, now: Instant): Promise<boolean> {
  const secret = openSecret(row.secret, row.person_id, master);
  const delta = totpOf(secret, row.person_id).validate({ token: code, timestamp: now, window: WINDOW });
  if (delta === null) return false;
  return await store.useStep(db, row.person_id, TOTP.counter({ period: APP.period, timestamp: now }) + delta);
}

/** A secret from before there was a master key is sealed at its next use. */
async function sealPlain(db: Db, { person_id: id, secret }: store.SecondFactorRow, master: MasterKey | undefined): Promise<void> {
  if (master === undefined || !isPlain(secret)) return;
  await store.updateSecret(db, id, secret, keptSecret(openSecret(secret, id, master), id, master, randomBytes(NONCE_BYTES)));
}

/** The app shows the right code: from now on it is asked for. The recovery codes, known to nobody after this answer; `undefined` where it is wrong. */
export async function confirmSecondFactor(
  db: Db,
  { personId, code }: { readonly personId: string; readonly code: string },
  master: MasterKey | undefined,
  now: Instant,
): Promise<readonly string[] | undefined> {
  const row = await store.selectFactor(db, personId);
  if (row === undefined || row.confirmed_at !== null || !CODE.test(code)) return undefined;
  if (!(await useCode(db, row, code, master, now))) return undefined;
  // Somebody may have begun anew meanwhile: then the app that was shown is not the one that is kept.
  if (!(await store.confirmFactor(db, personId, row.secret, new Date(now)))) return undefined;
  return await makeRecoveryCodes(db, personId, now);
}

/** Ten more, in the place of those of before. Only hashes are kept. */
export async function makeRecoveryCodes(db: Db, personId: string, now: Instant): Promise<readonly string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, () => newRecoveryCode(randomBytes));
  const rows = codes.map((code) => ({
    code_hash: recoveryHash(personId, code),
    person_id: personId,
    created_at: new Date(now),
    used_at: null,
  }));
  await store.replaceRecoveryCodes(db, personId, rows);
  return codes;
}

export type CodeCheck =
  | { readonly ok: true; readonly by: 'none' | 'code' | 'recovery code' }
  /** None came, it was wrong, or the server cannot look: then nobody is to blame. */
  | { readonly ok: false; readonly why: 'missing' | 'wrong' | 'sealed'; readonly wants: Wants };

/** What stands beside the password: an app, passkeys, or both. Recovery codes stand in for either. */
export type Wants = 'code' | 'passkey' | 'code or passkey';

/** `undefined` where the password is enough. */
async function wantedOf(db: Db, app: store.SecondFactorRow | undefined, personId: string): Promise<Wants | undefined> {
  const passkey = await hasPasskey(db, personId);
  if (app === undefined || app.confirmed_at === null) return passkey ? 'passkey' : undefined;
  return passkey ? 'code or passkey' : 'code';
}

/** Whether the code, or a recovery code, is the person's; without a second factor none is needed. Uses it up. */
export async function checkSecondFactor(
  db: Db,
  { personId, code }: { readonly personId: string; readonly code: string },
  master: MasterKey | undefined,
  now: Instant,
): Promise<CodeCheck> {
  const row = await store.selectFactor(db, personId);
  const wants = await wantedOf(db, row, personId);
  if (wants === undefined) return { ok: true, by: 'none' };
  const typed = code.replaceAll(' ', '');
  if (typed === '') return { ok: false, why: 'missing', wants };
  if (isRecoveryCode(code)) {
    const used = await store.useRecoveryCode(db, personId, recoveryHash(personId, code), new Date(now));
    return used ? { ok: true, by: 'recovery code' } : { ok: false, why: 'wrong', wants };
  }
  if (row === undefined || row.confirmed_at === null || !CODE.test(typed)) return { ok: false, why: 'wrong', wants };
  try {
    if (!(await useCode(db, row, typed, master, now))) return { ok: false, why: 'wrong', wants };
  } catch (error) {
    if (error instanceof KeysRefused) return { ok: false, why: 'sealed', wants };
    throw error;
  }
  await sealPlain(db, row, master);
  return { ok: true, by: 'code' };
}

/** A second factor that is at work. */
export interface SecondFactor {
  readonly addedAt: Instant;
  readonly recoveryCodesLeft: number;
  /** Its secret is sealed with the master key. */
  readonly sealed: boolean;
}

export async function secondFactorOf(db: Db, personId: string): Promise<SecondFactor | undefined> {
  const row = await store.selectFactor(db, personId);
  if (row === undefined || row.confirmed_at === null) return undefined;
  return {
    addedAt: instantFromMs(row.confirmed_at.getTime()),
    recoveryCodesLeft: await store.countRecoveryCodes(db, personId),
    sealed: !isPlain(row.secret),
  };
}

/** Recovery codes that have not been used. */
export const recoveryCodesLeft = async (db: Db, personId: string): Promise<number> => await store.countRecoveryCodes(db, personId);

/** Who has one at work. */
export const peopleWithSecondFactor = async (db: Db): Promise<ReadonlySet<string>> => new Set(await store.selectConfirmed(db));

/** Removes secret and recovery codes; false where there was none at work. */
export const removeSecondFactor = async (db: Db, personId: string): Promise<boolean> => await store.deleteFactor(db, personId);

/** Every sealed secret is sealed with the next master key; how many there were. Throws {@link KeysRefused}. */
export async function resealSecondFactors(db: Db, old: MasterKey, next: MasterKey): Promise<number> {
  const rows = (await store.lockFactors(db)).filter(({ secret }) => !isPlain(secret));
  for (const { person_id: id, secret } of rows)
    await store.updateSecret(db, id, secret, keptSecret(openSecret(secret, id, old), id, next, randomBytes(NONCE_BYTES)));
  return rows.length;
}
