import { randomBytes } from 'node:crypto';
import { generateAuthenticationOptions, generateRegistrationOptions, verifyRegistrationResponse } from '@simplewebauthn/server';
import type { PublicKeyCredentialCreationOptionsJSON, PublicKeyCredentialRequestOptionsJSON } from '@simplewebauthn/server';
import type { Kysely } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { newId } from './credential-service.ts';
import * as store from './passkey-store.ts';
import type { PasskeyRow } from './passkey-store.ts';
import { parseMade } from './passkeys/answers.ts';
import { CHALLENGE_MS, newChallenge, takeChallenge } from './passkeys/challenge-service.ts';
import type { Asking } from './passkeys/challenge-service.ts';
import type { Site } from './passkeys/site.ts';
import { deleteRecoveryCodes, selectFactor } from './second-factor-store.ts';
import { hashOf } from './session-service.ts';
import type { AccountTables } from './store.ts';

type Db = Kysely<AccountTables>;

/** EdDSA, ES256 and RS256: what authenticators have, and node checks. */
const ALGORITHMS = [-8, -7, -257];
const HANDLE_BYTES = 32;
export const PASSKEYS_MAX = 20;
const NAME_LENGTH_MAX = 60;

/** A passkey of somebody, without what it is checked by. */
export interface Passkey {
  readonly id: string;
  readonly name: string;
  /** The only name under which it works. */
  readonly site: string;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | undefined;
}

const passkeyOf = ({ id, name, rp_id: site, created_at, last_used_at }: PasskeyRow): Passkey => ({
  id,
  name,
  site,
  createdAt: instantFromMs(created_at.getTime()),
  lastUsedAt: last_used_at === null ? undefined : instantFromMs(last_used_at.getTime()),
});

/** One sentence where a name for a passkey will not do. */
export const passkeyNameProblem = (name: string): string | undefined =>
  name !== '' && name === name.trim() && name.length <= NAME_LENGTH_MAX && !/[\p{C}\p{Zl}\p{Zp}]/u.test(name)
    ? undefined
    : `A passkey’s name has 1 to ${NAME_LENGTH_MAX} printable characters`;

export const passkeysOf = async (db: Db, personId: string): Promise<readonly Passkey[]> =>
  (await store.selectPasskeysOf(db, personId)).map(passkeyOf);

/** Who has one. */
export const peopleWithPasskey = async (db: Db): Promise<ReadonlySet<string>> => new Set(await store.selectOwners(db));

/** What a browser needs in order to be asked, as JSON can hold it. */
export type CreationOptions = PublicKeyCredentialCreationOptionsJSON;
export type RequestOptions = PublicKeyCredentialRequestOptionsJSON;

const known = ({ credential_id: id, transports }: PasskeyRow) => ({ id, transports: transports === '' ? [] : transports.split(',') });

/** Whose session it is, and where. */
export interface AtSession {
  readonly personId: string;
  readonly sessionId: string;
  readonly site: Site;
}

const asking = (purpose: Asking['purpose'], { sessionId, site }: AtSession): Asking => ({ purpose, boundTo: sessionId, site });

/** For `navigator.credentials.create`; `undefined` where the person has as many as one may have. */
export async function beginPasskey(db: Db, at: AtSession, personName: string, now: Instant): Promise<CreationOptions | undefined> {
  const rows = await store.selectPasskeysOf(db, at.personId);
  if (rows.length >= PASSKEYS_MAX) return undefined;
  // Random, and not the person's id: two servers on one machine share the name localhost, and a device keeps one passkey for a name and a handle.
  const handle = rows[0]?.user_handle ?? randomBytes(HANDLE_BYTES).toString('base64url');
  const { rpId } = at.site;
  return await generateRegistrationOptions({
    rpName: 'Tidemark',
    rpID: rpId,
    userName: personName,
    userDisplayName: personName,
    userID: Uint8Array.from(Buffer.from(handle, 'base64url')),
    challenge: await newChallenge(db, { ...asking('adding', at), askedBy: at.sessionId, handle }, now),
    timeout: CHALLENGE_MS,
    attestationType: 'none',
    excludeCredentials: rows.filter((row) => row.rp_id === rpId).map(known),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: ALGORITHMS,
  });
}

export type Added =
  | { readonly ok: true; readonly passkey: Passkey; /** Nothing stood beside the password before. */ readonly isFirst: boolean }
  | { readonly ok: false; readonly problem: string };

const LATE = 'This took longer than five minutes, or was answered before. Begin again.';
const UNPROVEN = 'This passkey was not made as it was asked for. Begin again; if it fails each time, take another device.';

async function verified(challenge: string, response: Parameters<typeof verifyRegistrationResponse>[0]['response'], { origin, rpId }: Site) {
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge: challenge,
      expectedOrigin: origin,
      expectedRPID: rpId,
      requireUserVerification: true,
      supportedAlgorithmIDs: ALGORITHMS,
    });
    return registrationInfo;
  } catch (error) {
    // The library throws whatever it finds wrong in an answer, and what it says is not for people.
    if (!(error instanceof Error)) throw error;
    return undefined;
  }
}

/** Keeps a passkey that a browser has made. */
export async function addPasskey(
  db: Db,
  at: AtSession,
  { name, answer }: { readonly name: string; readonly answer: string },
  now: Instant,
): Promise<Added> {
  const made = parseMade(answer);
  if (made === undefined) return { ok: false, problem: UNPROVEN };
  const taken = await takeChallenge(db, made.challenge, asking('adding', at), now);
  if (taken === undefined || taken.handle === null) return { ok: false, problem: LATE };
  const info = await verified(made.challenge, made.response, at.site);
  if (info === undefined) return { ok: false, problem: UNPROVEN };
  const isFirst = !(await hasPasskey(db, at.personId)) && !(await hasApp(db, at.personId));
  const row: PasskeyRow = {
    id: newId(),
    person_id: at.personId,
    credential_id: info.credential.id,
    public_key: Buffer.from(info.credential.publicKey).toString('base64url'),
    counter: String(info.credential.counter),
    user_handle: taken.handle,
    rp_id: at.site.rpId,
    transports: info.credential.transports?.join(',') ?? '',
    name,
    created_at: new Date(now),
    last_used_at: null,
  };
  if (!(await store.insertPasskey(db, row))) return { ok: false, problem: 'This passkey is here already.' };
  return { ok: true, passkey: passkeyOf(row), isFirst };
}

export const hasPasskey = async (db: Db, personId: string): Promise<boolean> => (await store.selectPasskeysOf(db, personId)).length > 0;

const hasApp = async (db: Db, personId: string): Promise<boolean> => ((await selectFactor(db, personId))?.confirmed_at ?? null) !== null;

/** For `navigator.credentials.get` of a browser that nobody is logged in on: the device says whose it is. */
export async function askForLogIn(
  db: Db,
  { site, browser, address }: { readonly site: Site; readonly browser: string; readonly address: string },
  now: Instant,
): Promise<RequestOptions> {
  const challenge = await newChallenge(db, { purpose: 'logging in', boundTo: hashOf(browser), site, askedBy: address }, now);
  return await generateAuthenticationOptions({ rpID: site.rpId, challenge, timeout: CHALLENGE_MS, userVerification: 'required' });
}

/** As {@link askForLogIn}, for the passkeys of somebody who is logged in; `undefined` where they have none for this name. */
export async function askForConfirmation(db: Db, at: AtSession, now: Instant): Promise<RequestOptions | undefined> {
  const rows = (await store.selectPasskeysOf(db, at.personId)).filter(({ rp_id }) => rp_id === at.site.rpId);
  if (rows.length === 0) return undefined;
  const challenge = await newChallenge(db, { ...asking('confirming', at), askedBy: at.sessionId }, now);
  return await generateAuthenticationOptions({
    rpID: at.site.rpId,
    challenge,
    timeout: CHALLENGE_MS,
    userVerification: 'required',
    allowCredentials: rows.map(known),
  });
}

/** The name of before; `undefined` where it is not the person's. */
export const renamePasskey = async (db: Db, id: string, personId: string, name: string): Promise<string | undefined> =>
  await store.renamePasskey(db, id, personId, name);

/** Recovery codes stand in for a second factor: with the last one they go. */
async function forgetCodes(db: Db, personId: string): Promise<void> {
  if (!(await hasPasskey(db, personId)) && !(await hasApp(db, personId))) await deleteRecoveryCodes(db, personId);
}

/** Its name; `undefined` where it is not the person's. */
export async function removePasskey(db: Db, id: string, personId: string): Promise<string | undefined> {
  const name = await store.deletePasskey(db, id, personId);
  if (name !== undefined) await forgetCodes(db, personId);
  return name;
}

/** All of a person's; false where there was none. */
export async function removePasskeysOf(db: Db, personId: string): Promise<boolean> {
  const done = await store.deletePasskeysOf(db, personId);
  if (done) await forgetCodes(db, personId);
  return done;
}
