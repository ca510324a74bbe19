import { createHash, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { newId } from './credential-service.ts';
import type { Credential } from './credential-service.ts';
import * as store from './session-store.ts';
import type { PersonalSessionRow, SessionRow } from './session-store.ts';
import type { AccountTables } from './store.ts';

type Db = Kysely<AccountTables>;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** How long a session lives: without a request, and at all. */
export interface SessionTimes {
  readonly idleMs: number;
  readonly totalMs: number;
}

export const SESSION_TIMES: SessionTimes = { idleMs: 12 * HOUR, totalMs: 7 * 24 * HOUR };
/** A secret that is older is replaced at the next request. */
const ROTATE_MS = HOUR;
/** Requests that were under way with the old secret when the new one came. */
const GRACE_MS = MINUTE;
const TOUCH_MS = MINUTE;

/** Where a log-in came from. */
export interface Device {
  readonly address: string;
  /** What the browser says of itself. */
  readonly agent: string;
}

export const UNKNOWN_DEVICE: Device = { address: '', agent: '' };

export interface Opening {
  readonly device: Device;
  readonly times: SessionTimes;
}

export const OPENING: Opening = { device: UNKNOWN_DEVICE, times: SESSION_TIMES };

export interface NewSession {
  /** The cookie's value: known to nobody after this answer. */
  readonly token: string;
  readonly expiresAt: Instant;
}

/** Secrets are 256 random bits, so that a plain hash keeps them: there is nothing to guess. */
export const newSecret = (): string => randomBytes(32).toString('base64url');
export const hashOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

const instantOf = (at: Date): Instant => instantFromMs(at.getTime());

/** A session of somebody who has just proved who they are. */
export async function newSession(db: Db, personId: string, now: Instant, { device, times }: Opening = OPENING): Promise<NewSession> {
  const token = newSecret();
  const expiresAt = instantFromMs(now + times.totalMs);
  const at = new Date(now);
  await store.insertSession(db, {
    id: newId(),
    token_hash: hashOf(token),
    person_id: personId,
    created_at: at,
    confirmed_at: at,
    expires_at: new Date(expiresAt),
    revoked_at: null,
    last_seen_at: at,
    rotated_at: at,
    previous_hash: null,
    previous_until: null,
    idle_seconds: Math.ceil(times.idleMs / 1_000),
    address: device.address.slice(0, 45),
    agent: device.agent.slice(0, 200),
  });
  return { token, expiresAt };
}

/** By itself at the latest: where nobody uses it any more, or at its age. */
const endOf = ({ expires_at, last_seen_at, idle_seconds }: SessionRow): Instant =>
  instantFromMs(Math.min(expires_at.getTime(), last_seen_at.getTime() + idle_seconds * 1_000));

const isRenewalDue = ({ rotated_at }: SessionRow, now: Instant): boolean => now - rotated_at.getTime() >= ROTATE_MS;

function credentialOf(row: PersonalSessionRow): Credential {
  const { id, person_id, name, role } = row;
  return {
    id,
    person: { id: person_id, name, role },
    name,
    kind: 'person',
    role,
    key: undefined,
    expiresAt: endOf(row),
    confirmedAt: instantOf(row.confirmed_at),
  };
}

export interface FoundSession {
  readonly credential: Credential | undefined;
  /** Its secret is old enough to be replaced. */
  readonly renewalDue: boolean;
  /** A secret that was replaced came again: whoever has it is not the browser, and the session was ended. */
  readonly stolen: Credential | undefined;
}

const NOTHING: FoundSession = { credential: undefined, renewalDue: false, stolen: undefined };

/** Notes the use at most once a minute; the first use of a new secret ends the old one a minute later. */
async function touch(db: Db, row: SessionRow, isCurrent: boolean, now: Instant): Promise<void> {
  const last_seen_at = new Date(Math.max(now, row.last_seen_at.getTime()));
  if (isCurrent && row.previous_hash !== null && row.previous_until === null)
    await store.touchSession(db, row.id, { last_seen_at, previous_until: new Date(now + GRACE_MS) });
  else if (now - row.last_seen_at.getTime() > TOUCH_MS) await store.touchSession(db, row.id, { last_seen_at });
}

/** What a secret stands for now; that it came counts as use. */
export async function findSession(db: Db, token: string, now: Instant): Promise<FoundSession> {
  const hash = hashOf(token);
  const row = await store.selectSession(db, hash);
  if (row === undefined || now >= endOf(row)) return NOTHING;
  const isCurrent = row.token_hash === hash;
  const credential = credentialOf(row);
  if (!isCurrent && row.previous_until !== null && now >= row.previous_until.getTime()) {
    await store.revokeSession(db, row.id, row.person_id, new Date(now));
    return { ...NOTHING, stolen: credential };
  }
  await touch(db, row, isCurrent, now);
  return { credential, renewalDue: isRenewalDue(row, now), stolen: undefined };
}

export const sessionByToken = async (db: Db, token: string, now: Instant): Promise<Credential | undefined> =>
  (await findSession(db, token, now)).credential;

/** What a session stands for now, without counting as use: a socket asks again before anything dangerous. */
export async function sessionById(db: Db, id: string, now: Instant): Promise<Credential | undefined> {
  const row = await store.selectSessionById(db, id);
  return row === undefined || now >= endOf(row) ? undefined : credentialOf(row);
}

/**
 * Another secret for the session of this one; `undefined` where it is not one, or was replaced a moment ago by another request. The old one opens
 * until a minute after the new one has come: an answer can be lost. After a `proof` of who it is, the minute begins at once.
 */
export async function renewSession(db: Db, token: string, now: Instant, why: 'age' | 'proof'): Promise<NewSession | undefined> {
  const hash = hashOf(token);
  const row = await store.selectSession(db, hash);
  // Another request may have had one between this one's look and now: the browser is to have that.
  if (row === undefined || (why === 'age' && !isRenewalDue(row, now))) return undefined;
  const next = newSecret();
  const replaced = await store.replaceToken(db, row, {
    token_hash: hashOf(next),
    previous_hash: hash,
    previous_until: why === 'proof' ? new Date(now + GRACE_MS) : null,
    rotated_at: new Date(now),
  });
  return replaced ? { token: next, expiresAt: instantOf(row.expires_at) } : undefined;
}

export const confirmSession = async (db: Db, id: string, now: Instant): Promise<void> => await store.confirmSession(db, id, new Date(now));

/** False where it is nobody's, has ended before, or is not this person's. */
export const closeSession = async (db: Db, id: string, personId: string, now: Instant): Promise<boolean> =>
  await store.revokeSession(db, id, personId, new Date(now));

export interface ListedSession extends Device {
  readonly id: string;
  readonly createdAt: Instant;
  readonly lastSeenAt: Instant;
  readonly confirmedAt: Instant;
  /** By itself, if nobody uses it before. */
  readonly endsAt: Instant;
  /** At the latest. */
  readonly expiresAt: Instant;
}

/** A person's sessions, the one that was used last first. */
export const sessionsOf = async (db: Db, personId: string, now: Instant): Promise<readonly ListedSession[]> =>
  (await store.selectSessionsOf(db, personId))
    .filter((row) => now < endOf(row))
    .map((row) => ({
      id: row.id,
      createdAt: instantOf(row.created_at),
      lastSeenAt: instantOf(row.last_seen_at),
      confirmedAt: instantOf(row.confirmed_at),
      endsAt: endOf(row),
      expiresAt: instantOf(row.expires_at),
      address: row.address,
      agent: row.agent,
    }));
