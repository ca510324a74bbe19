import { invite } from '../../accounts/people-service.ts';
import { confirmSession, newSession } from '../../accounts/session-service.ts';
import { AGENT_SCOPES, SCOPES } from '../../approvals/keys.ts';
import type { KeyKind, Scope } from '../../approvals/keys.ts';
import { FRESH_MS, ROLES } from '../../approvals/roles.ts';
import type { Role } from '../../approvals/roles.ts';
import { instantFromMs } from '../../money/instant.ts';
import { SESSION_COOKIE } from '../../platform/http/credentials.ts';
import type { ApiWorld } from './api-world.ts';
import { withCookie } from './log-in.ts';
import type { LoggedIn } from './log-in.ts';

/** Somebody, or some program, who asks; and what the one table of roles gives them. */
export interface Asker {
  readonly name: string;
  /** `undefined` where nobody stands behind it any more, or ever did. */
  readonly role: Role | undefined;
  readonly fresh: boolean;
  /** What a program may at all. */
  readonly key?: KeyTerms;
  readonly headers: Readonly<Record<string, string>>;
  /** The payload of the first message on a socket. */
  readonly init: Readonly<Record<string, string>>;
}

export interface KeyTerms {
  readonly kind: KeyKind;
  readonly scopes: readonly Scope[];
}

const EVERYTHING: KeyTerms = { kind: 'service', scopes: SCOPES };

export type Known = LoggedIn & { readonly id: string };

const now = () => instantFromMs(Date.now());

/** Somebody's browser, logged in now. A password is for other tests: each costs a tenth of a second. */
export async function browserOf(api: ApiWorld, personId: string): Promise<Known> {
  const { token } = await newSession(api.database.db, personId, now());
  return { ...withCookie(api, `${SESSION_COOKIE}=${token}`), id: personId };
}

/** Somebody new, logged in now. */
export async function arrived(api: ApiWorld, name: string, role: Role): Promise<Known> {
  const invited = await invite(api.database.db, { name, role, by: 'test' }, now());
  if (invited === undefined) throw new Error(`Invariant: nobody is named ${name} yet`);
  return await browserOf(api, invited.person.id);
}

export async function keyOf(
  person: LoggedIn,
  role: Role,
  { kind, scopes }: KeyTerms = EVERYTHING,
): Promise<{ readonly id: string; readonly secret: string }> {
  const mutation = `mutation ($role: Role, $kind: KeyKind, $scopes: [KeyScope!]) {
    createApiKey(name: "matrix", role: $role, kind: $kind, scopes: $scopes) { __typename ... on ApiKeyPayload { id secret } } }`;
  const variables = { role: role.toUpperCase(), kind: kind.toUpperCase(), scopes: scopes.map((scope) => scope.toUpperCase()) };
  return (await person.ask(mutation, variables)) as unknown as { id: string; secret: string };
}

const byCookie = ({ server: { url } }: ApiWorld, cookie: string): Pick<Asker, 'headers' | 'init'> => ({
  headers: { cookie, origin: url },
  init: {},
});
const byKey = (secret: string): Pick<Asker, 'headers' | 'init'> => ({
  headers: { authorization: `Bearer ${secret}` },
  init: { apiKey: secret },
});

const spoken = (role: Role): string => role.replace('_', ' ');

/** Of each role a person just logged in, one whose log-in is a while ago, and a key. */
async function everyRole(api: ApiWorld): Promise<readonly Asker[]> {
  const askers: Asker[] = [];
  for (const role of ROLES) {
    const person = await arrived(api, `A ${spoken(role)}`, role);
    askers.push({ name: `role ${spoken(role)}, just logged in`, role, fresh: true, ...byCookie(api, person.cookie) });
    const { secret } = await keyOf(person, role);
    askers.push({ name: `a key of the role ${spoken(role)}`, role, fresh: false, key: EVERYTHING, ...byKey(secret) });
    const stale = await arrived(api, `An idle ${spoken(role)}`, role);
    const sessions = await api.database.db.selectFrom('sessions').select('id').where('person_id', '=', stale.id).execute();
    for (const { id } of sessions) await confirmSession(api.database.db, id, instantFromMs(now() - FRESH_MS - 1_000));
    askers.push({ name: `role ${spoken(role)}, whose log-in is a while ago`, role, fresh: false, ...byCookie(api, stale.cookie) });
  }
  return askers;
}

const SET_ROLE = 'mutation ($id: ID!, $role: Role!) { setPersonRole(id: $id, role: $role) { __typename } }';

/** Keys whose own role and whose owner's are not the same: the lesser counts. */
async function keysOfTwoRoles(api: ApiWorld, owner: LoggedIn): Promise<readonly Asker[]> {
  const admin = await arrived(api, 'A careful admin', 'admin');
  const small = await keyOf(admin, 'viewer');
  const demoted = await arrived(api, 'A former admin', 'admin');
  const large = await keyOf(demoted, 'admin');
  await owner.ask(SET_ROLE, { id: demoted.id, role: 'TRADER' });
  return [
    { name: 'a viewer’s key of an admin', role: 'viewer', fresh: false, key: EVERYTHING, ...byKey(small.secret) },
    { name: 'an admin’s key of somebody who is a trader now', role: 'trader', fresh: false, key: EVERYTHING, ...byKey(large.secret) },
  ];
}

/** Keys that are for less than their role is, and an agent's. */
async function keysOfScopes(owner: LoggedIn): Promise<readonly Asker[]> {
  const terms: readonly (KeyTerms & { readonly name: string; readonly role: Role })[] = [
    { name: 'an admin’s key to read', role: 'admin', kind: 'service', scopes: ['read'] },
    { name: 'an admin’s key for research', role: 'admin', kind: 'service', scopes: ['read', 'research'] },
    { name: 'an admin’s key to stop', role: 'admin', kind: 'service', scopes: ['read', 'stop'] },
    { name: 'an agent that may all', role: 'trader', kind: 'agent', scopes: AGENT_SCOPES },
  ];
  const askers: Asker[] = [];
  for (const { name, role, ...key } of terms)
    askers.push({ name, role, fresh: false, key, ...byKey((await keyOf(owner, role, key)).secret) });
  return askers;
}

/** What proved something once, and does no more. */
async function ended(api: ApiWorld, owner: LoggedIn): Promise<readonly Asker[]> {
  const { db } = api.database;
  const expired = await arrived(api, 'Long ago', 'admin');
  await db
    .updateTable('sessions')
    .set({ expires_at: new Date(Date.now() - 1_000) })
    .where('person_id', '=', expired.id)
    .execute();
  const left = await arrived(api, 'Logged out', 'admin');
  const { url } = api.server;
  await fetch(`${url}/logout`, { method: 'POST', headers: { cookie: left.cookie, origin: url }, redirect: 'manual' });
  const revoked = await keyOf(owner, 'admin');
  await owner.ask('mutation ($id: ID!) { revokeApiKey(id: $id) { __typename } }', { id: revoked.id });
  const removed = await arrived(api, 'Gone', 'admin');
  const key = await keyOf(removed, 'admin');
  const second = await browserOf(api, removed.id);
  await owner.ask('mutation ($id: ID!) { removePerson(id: $id) { __typename } }', { id: removed.id });
  const changed = await arrived(api, 'Changed', 'admin');
  await owner.ask(SET_ROLE, { id: changed.id, role: 'VIEWER' });
  const nobody = { role: undefined, fresh: false } as const;
  return [
    { name: 'an expired session', ...nobody, ...byCookie(api, expired.cookie) },
    { name: 'a session after its log-out', ...nobody, ...byCookie(api, left.cookie) },
    { name: 'a session of before a change of role', ...nobody, ...byCookie(api, changed.cookie) },
    { name: 'a revoked key', ...nobody, ...byKey(revoked.secret) },
    { name: 'a removed person', ...nobody, ...byCookie(api, removed.cookie) },
    { name: 'another browser of a removed person', ...nobody, ...byCookie(api, second.cookie) },
    { name: 'a key of a removed person', ...nobody, ...byKey(key.secret) },
  ];
}

/** Everybody that the table of roles tells apart, and everybody that it must not know. */
export async function everyAsker(api: ApiWorld, owner: LoggedIn): Promise<readonly Asker[]> {
  const nobody: Asker = { name: 'nobody', role: undefined, fresh: false, headers: {}, init: {} };
  const stranger: Asker = { name: 'an unknown key', role: undefined, fresh: false, ...byKey(`tmk_${'A'.repeat(43)}`) };
  const unknown: Asker = {
    name: 'an unknown session',
    role: undefined,
    fresh: false,
    ...byCookie(api, `tidemark_session=${'A'.repeat(43)}`),
  };
  return [
    nobody,
    stranger,
    unknown,
    ...(await everyRole(api)),
    ...(await keysOfTwoRoles(api, owner)),
    ...(await keysOfScopes(owner)),
    ...(await ended(api, owner)),
  ];
}
