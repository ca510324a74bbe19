import type { Kysely } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import * as people from './people-store.ts';
import { KEY_DAYS, KEY_ROLE_MAX, scopesIn, scopesOf } from '../approvals/keys.ts';
import type { KeyKind, Scope } from '../approvals/keys.ts';
import { lesser } from '../approvals/roles.ts';
import type { Role } from '../approvals/roles.ts';
import { newId, personOf } from './credential-service.ts';
import type { Credential, Person } from './credential-service.ts';
import { hashOf, newSecret, newSession } from './session-service.ts';
import type { NewSession, Opening } from './session-service.ts';
import * as store from './store.ts';
import type { AccountTables } from './store.ts';

export type { AccountTables } from './store.ts';

type Db = Kysely<AccountTables>;

const LOGIN_TOKEN_MS = 15 * 60_000;
const INVITATION_MS = 7 * 24 * 3_600_000;
export const API_KEY_PREFIX = 'tmk_';

const date = (at: Instant): Date => new Date(at);

/** The person whose platform this is, an admin; made at the first start. */
export async function ensureOwner(db: Db, at: Instant, name = 'owner'): Promise<Person> {
  await people.insertPerson(db, {
    id: 'owner',
    name,
    created_at: date(at),
    role: 'admin',
    password_hash: null,
    failed_attempts: 0,
    locked_until: null,
    added_by: null,
    joined_at: date(at),
    removed_at: null,
  });
  return await knownPerson(db, 'owner');
}

async function knownPerson(db: Db, id: string): Promise<Person> {
  const person = await personOf(db, id);
  if (person === undefined) throw new Error(`Invariant: the person ${id} of a credential is here`);
  return person;
}

async function createToken(db: Db, personId: string, purpose: store.TokenPurpose, now: Instant, ms: number): Promise<string> {
  const token = newSecret();
  await store.insertLoginToken(db, {
    token_hash: hashOf(token),
    person_id: personId,
    purpose,
    created_at: date(now),
    expires_at: new Date(now + ms),
    used_at: null,
  });
  return token;
}

/** A token that opens one session, once, within 15 minutes. Only its hash is kept. */
export const createLoginToken = async (db: Db, { id }: Pick<Person, 'id'>, now: Instant): Promise<string> =>
  await createToken(db, id, 'login', now, LOGIN_TOKEN_MS);

/** A token by which an invited person sets a password, once, within a week; an older one of theirs opens nothing any more. */
export async function createInvitation(
  db: Db,
  personId: string,
  now: Instant,
): Promise<{ readonly token: string; readonly expiresAt: Instant }> {
  await store.deleteTokensOf(db, personId);
  return { token: await createToken(db, personId, 'invitation', now, INVITATION_MS), expiresAt: instantFromMs(now + INVITATION_MS) };
}

/** Whom an invitation is for, while it can be used. */
export async function invitedPerson(db: Db, token: string, now: Instant): Promise<Person | undefined> {
  const id = await store.selectToken(db, hashOf(token), 'invitation', date(now));
  return id === undefined ? undefined : await knownPerson(db, id);
}

/** Uses an invitation up; whom it was for. */
export const useInvitation = async (db: Db, token: string, now: Instant): Promise<string | undefined> =>
  await store.useToken(db, hashOf(token), 'invitation', date(now));

/** Uses a login token up; `undefined` where it is unknown, used or expired. */
export async function openSession(db: Db, loginToken: string, now: Instant, opening?: Opening): Promise<NewSession | undefined> {
  await store.deleteExpired(db, date(now));
  const personId = await store.useToken(db, hashOf(loginToken), 'login', date(now));
  return personId === undefined ? undefined : await newSession(db, personId, now, opening);
}

/** What a key may do beside its role, and for how many days. */
export interface KeyTerms {
  readonly kind: KeyKind;
  readonly scopes: readonly Scope[];
  readonly days: number;
}

/** Where nothing is said a key only reads. */
const READS: KeyTerms = { kind: 'service', scopes: ['read'], days: KEY_DAYS.service.usual };
const DAY_MS = 24 * 3_600_000;

/** A key for a program: `tmk_` and a secret, known to nobody after this answer. */
export async function createApiKey(
  db: Db,
  person: Person,
  name: string,
  now: Instant,
  role: Role = person.role,
  { kind, scopes, days }: KeyTerms = READS,
): Promise<{ readonly id: string; readonly secret: string; readonly expiresAt: Instant }> {
  const key = `${API_KEY_PREFIX}${newSecret()}`;
  const id = newId();
  const expiresAt = instantFromMs(now + days * DAY_MS);
  await store.insertApiKey(db, {
    id,
    key_hash: hashOf(key),
    name,
    person_id: person.id,
    role,
    kind,
    scopes: scopesOf(kind, scopes).join(','),
    expires_at: date(expiresAt),
    created_at: date(now),
    last_used_at: null,
    revoked_at: null,
    paused_at: null,
  });
  return { id, secret: key, expiresAt };
}

export const credentialByKey = async (db: Db, key: string, now: Instant): Promise<Credential | undefined> =>
  key.startsWith(API_KEY_PREFIX) ? await credentialOf(db, { hash: hashOf(key) }, now) : undefined;

/** For what the server itself does under a key: whoever asks for it has been allowed to. */
export const credentialByKeyId = async (db: Db, id: string, now: Instant): Promise<Credential | undefined> =>
  await credentialOf(db, { id }, now);

async function credentialOf(db: Db, name: store.KeyName, now: Instant): Promise<Credential | undefined> {
  const row = await store.useApiKey(db, name, date(now));
  const person = row === undefined ? undefined : await personOf(db, row.person_id);
  if (row === undefined || person === undefined) return undefined;
  return {
    id: row.id,
    person,
    name: row.name,
    kind: 'api-key',
    role: lesser(KEY_ROLE_MAX[row.kind], lesser(row.role, person.role)),
    key: { kind: row.kind, scopes: scopesIn(row.kind, row.scopes) },
    expiresAt: instantFromMs(row.expires_at.getTime()),
    confirmedAt: undefined,
  };
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly personId: string;
  readonly role: Role;
  readonly kind: KeyKind;
  readonly scopes: readonly Scope[];
  readonly expiresAt: Instant;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | undefined;
  readonly revoked: boolean;
  /** Since when it opens nothing, until it is resumed. */
  readonly pausedAt: Instant | undefined;
}

export const listApiKeys = async (db: Db): Promise<readonly ApiKey[]> =>
  (await store.selectApiKeys(db)).map((row) => ({
    id: row.id,
    name: row.name,
    personId: row.person_id,
    role: row.role,
    kind: row.kind,
    scopes: scopesIn(row.kind, row.scopes),
    expiresAt: instantFromMs(row.expires_at.getTime()),
    createdAt: instantFromMs(row.created_at.getTime()),
    lastUsedAt: row.last_used_at === null ? undefined : instantFromMs(row.last_used_at.getTime()),
    revoked: row.revoked_at !== null,
    pausedAt: row.paused_at === null ? undefined : instantFromMs(row.paused_at.getTime()),
  }));

/** False where the key is unknown or revoked already. */
export const revokeApiKey = async (db: Db, id: string, now: Instant): Promise<boolean> => await store.revokeApiKey(db, id, date(now));

/** The key opens nothing from now on. False where it is unknown, revoked, or paused already. */
export const pauseApiKey = async (db: Db, id: string, now: Instant): Promise<boolean> => await store.setKeyPaused(db, id, date(now));

/** The key opens again what it did. False where it is unknown, revoked, or not paused. */
export const resumeApiKey = async (db: Db, id: string): Promise<boolean> => await store.setKeyPaused(db, id, null);

/** What each of these sessions and keys allows now; those that were ended are not in it. */
export async function standingRoles(db: Db, proofs: readonly string[]): Promise<ReadonlyMap<string, Role>> {
  if (proofs.length === 0) return new Map();
  const standing = await store.selectStanding(db, proofs);
  return new Map(
    standing.map(({ id, roles, kind }) => [id, [...roles, ...(kind === undefined ? [] : [KEY_ROLE_MAX[kind]])].reduce(lesser)]),
  );
}

/** A setting's value: anything JSON can hold. */
export const setting = async (db: Db, name: string): Promise<unknown> => await store.selectSetting(db, name);

export const saveSetting = async (db: Db, name: string, value: unknown, now: Instant): Promise<void> =>
  await store.upsertSetting(db, { name, value: JSON.stringify(value), updated_at: date(now) });
