import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import { ensureOwner } from '../../accounts/service.ts';
import { hashOf, newSession, renewSession } from '../../accounts/session-service.ts';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { withCookie } from '../../graphql/test/log-in.ts';
import { instantFromMs } from '../../money/instant.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';
import { SESSION_COOKIE } from './credentials.ts';
import { CLOSE } from './live-sockets.ts';
import { SOCKET_LIMITS } from './websocket.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
});
afterAll(() => api.close());

interface Frame {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

interface Opened {
  readonly socket: WebSocket;
  readonly frames: Frame[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  send(message: unknown): void;
  until(type: string): Promise<Frame>;
}

/** A socket that speaks by hand. Rejects with the status where the upgrade is refused. */
function open(path = '/graphql', options: ClientOptions = {}, protocol = 'graphql-transport-ws'): Promise<Opened> {
  const socket = new WebSocket(`${api.server.url.replace('http', 'ws')}${path}`, protocol, options);
  const frames: Frame[] = [];
  const closed = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString()) as Frame));
  return new Promise((resolve, reject) => {
    socket.on('unexpected-response', (_request, response) => reject(new Error(`status ${response.statusCode}`)));
    socket.on('error', reject);
    socket.on('open', () =>
      resolve({
        socket,
        frames,
        closed,
        send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
        until: (type) =>
          vi.waitFor(() => {
            const found = frames.find((frame) => frame.type === type);
            if (found === undefined) throw new Error(`no ${type} among ${JSON.stringify(frames)}`);
            return found;
          }),
      }),
    );
  });
}

async function accepted(options: ClientOptions = {}, payload: unknown = { apiKey: api.apiKey }): Promise<Opened> {
  const opened = await open('/graphql', options);
  opened.send({ type: 'connection_init', payload });
  await opened.until('connection_ack');
  return opened;
}

const subscribe = (id: string, query: string): unknown => ({ id, type: 'subscribe', payload: { query } });
const STATE = 'subscription { controls { tradingState } }';

async function logIn(): Promise<string> {
  const answer = await fetch(`${api.server.url}/login?token=${await api.loginToken()}`, { redirect: 'manual' });
  return answer.headers.get('set-cookie')?.split(';')[0] ?? '';
}

describe('the upgrade', () => {
  test.each([
    ['a foreign Origin', '/graphql', { origin: 'http://evil.example' }, 'status 403'],
    ['a look-alike Origin', '/graphql', { origin: 'http://127.0.0.1.evil.example' }, 'status 403'],
    ['a token in the address', '/graphql?token=secret', {}, 'status 400'],
    ['another path', '/socket', {}, 'status 404'],
  ])('%s is refused', async (_name, path, options: ClientOptions, status) => {
    await expect(open(path, options)).rejects.toThrow(status);
  });

  test('a foreign Host is refused', async () => {
    await expect(open('/graphql', { headers: { host: 'evil.example' } })).rejects.toThrow();
  });
});

describe('who may stay', () => {
  test.each([
    ['nothing', {}],
    ['a wrong key', { apiKey: `tmk_${'A'.repeat(43)}` }],
    ['a key of another type', { apiKey: ['x'] }],
    ['a very long key', { apiKey: `tmk_${'A'.repeat(10_000)}` }],
  ])('%s: 4403', async (_name, payload) => {
    const opened = await open();
    opened.send({ type: 'connection_init', payload });
    expect((await opened.closed).code).toBe(4403);
  });

  test('a cookie counts with our own Origin only', async () => {
    const cookie = await logIn();
    const own = await accepted({ headers: { cookie }, origin: api.server.url }, {});
    own.socket.close();
    const absent = await open('/graphql', { headers: { cookie } });
    absent.send({ type: 'connection_init' });
    expect((await absent.closed).code).toBe(4403);
  });

  test('log-out ends the sockets of that session, and no others', async () => {
    const [leaving, staying] = [await logIn(), await logIn()];
    const ours = await accepted({ headers: { cookie: leaving }, origin: api.server.url }, {});
    const theirs = await accepted({ headers: { cookie: staying }, origin: api.server.url }, {});
    await fetch(`${api.server.url}/logout`, { method: 'POST', headers: { cookie: leaving, origin: api.server.url }, redirect: 'manual' });
    expect((await ours.closed).code).toBe(4403);
    theirs.send(subscribe('1', STATE));
    await theirs.until('next');
    theirs.socket.close();
  });

  test('log-out with a secret that was replaced ends the sockets of whoever has the new one, and is told', async () => {
    const { db } = api.database;
    const owner = await ensureOwner(db, instantFromMs(Date.now()));
    const { token } = await newSession(db, owner.id, instantFromMs(Date.now()));
    const renewed = await renewSession(db, token, instantFromMs(Date.now()), 'proof');
    await db
      .updateTable('sessions')
      .set({ previous_until: new Date(0) })
      .where('previous_hash', '=', hashOf(token))
      .execute();
    const origin = api.server.url;
    const theirs = await accepted({ headers: { cookie: `${SESSION_COOKIE}=${renewed?.token}` }, origin }, {});
    await fetch(`${origin}/logout`, { method: 'POST', headers: { cookie: `${SESSION_COOKIE}=${token}`, origin }, redirect: 'manual' });
    await vi.waitFor(() => expect(theirs.socket.readyState).toBe(WebSocket.CLOSED), 1_000);
    expect((await theirs.closed).code).toBe(4403);
    const { data } = await api.post('{ journal(first: 5, newestFirst: true) { edges { node { payload } } } }');
    expect(JSON.stringify(data)).toContain('SessionStolen');
  });
});

test('a revoked key ends its sockets and opens no more', async () => {
  const { keys } = api.opened.capabilities;
  const made = await keys.create({ personId: 'owner', name: 'owner', role: 'admin' }, 'short-lived', 'trader', {
    kind: 'service',
    scopes: [],
    days: 1,
  });
  const opened = await accepted({}, { apiKey: made.secret });
  const revoke = 'mutation ($id: ID!) { revokeApiKey(id: $id) { __typename } }';
  const owner = withCookie(api, await logIn());
  expect((await api.post(revoke, { id: made.id })).errors?.[0]?.message).toMatch(/for people/);
  expect((await owner.post(revoke, { id: made.id })).data).toEqual({ revokeApiKey: { __typename: 'ApiKeyRevokedPayload' } });
  expect((await opened.closed).code).toBe(4403);
  expect((await api.post('{ viewer { id } }', {}, { authorization: `Bearer ${made.secret}` })).status).toBe(401);
  expect((await owner.post(revoke, { id: made.id })).data).toEqual({ revokeApiKey: { __typename: 'NotFoundError' } });
  const listed = await api.post('{ apiKeys { id name revoked } }');
  expect(listed.data?.['apiKeys']).toContainEqual({ id: made.id, name: 'short-lived', revoked: true });
  expect(JSON.stringify(listed.data)).not.toContain(made.secret);
});

describe('the protocol', () => {
  test('no init in time: 4408', async () => {
    const opened = await open();
    expect((await opened.closed).code).toBe(4408);
  });
  test('subscribing before the init: 4401', async () => {
    const opened = await open();
    opened.send(subscribe('1', STATE));
    expect((await opened.closed).code).toBe(4401);
  });
  test('two inits: 4429', async () => {
    const opened = await accepted();
    opened.send({ type: 'connection_init' });
    expect((await opened.closed).code).toBe(4429);
  });
  test('one id twice: 4409', async () => {
    const opened = await accepted();
    opened.send(subscribe('1', STATE));
    opened.send(subscribe('1', STATE));
    expect((await opened.closed).code).toBe(4409);
  });
  test.each(['nonsense', '{"type":"other"}', '{"type":"subscribe"}', '[]'])('the message %j: 4400', async (message) => {
    const opened = await accepted();
    opened.send(message);
    expect((await opened.closed).code).toBe(4400);
  });
  test('another subprotocol is not agreed to', async () => {
    await expect(open('/graphql', {}, 'graphql-ws')).rejects.toThrow('subprotocol');
  });
  test('a frame above the bound: 1009', async () => {
    const opened = await accepted();
    opened.send('x'.repeat(SOCKET_LIMITS.messageBytesMax + 1));
    expect((await opened.closed).code).toBe(1009);
  });
  test('a flood of messages ends the socket', async () => {
    const opened = await accepted();
    for (let index = 0; index < 2_000; index += 1) opened.send({ type: 'ping' });
    expect((await opened.closed).code).toBe(CLOSE.tooManyMessages);
  });
});

describe('the limits of documents hold here too', () => {
  test.each([
    ['depth', `{ ${'a { '.repeat(50)}b${' }'.repeat(50)} }`],
    ['aliases', `{ ${Array.from({ length: 100 }, (_, index) => `a${index}: overview { seq }`).join(' ')} }`],
    ['tokens', `{ overview { ${'seq '.repeat(4_000)} } }`],
    ['cost', '{ orders(first: 99999999) { edges { node { id } } } }'],
    ['a cost behind a subscription', 'subscription { orders { ... on OrderUpdate { order { id } } } a: orders { __typename } }'],
  ])('%s', async (_name, query) => {
    const opened = await accepted();
    opened.send(subscribe('1', query));
    const answer = await vi.waitFor(() => {
      const found = opened.frames.find(({ id }) => id === '1');
      if (found === undefined) throw new Error('no answer');
      return found;
    });
    expect(JSON.stringify(answer)).toMatch(/"(?:message|errors)"/);
    expect(JSON.stringify(answer)).not.toMatch(/node_modules|\.ts:\d/);
    opened.socket.close();
  });

  test('one subscription more than allowed is refused, the others go on', async () => {
    const opened = await accepted();
    for (let index = 0; index <= SOCKET_LIMITS.subscriptionsMax; index += 1) opened.send(subscribe(String(index), STATE));
    const refused = await opened.until('error');
    expect(refused.id).toBe(String(SOCKET_LIMITS.subscriptionsMax));
    await vi.waitFor(() => expect(opened.frames.filter(({ type }) => type === 'next').length).toBe(SOCKET_LIMITS.subscriptionsMax));
    opened.socket.close();
  });
});

test('a reader that never reads costs nobody else anything', async () => {
  const stuck = await accepted();
  stuck.socket.pause();
  for (let index = 0; index < 20; index += 1)
    stuck.send(subscribe(String(index), 'subscription { journal(after: "0") { ... on JournalUpdate { entries { seq payload } } } }'));
  const reader = await accepted();
  reader.send(subscribe('1', STATE));
  await reader.until('next');
  reader.socket.close();
  stuck.socket.terminate();
  await vi.waitFor(() => expect(api.server.socketCount()).toBe(0), { timeout: 10_000 });
  expect(api.failures).toEqual([]);
});
