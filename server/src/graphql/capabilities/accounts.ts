import type { Kysely } from 'kysely';
import type { AccountKeys } from '../../accounts/graphql.ts';
import type { AccountPeople } from '../../accounts/graphql-people.ts';
import * as people from '../../accounts/people-service.ts';
import * as credentials from '../../accounts/service.ts';
import type { Credential } from '../../accounts/service.ts';
import type { PeopleRecord } from './people-record.ts';
import type { Instant } from '../../money/instant.ts';
import type { Database } from '../../platform/database.ts';
import type { Accounts, Authenticated } from '../../platform/http/credentials.ts';

const authenticated = ({ id, person, name, kind, role, expiresAt }: Credential): Authenticated => ({
  // A key acts under its own name in the journal: who did it is the program.
  principal: { id: kind === 'person' ? person.id : id, name, kind, personId: person.id, role, proof: id },
  proof: id,
  by: kind === 'person' ? 'session' : 'api-key',
  expiresAtMs: expiresAt,
});

type Db = Kysely<Database>;
type Ended = (proofs: readonly string[]) => void;

function openDoors(db: Db, now: () => Instant, ended: Ended, record: PeopleRecord['record']): Omit<Accounts, 'onEnded'> {
  const opened = ({ token, expiresAt }: credentials.NewSession) => ({ secret: token, expiresAtMs: expiresAt });
  const known = (credential: Credential | undefined) => (credential === undefined ? undefined : authenticated(credential));
  return {
    redeemLogin: async (token) => {
      const session = await credentials.openSession(db, token, now());
      return session === undefined ? undefined : opened(session);
    },
    bySession: async (secret) => known(await credentials.sessionByToken(db, secret, now())),
    byApiKey: async (secret) => known(await credentials.credentialByKey(db, secret, now())),
    byProof: async (proof) => known(await credentials.sessionById(db, proof, now())),
    endSession: async (secret) => {
      const credential = await credentials.sessionByToken(db, secret, now());
      await credentials.closeSession(db, secret, now());
      if (credential !== undefined) ended([credential.id]);
    },
    invited: async (token) => await credentials.invitedPerson(db, token, now()),
    join: async (token, password) => {
      const who = await credentials.invitedPerson(db, token, now());
      const joined = await people.join(db, token, password, now());
      if (!joined.ok) return joined;
      await record(who === undefined ? 'invitation' : `user:${who.id}`);
      ended(joined.ended);
      return { ok: true, session: opened(joined.session) };
    },
    logIn: async (name, password) => {
      const answer = await people.logIn(db, { name, password }, now());
      return answer.ok ? { ok: true, session: opened(answer.session) } : answer;
    },
    confirm: async ({ proof, principal }, password) =>
      await people.confirm(db, { sessionId: proof, personId: principal.personId, password }, now()),
  };
}

function openPeople(db: Db, now: () => Instant, ended: Ended, record: PeopleRecord['record']): AccountPeople {
  const done = (proofs: readonly string[] | undefined): boolean => {
    ended(proofs ?? []);
    return proofs !== undefined;
  };
  return {
    now,
    record,
    list: () => people.listPeople(db),
    byId: (id) => people.personById(db, id),
    confirmedAt: async (proof) => (await credentials.sessionById(db, proof, now()))?.confirmedAt,
    invite: (person) => people.invite(db, person, now()),
    inviteAgain: (id) => people.inviteAgain(db, id, now()),
    setRole: async (id, role) => done(await people.setRole(db, id, role, now())),
    remove: async (id) => done(await people.remove(db, id, now())),
    endSessions: async (id) => {
      const proofs = await people.endSessions(db, id, now());
      ended(proofs);
      return proofs.length;
    },
    changePassword: async (proof, personId, password) => {
      const answer = await people.changePassword(db, { sessionId: proof, personId, password }, now());
      if (typeof answer === 'string') return answer;
      ended(answer);
      return undefined;
    },
  };
}

export interface OpenAccounts {
  readonly accounts: Accounts;
  readonly keys: AccountKeys;
  readonly people: AccountPeople;
}

/** Log-in, people, sessions and keys, as the edge and the API need them. A proof that ends is told to whoever listens. */
export function openAccounts(db: Db, now: () => Instant, { record }: PeopleRecord): OpenAccounts {
  const listeners = new Set<(proof: string) => void>();
  const ended: Ended = (proofs) => proofs.forEach((proof) => listeners.forEach((listener) => listener(proof)));
  return {
    accounts: {
      ...openDoors(db, now, ended, record),
      onEnded: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    keys: {
      create: ({ personId, name: ownerName, role: ownerRole }, name, role) =>
        credentials.createApiKey(db, { id: personId, name: ownerName, role: ownerRole }, name, now(), role),
      list: () => credentials.listApiKeys(db),
      revoke: async (id) => {
        const done = await credentials.revokeApiKey(db, id, now());
        if (done) ended([id]);
        return done;
      },
    },
    people: openPeople(db, now, ended, record),
  };
}
