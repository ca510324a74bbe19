import { Secret, TOTP } from 'otpauth';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { confirmSession } from '../accounts/session-service.ts';
import type { EngineEvent } from '../engine/events.ts';
import { FRESH_MS, ROLES } from '../approvals/roles.ts';
import type { Role } from '../approvals/roles.ts';
import { instantFromMs } from '../money/instant.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { NEEDS, withAuthorization } from './authorization.ts';
import { buildSchema } from './schema.ts';
import { openApiWorld } from './test/api-world.ts';
import type { ApiWorld } from './test/api-world.ts';
import { joined, logIn, PASSWORD, withCookie } from './test/log-in.ts';
import { OPERATIONS } from './test/mutation-operations.ts';
import type { LoggedIn } from './test/log-in.ts';

let api: ApiWorld;
let owner: LoggedIn;
const byRole = new Map<Role, LoggedIn & { readonly id: string }>();
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  await api.world.day(100, 100);
  owner = await logIn(api);
  for (const role of ROLES) byRole.set(role, await joined(api, owner, `The ${role.replace('_', ' ')}`, role));
});
afterAll(() => api.close());

/** A door of the edge, as somebody knocks who is not logged in. */
const through = (path: string, fields: Record<string, string>): Promise<Response> =>
  fetch(`${api.server.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: api.server.url },
    body: JSON.stringify(fields),
  });

const who = (role: Role): LoggedIn & { readonly id: string } => {
  const person = byRole.get(role);
  if (person === undefined) throw new Error(`Invariant: there is a ${role}`);
  return person;
};

test('every field that an operation can begin with is in the table, and nothing else', () => {
  const schema = buildSchema();
  for (const [name, type] of [
    ['Query', schema.getQueryType()],
    ['Mutation', schema.getMutationType()],
    ['Subscription', schema.getSubscriptionType()],
  ] as const)
    expect(Object.keys(NEEDS[name]).sort()).toEqual(Object.keys(type?.getFields() ?? {}).sort());
});

test('a field that the table does not know stops the server', () => {
  const schema = buildSchema();
  const fields = schema.getMutationType()?.getFields() ?? {};
  const { setLimit } = fields;
  if (setLimit === undefined) throw new Error('Invariant: there is setLimit');
  fields['setEverything'] = setLimit;
  expect(() => withAuthorization(schema)).toThrow(/setEverything/);
});

const mutations = Object.entries(NEEDS.Mutation).map(([name, need]) => ({ name, ...need }));

describe('each mutation, asked for by each role', () => {
  test.each(mutations)('$name needs $role', async ({ name, role: least }) => {
    const operation = OPERATIONS[name];
    expect(operation, 'the test has an operation for it').toBeDefined();
    for (const role of ROLES) {
      const { errors } = await who(role).post(`mutation { ${operation ?? ''} }`);
      const refused = errors?.some(({ extensions }) => extensions?.code === 'FORBIDDEN') ?? false;
      expect([role, refused, errors]).toEqual([role, ROLES.indexOf(role) < ROLES.indexOf(least), refused ? errors : undefined]);
    }
  });

  test.each(mutations.filter(({ fresh }) => fresh === true))('$name asks a stale session, and refuses every key', async ({ name }) => {
    const admin = who('admin');
    const sessions = await api.database.db.selectFrom('sessions').select('id').where('person_id', '=', admin.id).execute();
    const confirmed = async (agoMs: number): Promise<void> => {
      for (const { id } of sessions) await confirmSession(api.database.db, id, instantFromMs(Date.now() - agoMs));
    };
    const code = async (by: Pick<LoggedIn, 'post'>): Promise<string | undefined> =>
      (await by.post(`mutation { ${OPERATIONS[name] ?? ''} }`)).errors?.[0]?.extensions?.code;
    await confirmed(FRESH_MS + 1_000);
    expect(await code(admin)).toBe('CONFIRM_LOGIN');
    expect(await code(api)).toBe('CONFIRM_LOGIN');
    // A clock that was set back makes nobody fresh.
    await confirmed(-60_000);
    expect(await code(admin)).toBe('CONFIRM_LOGIN');
    expect((await admin.door('/confirm', { password: 'not this one at all' })).status).toBe(403);
    expect(await code(admin)).toBe('CONFIRM_LOGIN');
    expect((await admin.door('/confirm', { password: PASSWORD })).status).toBe(200);
    expect(await code(admin)).toBeUndefined();
  });
});

test('without a log-in every root field is refused', async () => {
  const { errors } = await api.post('{ overview { seq } }', {}, { authorization: 'Bearer tmk_nobody_nobody_nobody' });
  expect(errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED');
});

describe('what is open ends at once', () => {
  async function socketOf({ cookie }: LoggedIn): Promise<{ readonly closed: Promise<number>; readonly socket: WebSocket }> {
    const { url } = api.server;
    const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers: { cookie, origin: url } });
    const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)));
    await new Promise((resolve) => socket.on('open', resolve));
    const acknowledged = new Promise((resolve) => socket.once('message', resolve));
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await acknowledged;
    return { closed, socket };
  }
  const within = async (ms: number, closed: Promise<number>): Promise<number | 'still open'> =>
    Promise.race([closed, new Promise<'still open'>((resolve) => void setTimeout(() => resolve('still open'), ms))]);

  test.each([
    ['a role is changed', (id: string) => owner.ask('mutation ($id: ID!) { setPersonRole(id: $id, role: VIEWER) { __typename } }', { id })],
    ['a person is removed', (id: string) => owner.ask('mutation ($id: ID!) { removePerson(id: $id) { __typename } }', { id })],
    ['sessions are ended', (id: string) => owner.ask('mutation ($id: ID!) { endSessions(id: $id) { __typename } }', { id })],
  ])('%s: sockets close within a second, and the cookie is worth nothing', async (name, end) => {
    const person = await joined(api, owner, `Short ${name.slice(2, 8)}`, 'trader');
    const { closed } = await socketOf(person);
    await end(person.id);
    expect(await within(1_000, closed)).toBe(4403);
    expect((await person.post('{ viewer { id } }')).status).toBe(401);
  });

  test('one session is ended from another browser of the same person, and nobody else’s is seen', async () => {
    const person = await joined(api, owner, 'Three browsers', 'viewer');
    const response = await through('/login', { name: 'three browsers', password: PASSWORD });
    const other = withCookie(api, response.headers.get('set-cookie')?.split(';')[0] ?? '');
    const { closed } = await socketOf(other);
    const listed = (await person.post('{ sessions { id current device address } }')).data?.['sessions'] as {
      id: string;
      current: boolean;
    }[];
    expect(listed.filter(({ current }) => current)).toHaveLength(1);
    expect(listed).toHaveLength(2);
    const id = listed.find(({ current }) => !current)?.id ?? '';
    const end = 'mutation ($id: ID!) { endSession(id: $id) { __typename } }';
    expect(await owner.ask(end, { id })).toMatchObject({ __typename: 'NotFoundError' });
    expect(await person.ask(end, { id })).toMatchObject({ __typename: 'SessionEndedPayload' });
    expect(await within(1_000, closed)).toBe(4403);
    expect([(await other.post('{ viewer { id } }')).status, (await person.post('{ viewer { id } }')).status]).toEqual([401, 200]);
  });

  test('a confirmation changes the session’s secret; an old secret that comes back late ends the session and its sockets', async () => {
    const person = await joined(api, owner, 'Stolen cookie', 'viewer');
    const before = person.cookie;
    expect((await person.door('/confirm', { password: PASSWORD })).status).toBe(200);
    expect(person.cookie).not.toBe(before);
    const { closed } = await socketOf(person);
    await api.database.db
      .updateTable('sessions')
      .set({ previous_until: new Date(0) })
      .where('previous_hash', 'is not', null)
      .execute();
    expect((await withCookie(api, before).post('{ viewer { id } }')).status).toBe(401);
    expect(await within(1_000, closed)).toBe(4403);
    expect((await person.post('{ viewer { id } }')).status).toBe(401);
  });

  test('a secret of an hour is replaced with the next answer', async () => {
    const person = await joined(api, owner, 'Long at it', 'viewer');
    const before = person.cookie;
    const hourAgo = new Date(Date.now() - 3_600_000);
    await api.database.db.updateTable('sessions').set({ rotated_at: hourAgo }).where('person_id', '=', person.id).execute();
    expect((await person.post('{ viewer { id } }')).status).toBe(200);
    expect(person.cookie).not.toBe(before);
    expect((await person.post('{ viewer { id } }')).status).toBe(200);
  });

  test('a new password ends the other sessions and keeps this one', async () => {
    const person = await joined(api, owner, 'Two browsers', 'viewer');
    const other = await fetch(`${api.server.url}/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: api.server.url },
      body: JSON.stringify({ name: 'two BROWSERS', password: PASSWORD }),
    });
    expect(other.status).toBe(200);
    const { closed } = await socketOf({ ...person, cookie: other.headers.get('set-cookie')?.split(';')[0] ?? '' });
    await person.ask('mutation { changePassword(password: "another four plain words") { __typename } }');
    expect(await within(1_000, closed)).toBe(4403);
    expect((await person.post('{ viewer { id } }')).status).toBe(200);
  });
});

test('a second factor is asked for at log-in and before what is dangerous, and an admin resets it', async () => {
  const person = await joined(api, owner, 'Two factors', 'risk_officer');
  const begun = (await person.ask('mutation { beginSecondFactor { __typename ... on SecondFactorBegun { secret } } }')) as unknown as {
    secret: string;
  };
  const codeIn = (steps: number): string =>
    new TOTP({ secret: Secret.fromBase32(begun.secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
  const confirm = 'mutation ($code: String!) { confirmSecondFactor(code: $code) { __typename ... on RecoveryCodesPayload { codes } } }';
  expect(await person.ask(confirm, { code: 'none' })).toMatchObject({ __typename: 'InvalidInputError' });
  const { codes = [] } = (await person.ask(confirm, { code: codeIn(0) })) as { codes?: string[] };
  expect(codes).toHaveLength(10);
  expect(await person.door('/confirm', { password: PASSWORD })).toMatchObject({
    status: 403,
    message: expect.stringMatching(/authenticator/),
  });
  expect((await person.door('/confirm', { password: PASSWORD, code: codeIn(0) })).status).toBe(403);
  expect((await person.door('/confirm', { password: PASSWORD, code: codeIn(1) })).status).toBe(200);
  const asked = await through('/login', { name: 'two factors', password: PASSWORD });
  expect([asked.status, await asked.json()]).toMatchObject([403, { wants: 'code' }]);
  expect((await through('/login', { name: 'two factors', password: PASSWORD, code: codes[0] ?? '' })).status).toBe(200);
  const reset = 'mutation ($id: ID!) { resetSecondFactor(id: $id) { __typename } }';
  expect(await owner.ask(reset, { id: person.id })).toMatchObject({ __typename: 'SecondFactorRemoved' });
  expect((await person.post('{ viewer { id } }')).status).toBe(401);
  expect((await through('/login', { name: 'two factors', password: PASSWORD })).status).toBe(200);
  const told = (await api.world.journal.read(0, 100_000)).flatMap(({ kind, payload }) => {
    if (kind !== 'AccessRecorded') return [];
    const { person: whose, act, by } = payload as Extract<EngineEvent, { kind: 'AccessRecorded' }>;
    return whose.id === person.id ? [`${act} by ${by === `user:${person.id}` ? 'themselves' : by}`] : [];
  });
  expect(told).toEqual([
    'PasswordSet by themselves',
    'SecondFactorAdded by themselves',
    'LoggedIn by themselves',
    'RecoveryCodeUsed by themselves',
    'SecondFactorReset by user:owner',
    'LoggedIn by themselves',
  ]);
});

test('a key does at most what its owner may, and is seen and revoked by its owner or an admin', async () => {
  const trader = who('trader');
  const create = 'mutation ($role: Role) { createApiKey(name: "bot", role: $role) { __typename ... on ApiKeyPayload { id secret role } } }';
  expect(await trader.ask(create, { role: 'ADMIN' })).toMatchObject({ __typename: 'InvalidInputError' });
  const made = (await trader.ask(create)) as unknown as { id: string; secret: string };
  const names = async (by: LoggedIn): Promise<unknown> => (await by.post('{ apiKeys { id } }')).data?.['apiKeys'];
  expect(await names(trader)).toEqual([{ id: made.id }]);
  expect(await names(who('viewer'))).toEqual([]);
  const revoke = 'mutation ($id: ID!) { revokeApiKey(id: $id) { __typename } }';
  expect(await who('risk_officer').ask(revoke, { id: made.id })).toMatchObject({ __typename: 'NotFoundError' });
  expect(await who('admin').ask(revoke, { id: made.id })).toMatchObject({ __typename: 'ApiKeyRevokedPayload' });
  expect((await api.post('{ viewer { id } }', {}, { authorization: `Bearer ${made.secret}` })).status).toBe(401);
});

describe('keys', () => {
  const create = `mutation ($kind: KeyKind, $role: Role, $scopes: [KeyScope!], $days: Int) {
    createApiKey(name: "program", kind: $kind, role: $role, scopes: $scopes, days: $days) {
      __typename ... on InvalidInputError { field } ... on ApiKeyPayload { secret role kind scopes expiresAt } } }`;
  interface Made {
    readonly secret: string;
    readonly scopes: readonly string[];
    readonly expiresAt: string;
  }
  const made = async (terms: Record<string, unknown>): Promise<Made> => (await owner.ask(create, terms)) as unknown as Made;

  test('a key of whom nothing was said reads for 90 days, and an agent for 30', async () => {
    const days = async (kind: string): Promise<number> => {
      const key = await made({ kind });
      expect(key.scopes).toEqual(['READ']);
      return Math.round((Date.parse(key.expiresAt) - Date.now()) / 86_400_000);
    };
    expect([await days('SERVICE'), await days('AGENT')]).toEqual([90, 30]);
  });

  test.each([
    ['an agent that would be risk officer', { kind: 'AGENT', role: 'RISK_OFFICER' }, 'role'],
    ['an agent that would trade', { kind: 'AGENT', scopes: ['TRADE'] }, 'scopes'],
    ['an agent for longer than 90 days', { kind: 'AGENT', days: 91 }, 'days'],
    ['longer than a year', { days: 366 }, 'days'],
    ['no day at all', { days: 0 }, 'days'],
  ])('%s is refused', async (_name, terms, field) =>
    expect(await owner.ask(create, terms)).toMatchObject({ __typename: 'InvalidInputError', field }),
  );

  const KEYS = [
    { name: 'a service that reads', kind: 'service', scopes: ['read'] },
    { name: 'a service that researches', kind: 'service', scopes: ['read', 'research'] },
    { name: 'a service that trades', kind: 'service', scopes: ['read', 'propose', 'stop', 'trade'] },
    { name: 'a service that stops', kind: 'service', scopes: ['read', 'stop'] },
    { name: 'an agent that may all', kind: 'agent', scopes: ['read', 'research', 'propose', 'stop'] },
  ];
  test.each(KEYS)('$name: each mutation answers as the table says', async ({ kind, scopes }) => {
    const { secret } = await made({ kind: kind.toUpperCase(), role: 'TRADER', scopes: scopes.map((scope) => scope.toUpperCase()) });
    for (const [name, need] of Object.entries(NEEDS.Mutation)) {
      const { errors } = await api.post(`mutation { ${OPERATIONS[name] ?? ''} }`, {}, { authorization: `Bearer ${secret}` });
      const refused = errors?.some(({ extensions }) => ['FORBIDDEN', 'CONFIRM_LOGIN'].includes(extensions?.code ?? '')) ?? false;
      const may =
        ROLES.indexOf('trader') >= ROLES.indexOf(need.role) &&
        need.fresh !== true &&
        scopes.includes(need.of) &&
        !(kind === 'agent' && need.agents === false);
      expect([name, refused]).toEqual([name, !may]);
    }
    expect((await api.post('{ viewer { name } }', {}, { authorization: `Bearer ${secret}` })).errors).toBeUndefined();
    expect((await api.post('{ sessions { id } }', {}, { authorization: `Bearer ${secret}` })).errors?.[0]?.message).toMatch(/for people/);
  });

  test('an agent that may stop tightens and pauses under its own name, and loosens nothing', async () => {
    const { secret } = await made({ kind: 'AGENT', role: 'TRADER', scopes: ['STOP'] });
    const by = { authorization: `Bearer ${secret}` };
    const set = (value: string) =>
      api.post(
        'mutation ($input: SetLimitInput!) { setLimit(input: $input) { __typename } }',
        { input: { name: 'orderRiskRatioMax', value, reason: 'volatile' } },
        by,
      );
    expect((await set('0.004')).data).toEqual({ setLimit: { __typename: 'LimitPayload' } });
    expect((await set('0.02')).errors?.[0]).toMatchObject({
      message: expect.stringMatching(/a person raises/),
      extensions: { code: 'FORBIDDEN' },
    });
    const release = await api.post('mutation { releaseKillSwitch(reason: "why") { __typename } }', {}, by);
    expect(release.errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    const { journal } = (await owner.post('{ journal(first: 1, kind: "LimitSet", actor: "agent:") { edges { node { actor payload } } } }'))
      .data as never;
    expect(journal).toMatchObject({
      edges: [{ node: { actor: expect.stringMatching(/^agent:/), payload: expect.stringMatching(/0\.004/) } }],
    });
  });

  test('no agent approves, whatever door it takes', () => {
    const approving = Object.entries(NEEDS.Mutation).filter(([name]) => /^(?:approve|reduce|release(?:Brake)|rollBack)/.test(name));
    expect(approving.map(([name, need]) => [name, need.agents === false || need.of === 'person'])).toEqual([
      ['approveChange', true],
      ['approveChangeProposal', true],
      ['approveRecommendation', true],
      ['reduceRecommendation', true],
      ['releaseBrake', true],
      ['rollBackModel', true],
    ]);
  });
});

describe('the doors of the edge', () => {
  const send = (path: string, body: string, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${api.server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: api.server.url, ...headers },
      body,
    });

  test.each([
    ['another site', '/login', '{}', { origin: 'http://evil.example' }, 403],
    ['a form', '/login', 'name=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['no object', '/login', '[]', {}, 400],
    ['a number for a text', '/login', '{"name":1}', {}, 400],
    ['no JSON', '/join', '{', {}, 400],
    ['a long body', '/join', JSON.stringify({ token: 'x'.repeat(5_000) }), {}, 400],
    ['an unknown invitation', '/invitation', '{"token":"nothing"}', {}, 404],
    ['an unknown name', '/login', '{"name":"__proto__","password":"x"}', {}, 403],
    ['confirming without a session', '/confirm', '{"password":"x"}', {}, 401],
  ])('%s is refused', async (_name, path, body, headers, status) => {
    expect((await send(path, body, headers)).status).toBe(status);
  });

  test('a flood of log-ins is bounded', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => send('/login', '{"name":"flood","password":"x"}')));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(1);
    await vi.waitFor(async () => expect((await send('/login', '{"name":"flood","password":"x"}')).status).toBe(403), 20_000);
  });
});
