import type { Kysely } from 'kysely';
import { closeSession, createApiKey, credentialByKey, ensureOwner, openSession, sessionByToken } from '../../accounts/service.ts';
import type { Credential } from '../../accounts/service.ts';
import type { AccountKeys } from '../../accounts/graphql.ts';
import type { Instant } from '../../money/instant.ts';
import type { Database } from '../../platform/database.ts';
import type { Accounts, Authenticated } from '../../platform/http/credentials.ts';

const authenticated = (credential: Credential): Authenticated => ({
  // A key acts under its own name in the journal: who did it is the program.
  principal: { id: credential.kind === 'owner' ? credential.owner.id : credential.id, name: credential.name, kind: credential.kind },
  proof: credential.id,
  by: credential.kind === 'owner' ? 'session' : 'api-key',
  expiresAtMs: credential.expiresAt,
});

/** Log-in, sessions and keys, as the edge needs them. */
export function accountsOf(db: Kysely<Database>, now: () => Instant): Accounts {
  return {
    redeemLogin: async (token) => {
      const session = await openSession(db, token, now());
      return session === undefined ? undefined : { secret: session.token, expiresAtMs: session.expiresAt };
    },
    bySession: async (secret) => {
      const credential = await sessionByToken(db, secret, now());
      return credential === undefined ? undefined : authenticated(credential);
    },
    byApiKey: async (secret) => {
      const credential = await credentialByKey(db, secret, now());
      return credential === undefined ? undefined : authenticated(credential);
    },
    endSession: (secret) => closeSession(db, secret, now()),
  };
}

export const keysOf = (db: Kysely<Database>, now: () => Instant): AccountKeys => ({
  create: async (_principal, name) => createApiKey(db, await ensureOwner(db, now()), name, now()),
});
