import type { Kysely } from 'kysely';
import {
  closeSession,
  createApiKey,
  credentialByKey,
  ensureOwner,
  listApiKeys,
  openSession,
  revokeApiKey,
  sessionByToken,
} from '../../accounts/service.ts';
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

/** Log-in, sessions and keys, as the edge and the API need them. A proof that ends is told to whoever listens. */
export function openAccounts(db: Kysely<Database>, now: () => Instant): { readonly accounts: Accounts; readonly keys: AccountKeys } {
  const listeners = new Set<(proof: string) => void>();
  const ended = (proof: string): void => listeners.forEach((listener) => listener(proof));
  const accounts: Accounts = {
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
    endSession: async (secret) => {
      const credential = await sessionByToken(db, secret, now());
      await closeSession(db, secret, now());
      if (credential !== undefined) ended(credential.id);
    },
    onEnded: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const keys: AccountKeys = {
    create: async (_principal, name) => createApiKey(db, await ensureOwner(db, now()), name, now()),
    list: () => listApiKeys(db),
    revoke: async (id) => {
      const done = await revokeApiKey(db, id, now());
      if (done) ended(id);
      return done;
    },
  };
  return { accounts, keys };
}
