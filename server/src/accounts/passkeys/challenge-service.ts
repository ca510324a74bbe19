import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Instant } from '../../money/instant.ts';
import * as store from '../passkey-store.ts';
import type { ChallengePurpose } from '../passkey-store.ts';
import { hashOf } from '../session-service.ts';
import type { AccountTables } from '../store.ts';
import type { Site } from './site.ts';

type Db = Kysely<AccountTables>;

/** Time to look for the key, and to try a finger three times. */
export const CHALLENGE_MS = 5 * 60_000;
const CHALLENGE_BYTES = 32;
/** Tabs that ask at once. */
const OPEN_MAX = 20;

/** For what, and of whom: an answer counts there alone. */
export interface Asking {
  readonly purpose: ChallengePurpose;
  /** The session's id, or the hash of a browser's cookie. */
  readonly boundTo: string;
  readonly site: Site;
}

/** A new challenge: base64url of 32 random bytes. Only its hash is kept. */
export async function newChallenge(
  db: Db,
  { purpose, boundTo, site, askedBy, handle }: Asking & { readonly askedBy: string; readonly handle?: string },
  now: Instant,
): Promise<Uint8Array<ArrayBuffer>> {
  const challenge = Uint8Array.from(randomBytes(CHALLENGE_BYTES));
  const row = {
    challenge_hash: hashOf(Buffer.from(challenge).toString('base64url')),
    purpose,
    bound_to: boundTo,
    origin: site.origin,
    user_handle: handle ?? null,
    asked_by: askedBy,
    created_at: new Date(now),
    expires_at: new Date(now + CHALLENGE_MS),
  };
  await store.insertChallenge(db, row, OPEN_MAX - 1);
  return challenge;
}

/** Uses a challenge up, whatever comes of its answer; `undefined` where it was not asked so, was answered before, or has ended. */
export async function takeChallenge(
  db: Db,
  challenge: string,
  { purpose, boundTo, site }: Asking,
  now: Instant,
): Promise<{ readonly handle: string | null } | undefined> {
  const asked = { challenge_hash: hashOf(challenge), purpose, bound_to: boundTo, origin: site.origin };
  const row = await store.takeChallenge(db, asked, new Date(now));
  return row === undefined ? undefined : { handle: row.user_handle };
}
