import type { Kysely } from 'kysely';
import type { MasterKey } from '../../accounts/broker-keys/master-key.ts';
import * as passkeys from '../../accounts/passkey-service.ts';
import * as people from '../../accounts/people-service.ts';
import type { ProvenBy, Refused } from '../../accounts/proving-service.ts';
import type { Credential } from '../../accounts/credential-service.ts';
import * as credentials from '../../accounts/service.ts';
import * as sessions from '../../accounts/session-service.ts';
import type { Device, SessionTimes } from '../../accounts/session-service.ts';
import { ConfirmationTries } from '../../accounts/tries.ts';
import type { Instant } from '../../money/instant.ts';
import type { Database } from '../../platform/database.ts';
import type { Accounts, Authenticated, LogInAnswer, OpenedSession } from '../../platform/http/credentials.ts';
import type { PeopleRecord } from './people-record.ts';

type Db = Kysely<Database>;

export interface LogInParts {
  readonly db: Db;
  readonly now: () => Instant;
  readonly times: SessionTimes;
  /** Opens sealed second factors. */
  readonly master: MasterKey | undefined;
  /** Tells whoever listens that these proofs are worth nothing any more. */
  readonly ended: (proofs: readonly string[]) => void;
  readonly record: PeopleRecord;
}

const authenticated = ({ id, person, name, kind, role, key, expiresAt }: Credential, renewalDue: boolean): Authenticated => ({
  // A key acts under its own name in the journal: who did it is the program.
  principal: { id: kind === 'person' ? person.id : id, name, kind, personId: person.id, role, key, proof: id },
  proof: id,
  by: kind === 'person' ? 'session' : 'api-key',
  expiresAtMs: expiresAt,
  renewalDue,
});

const known = (credential: Credential | undefined): Authenticated | undefined =>
  credential === undefined ? undefined : authenticated(credential, false);
const opened = ({ token, expiresAt }: sessions.NewSession): OpenedSession => ({ secret: token, expiresAtMs: expiresAt });
const actor = (personId: string): string => `user:${personId}`;

/** Who a session's secret stands for; one that was replaced long ago ends the session for everybody. */
async function bySession({ db, now, ended, record }: LogInParts, secret: string): Promise<Authenticated | undefined> {
  const { credential, renewalDue, stolen } = await sessions.findSession(db, secret, now());
  if (stolen !== undefined) {
    ended([stolen.id]);
    await record.access('the server', stolen.person.id, 'SessionStolen');
  }
  return credential === undefined ? undefined : authenticated(credential, renewalDue);
}

async function refusal({ record }: LogInParts, { problem, wants, locked, copied }: Refused): Promise<LogInAnswer> {
  if (copied !== undefined) await record.access('the server', copied.personId, 'PasskeyRefused', copied.passkey);
  if (locked !== undefined) await record.access('the server', locked, 'LogInLocked');
  return { ok: false, problem, ...(wants === undefined ? {} : { wants }) };
}

async function tellRecovery({ record }: LogInParts, personId: string, by: ProvenBy): Promise<void> {
  if (by === 'password and recovery code') await record.access(actor(personId), personId, 'RecoveryCodeUsed');
}

/** Ways in: each leaves a session and a line in the journal. */
function waysIn(parts: LogInParts): Pick<Accounts, 'redeemLogin' | 'join' | 'logIn' | 'confirm'> {
  const { db, now, times, master, ended, record } = parts;
  const tries = new ConfirmationTries();
  const opening = (device: Device): sessions.Opening => ({ device, times });
  return {
    redeemLogin: async (token, device) => {
      const session = await credentials.openSession(db, token, now(), opening(device));
      if (session === undefined) return undefined;
      const by = await sessions.sessionByToken(db, session.token, now());
      if (by !== undefined) await record.access(actor(by.person.id), by.person.id, 'LoggedIn', 'by a link');
      return opened(session);
    },
    join: async (fields, device) => {
      const joined = await people.join(db, fields, now(), { opening: opening(device), master });
      if (!joined.ok) return refusal(parts, joined);
      await record.record(actor(joined.personId));
      await record.access(actor(joined.personId), joined.personId, 'PasswordSet', 'by an invitation');
      ended(joined.ended);
      return { ok: true, session: opened(joined.session) };
    },
    logIn: async (fields, device) => {
      const from = { opening: opening(device), master };
      const alone = fields.name === '' && fields.password === '' ? fields.passkey : undefined;
      const answer = await (alone === undefined ? people.logIn(db, fields, now(), from) : people.logInByPasskey(db, alone, now(), from));
      if (!answer.ok) return refusal(parts, answer);
      const { personId, by } = answer;
      await record.access(actor(personId), personId, 'LoggedIn', `by ${by}`);
      await tellRecovery(parts, personId, by);
      return { ok: true, session: opened(answer.session) };
    },
    confirm: async ({ proof, principal: { personId } }, secret, proofs) => {
      const answer = await people.confirm(db, { sessionId: proof, personId, ...proofs }, now(), { master, tries });
      if (!answer.ok) return refusal(parts, answer);
      await tellRecovery(parts, personId, answer.by);
      const session = await sessions.renewSession(db, secret, now(), 'proof');
      return session === undefined ? { ok: false, problem: 'Two confirmed at once: try again.' } : { ok: true, session: opened(session) };
    },
  };
}

/** Log-in and sessions, as the edge needs them. */
export function openLogIns(parts: LogInParts): Omit<Accounts, 'onEnded' | 'watchOpen'> {
  const { db, now, ended, record } = parts;
  return {
    ...waysIn(parts),
    bySession: (secret) => bySession(parts, secret),
    renew: async (secret) => {
      const session = await sessions.renewSession(db, secret, now(), 'age');
      return session === undefined ? undefined : opened(session);
    },
    byApiKey: async (secret) => known(await credentials.credentialByKey(db, secret, now())),
    byKeyId: async (id) => known(await credentials.credentialByKeyId(db, id, now())),
    byProof: async (proof) => known(await sessions.sessionById(db, proof, now())),
    endSession: async (secret) => {
      const by = await bySession(parts, secret);
      if (by === undefined) return;
      const { personId } = by.principal;
      if (!(await sessions.closeSession(db, by.proof, personId, now()))) return;
      ended([by.proof]);
      await record.access(actor(personId), personId, 'SessionEnded', 'logged out');
    },
    askForLogIn: (site, browser, { address }) => passkeys.askForLogIn(db, { site, browser, address }, now()),
    askForConfirmation: (site, { proof, principal: { personId } }) =>
      passkeys.askForConfirmation(db, { site, sessionId: proof, personId }, now()),
    invited: async (token) => await credentials.invitedPerson(db, token, now()),
  };
}
