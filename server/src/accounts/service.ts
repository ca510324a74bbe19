import { createHash, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import * as store from './store.ts';
import type { AccountTables } from './store.ts';

export type { AccountTables } from './store.ts';

type Db = Kysely<AccountTables>;

export interface Owner {
  readonly id: string;
  readonly name: string;
}

/** Who a session or a key stands for. */
export interface Credential {
  /** The session's or the key's id. */
  readonly id: string;
  readonly owner: Owner;
  /** The key's name; the owner's for sessions. */
  readonly name: string;
  readonly kind: 'owner' | 'api-key';
  /** When a session ends by itself; keys do not. */
  readonly expiresAt: Instant | undefined;
}

const LOGIN_TOKEN_MS = 15 * 60_000;
const SESSION_MS = 30 * 24 * 3_600_000;
export const API_KEY_PREFIX = 'tmk_';

/** Secrets are 256 random bits, so that a plain hash keeps them: there is nothing to guess. */
const secret = (): string => randomBytes(32).toString('base64url');
const hashed = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const newId = (): string => randomBytes(12).toString('hex');
const date = (at: Instant): Date => new Date(at);

/** The one person whose platform this is; made at the first start. */
export async function ensureOwner(db: Db, at: Instant, name = 'owner'): Promise<Owner> {
  await store.insertOwner(db, { id: 'owner', name, created_at: date(at) });
  return await ownerOf(db, 'owner');
}

async function ownerOf(db: Db, id: string): Promise<Owner> {
  const row = await store.selectOwner(db, id);
  if (row === undefined) throw new Error(`Invariant: the owner ${id} of a credential does not exist`);
  return { id: row.id, name: row.name };
}

/** A token that opens one session, once, within 15 minutes. Only its hash is kept. */
export async function createLoginToken(db: Db, owner: Owner, now: Instant): Promise<string> {
  const token = secret();
  const expiresAt = new Date(now + LOGIN_TOKEN_MS);
  await store.insertLoginToken(db, {
    token_hash: hashed(token),
    owner_id: owner.id,
    created_at: date(now),
    expires_at: expiresAt,
    used_at: null,
  });
  return token;
}

export interface NewSession {
  /** The cookie's value: known to nobody after this answer. */
  readonly token: string;
  readonly expiresAt: Instant;
}

/** Uses a login token up; `undefined` where it is unknown, used or expired. */
export async function openSession(db: Db, loginToken: string, now: Instant): Promise<NewSession | undefined> {
  await store.deleteExpired(db, date(now));
  const ownerId = await store.useLoginToken(db, hashed(loginToken), date(now));
  if (ownerId === undefined) return undefined;
  const token = secret();
  const expiresAt = instantFromMs(now + SESSION_MS);
  const row = {
    id: newId(),
    token_hash: hashed(token),
    owner_id: ownerId,
    created_at: date(now),
    expires_at: date(expiresAt),
    revoked_at: null,
  };
  await store.insertSession(db, row);
  return { token, expiresAt };
}

export async function sessionByToken(db: Db, token: string, now: Instant): Promise<Credential | undefined> {
  const row = await store.selectSession(db, hashed(token), date(now));
  if (row === undefined) return undefined;
  const owner = await ownerOf(db, row.owner_id);
  return { id: row.id, owner, name: owner.name, kind: 'owner', expiresAt: instantFromMs(row.expires_at.getTime()) };
}

export const closeSession = async (db: Db, token: string, now: Instant): Promise<void> =>
  await store.revokeSession(db, hashed(token), date(now));

/** A key for a program: `tmk_` and a secret, known to nobody after this answer. */
export async function createApiKey(
  db: Db,
  owner: Owner,
  name: string,
  now: Instant,
): Promise<{ readonly id: string; readonly secret: string }> {
  const key = `${API_KEY_PREFIX}${secret()}`;
  const id = newId();
  const row = { id, key_hash: hashed(key), name, owner_id: owner.id, created_at: date(now), last_used_at: null, revoked_at: null };
  await store.insertApiKey(db, row);
  return { id, secret: key };
}

export async function credentialByKey(db: Db, key: string, now: Instant): Promise<Credential | undefined> {
  if (!key.startsWith(API_KEY_PREFIX)) return undefined;
  const row = await store.useApiKey(db, hashed(key), date(now));
  if (row === undefined) return undefined;
  return { id: row.id, owner: await ownerOf(db, row.owner_id), name: row.name, kind: 'api-key', expiresAt: undefined };
}

export interface ApiKey {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | undefined;
  readonly revoked: boolean;
}

export const listApiKeys = async (db: Db): Promise<readonly ApiKey[]> =>
  (await store.selectApiKeys(db)).map((row) => ({
    id: row.id,
    name: row.name,
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
