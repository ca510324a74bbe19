import { createHash, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import * as people from './people-store.ts';
import { lesser } from '../approvals/roles.ts';
import type { Role } from '../approvals/roles.ts';
import * as store from './store.ts';
import type { AccountTables, SessionRow } from './store.ts';

export type { AccountTables } from './store.ts';

type Db = Kysely<AccountTables>;

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

/** Who a session or a key stands for. */
export interface Credential {
  /** The session's or the key's id. */
  readonly id: string;
  readonly person: Person;
  /** The key's name; the person's for sessions. */
  readonly name: string;
  readonly kind: 'person' | 'api-key';
  /** What it may do: of a key, what both it and its person may. */
  readonly role: Role;
  /** When a session ends by itself; keys do not. */
  readonly expiresAt: Instant | undefined;
  /** When the person last proved who they are; a key never does. */
  readonly confirmedAt: Instant | undefined;
}

const LOGIN_TOKEN_MS = 15 * 60_000;
const INVITATION_MS = 7 * 24 * 3_600_000;
const SESSION_MS = 30 * 24 * 3_600_000;
export const API_KEY_PREFIX = 'tmk_';

/** Secrets are 256 random bits, so that a plain hash keeps them: there is nothing to guess. */
const secret = (): string => randomBytes(32).toString('base64url');
const hashed = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
export const newId = (): string => randomBytes(12).toString('hex');
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
  return await personOf(db, 'owner');
}

async function personOf(db: Db, id: string): Promise<Person> {
  const row = await people.selectPerson(db, id);
  if (row === undefined) throw new Error(`Invariant: the person ${id} of a credential is here`);
  return { id: row.id, name: row.name, role: row.role };
}

async function createToken(db: Db, personId: string, purpose: store.TokenPurpose, now: Instant, ms: number): Promise<string> {
  const token = secret();
  await store.insertLoginToken(db, {
    token_hash: hashed(token),
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
  const id = await store.selectToken(db, hashed(token), 'invitation', date(now));
  return id === undefined ? undefined : await personOf(db, id);
}

/** Uses an invitation up; whom it was for. */
export const useInvitation = async (db: Db, token: string, now: Instant): Promise<string | undefined> =>
  await store.useToken(db, hashed(token), 'invitation', date(now));

export interface NewSession {
  /** The cookie's value: known to nobody after this answer. */
  readonly token: string;
  readonly expiresAt: Instant;
}

/** Uses a login token up; `undefined` where it is unknown, used or expired. */
export async function openSession(db: Db, loginToken: string, now: Instant): Promise<NewSession | undefined> {
  await store.deleteExpired(db, date(now));
  const personId = await store.useToken(db, hashed(loginToken), 'login', date(now));
  return personId === undefined ? undefined : await newSession(db, personId, now);
}

/** A session of somebody who has just proved who they are. */
export async function newSession(db: Db, personId: string, now: Instant): Promise<NewSession> {
  const token = secret();
  const expiresAt = instantFromMs(now + SESSION_MS);
  await store.insertSession(db, {
    id: newId(),
    token_hash: hashed(token),
    person_id: personId,
    created_at: date(now),
    confirmed_at: date(now),
    expires_at: date(expiresAt),
    revoked_at: null,
  });
  return { token, expiresAt };
}

async function credentialOf(db: Db, row: SessionRow): Promise<Credential | undefined> {
  const person = await people.selectPerson(db, row.person_id);
  if (person === undefined) return undefined;
  const { id, name, role } = person;
  return {
    id: row.id,
    person: { id, name, role },
    name,
    kind: 'person',
    role,
    expiresAt: instantFromMs(row.expires_at.getTime()),
    confirmedAt: instantFromMs(row.confirmed_at.getTime()),
  };
}

export async function sessionByToken(db: Db, token: string, now: Instant): Promise<Credential | undefined> {
  const row = await store.selectSession(db, hashed(token), date(now));
  return row === undefined ? undefined : await credentialOf(db, row);
}

/** What a session stands for now: a socket asks again before anything dangerous. */
export async function sessionById(db: Db, id: string, now: Instant): Promise<Credential | undefined> {
  const row = await store.selectSessionById(db, id, date(now));
  return row === undefined ? undefined : await credentialOf(db, row);
}

export const confirmSession = async (db: Db, id: string, now: Instant): Promise<void> => await store.confirmSession(db, id, date(now));

export const closeSession = async (db: Db, token: string, now: Instant): Promise<void> =>
  await store.revokeSession(db, hashed(token), date(now));

/** A key for a program: `tmk_` and a secret, known to nobody after this answer. */
export async function createApiKey(
  db: Db,
  person: Person,
  name: string,
  now: Instant,
  role: Role = person.role,
): Promise<{ readonly id: string; readonly secret: string }> {
  const key = `${API_KEY_PREFIX}${secret()}`;
  const id = newId();
  const row = { id, key_hash: hashed(key), name, person_id: person.id, role, created_at: date(now), last_used_at: null, revoked_at: null };
  await store.insertApiKey(db, row);
  return { id, secret: key };
}

export async function credentialByKey(db: Db, key: string, now: Instant): Promise<Credential | undefined> {
  if (!key.startsWith(API_KEY_PREFIX)) return undefined;
  const row = await store.useApiKey(db, hashed(key), date(now));
  if (row === undefined) return undefined;
  const owner = await people.selectPerson(db, row.person_id);
  if (owner === undefined) return undefined;
  const person = { id: owner.id, name: owner.name, role: owner.role };
  return {
    id: row.id,
    person,
    name: row.name,
    kind: 'api-key',
    role: lesser(row.role, owner.role),
    expiresAt: undefined,
    confirmedAt: undefined,
  };
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly personId: string;
  readonly role: Role;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | undefined;
  readonly revoked: boolean;
}

export const listApiKeys = async (db: Db): Promise<readonly ApiKey[]> =>
  (await store.selectApiKeys(db)).map((row) => ({
    id: row.id,
    name: row.name,
    personId: row.person_id,
    role: row.role,
    createdAt: instantFromMs(row.created_at.getTime()),
    lastUsedAt: row.last_used_at === null ? undefined : instantFromMs(row.last_used_at.getTime()),
    revoked: row.revoked_at !== null,
  }));

/** False where the key is unknown or revoked already. */
export const revokeApiKey = async (db: Db, id: string, now: Instant): Promise<boolean> => await store.revokeApiKey(db, id, date(now));

/** A setting's value: anything JSON can hold. */
export const setting = async (db: Db, name: string): Promise<unknown> => await store.selectSetting(db, name);

export const saveSetting = async (db: Db, name: string, value: unknown, now: Instant): Promise<void> =>
  await store.upsertSetting(db, { name, value: JSON.stringify(value), updated_at: date(now) });
