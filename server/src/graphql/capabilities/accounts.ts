import type { Kysely } from 'kysely';
import type { AccountKeys } from '../../accounts/graphql.ts';
import type { AccountPeople } from '../../accounts/graphql-people.ts';
import type { Passkeys } from '../../accounts/graphql-passkeys.ts';
import type { SecondFactors } from '../../accounts/graphql-second-factor.ts';
import type { AccountSecurity } from '../../accounts/graphql-security.ts';
import type { MasterKey } from '../../accounts/broker-keys/master-key.ts';
import * as passkeys from '../../accounts/passkey-service.ts';
import * as people from '../../accounts/people-service.ts';
import * as credentials from '../../accounts/service.ts';
import * as factors from '../../accounts/second-factor-service.ts';
import * as sessions from '../../accounts/session-service.ts';
import { SESSION_TIMES } from '../../accounts/session-service.ts';
import type { SessionTimes } from '../../accounts/session-service.ts';
import type { PeopleRecord } from './people-record.ts';
import type { Instant } from '../../money/instant.ts';
import type { Database } from '../../platform/database.ts';
import type { Accounts, Resting } from '../../platform/http/credentials.ts';
import { openLogIns } from './log-ins.ts';

type Db = Kysely<Database>;
type Ended = (proofs: readonly string[]) => void;

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
    confirmedAt: async (proof) => (await sessions.sessionById(db, proof, now()))?.confirmedAt,
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

function openSecurity(db: Db, now: () => Instant, ended: Ended, record: PeopleRecord): AccountSecurity {
  return {
    recordAccess: record.access,
    sessions: (personId) => sessions.sessionsOf(db, personId, now()),
    endSession: async (id, personId) => {
      const done = await sessions.closeSession(db, id, personId, now());
      if (done) ended([id]);
      return done;
    },
  };
}

function openSecondFactors(db: Db, now: () => Instant, ended: Ended, master: MasterKey | undefined): SecondFactors {
  return {
    of: (personId) => factors.secondFactorOf(db, personId),
    people: () => factors.peopleWithSecondFactor(db),
    begin: (person) => factors.beginSecondFactor(db, person, master, now()),
    confirm: async (personId, code, proof) => {
      const codes = await factors.confirmSecondFactor(db, { personId, code }, master, now());
      if (codes !== undefined) ended(await people.endSessions(db, personId, now(), proof));
      return codes;
    },
    recoveryCodesLeft: (personId) => factors.recoveryCodesLeft(db, personId),
    makeRecoveryCodes: (personId) => factors.makeRecoveryCodes(db, personId, now()),
    remove: (personId) => factors.removeSecondFactor(db, personId),
    reset: async (personId) => {
      const app = await factors.removeSecondFactor(db, personId);
      const done = (await passkeys.removePasskeysOf(db, personId)) || app;
      if (done) ended(await people.endSessions(db, personId, now()));
      return done;
    },
  };
}

function openPasskeys(db: Db, now: () => Instant, ended: Ended): Passkeys {
  const endOthers = async (personId: string, proof: string): Promise<void> => ended(await people.endSessions(db, personId, now(), proof));
  return {
    of: (personId) => passkeys.passkeysOf(db, personId),
    people: () => passkeys.peopleWithPasskey(db),
    begin: (at, personName) => passkeys.beginPasskey(db, at, personName, now()),
    add: async (at, made) => {
      const added = await passkeys.addPasskey(db, at, made, now());
      if (!added.ok) return added;
      if (!added.isFirst) return { ...added, codes: [] };
      await endOthers(at.personId, at.sessionId);
      return { ...added, codes: await factors.makeRecoveryCodes(db, at.personId, now()) };
    },
    rename: (id, personId, name) => passkeys.renamePasskey(db, id, personId, name),
    remove: async (id, personId, proof) => {
      const name = await passkeys.removePasskey(db, id, personId);
      if (name !== undefined) await endOthers(personId, proof);
      return name;
    },
  };
}

/** What an installation can choose. */
export interface AccountSettings {
  readonly times?: SessionTimes | undefined;
  /** Seals second factors; kept as they are where absent. */
  readonly master?: MasterKey | undefined;
  /** How browsers reach this server through a proxy with TLS; on loopback alone where absent. */
  readonly publicOrigin?: URL | undefined;
}

/** What other processes may have ended. */
export interface EndedElsewhere {
  /** This session or key is worth nothing any more. */
  readonly ended: (proof: string) => void;
  /** Looks up whether what is open still stands, and ends what does not. */
  readonly lookAgain: () => Promise<void>;
}

export interface OpenAccounts {
  readonly accounts: Accounts;
  readonly elsewhere: EndedElsewhere;
  readonly keys: AccountKeys;
  readonly people: AccountPeople;
  readonly security: AccountSecurity;
  readonly secondFactors: SecondFactors;
  readonly passkeys: Passkeys;
}

type Open = () => readonly Resting[];

/** Ends what is open here and rests on nothing any more, or on another role. */
async function lookAgain(db: Db, sources: ReadonlySet<Open>, ended: Ended): Promise<void> {
  const open = [...sources].flatMap((source) => [...source()]);
  const standing = await credentials.standingRoles(db, [...new Set(open.map(([proof]) => proof))]);
  ended(open.filter(([proof, role]) => standing.get(proof) !== role).map(([proof]) => proof));
}

/** Log-in, people, sessions and keys, as the edge and the API need them. A proof that ends is told to whoever listens. */
export function openAccounts(db: Db, now: () => Instant, record: PeopleRecord, settings: AccountSettings = {}): OpenAccounts {
  const listeners = new Set<(proof: string) => void>();
  const sources = new Set<Open>();
  const ended: Ended = (proofs) => proofs.forEach((proof) => listeners.forEach((listener) => listener(proof)));
  return {
    accounts: {
      ...openLogIns({ db, now, times: settings.times ?? SESSION_TIMES, master: settings.master, ended, record }),
      onEnded: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      watchOpen: (open) => {
        sources.add(open);
        return () => sources.delete(open);
      },
    },
    elsewhere: { ended: (proof) => ended([proof]), lookAgain: () => lookAgain(db, sources, ended) },
    keys: {
      create: ({ personId, name: ownerName, role: ownerRole }, name, role, terms) =>
        credentials.createApiKey(db, { id: personId, name: ownerName, role: ownerRole }, name, now(), role, terms),
      list: () => credentials.listApiKeys(db),
      revoke: async (id) => {
        const done = await credentials.revokeApiKey(db, id, now());
        if (done) ended([id]);
        return done;
      },
      pause: async (id) => {
        const done = await credentials.pauseApiKey(db, id, now());
        if (done) ended([id]);
        return done;
      },
      resume: (id) => credentials.resumeApiKey(db, id),
    },
    people: openPeople(db, now, ended, record.record),
    security: openSecurity(db, now, ended, record),
    secondFactors: openSecondFactors(db, now, ended, settings.master),
    passkeys: openPasskeys(db, now, ended),
  };
}
