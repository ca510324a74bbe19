import { deflateRawSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { acceptedSocket, openSocket, subscribe } from '../../../graphql/test/socket.ts';
import type { HandSocket } from '../../../graphql/test/socket.ts';
import { CLOSE } from '../live-sockets.ts';
import { openAttackedServer, SOCKETS_MAX } from './test/attacked-server.ts';
import type { AttackedServer } from './test/attacked-server.ts';
import { frame, OPCODE, openRawSocket } from './test/raw-socket.ts';

let attacked: AttackedServer;
beforeAll(async () => {
  attacked = await openAttackedServer();
});
afterAll(() => attacked.close());

const place = () => ({ server: attacked.server, apiKey: attacked.api.apiKey });
const INIT = (): Buffer => frame(OPCODE.text, JSON.stringify({ type: 'connection_init', payload: { apiKey: attacked.api.apiKey } }));
const CALL = JSON.stringify(subscribe('1', '{ controls { tradingState } }'));
const CHANGE = 'mutation { engageKillSwitch(input: { action: FREEZE, reason: "by an attack" }) { __typename } }';

describe('the upgrade', () => {
  test.each([
    ['a foreign Origin with a cookie', { origin: 'http://evil.example', cookie: `tidemark_session=${'A'.repeat(43)}` }, 403],
    ['no Origin of a page', { origin: 'null' }, 403],
    ['our name at another port', { origin: 'http://127.0.0.1:1' }, 403],
    ['our name in front of another', { origin: 'http://127.0.0.1.evil.example' }, 403],
    ['our name as a user', { origin: 'http://127.0.0.1@evil.example' }, 403],
    ['our name in another script', { origin: 'http://lосalhost' }, 400],
    ['an older protocol', { 'sec-websocket-version': '7' }, 400],
    ['no key', { 'sec-websocket-key': '' }, 400],
    ['a protocol that is none', { 'sec-websocket-protocol': 'a,,b' }, 400],
    ['another protocol under the same path', { upgrade: 'h2c' }, 400],
  ])('%s is refused', async (_name, headers: Record<string, string>, status) => {
    const sent = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, Buffer.from(value, 'utf8').toString('latin1')]));
    await expect(openRawSocket(attacked.server.url, sent)).rejects.toThrow(status === 400 ? /status (?:400|403|405)/ : `status ${status}`);
  });

  test('of one connection more than allowed is refused, and of the next after one has gone is not', async () => {
    const opened = await Promise.all(Array.from({ length: SOCKETS_MAX }, () => acceptedSocket(place())));
    await expect(openSocket(place())).rejects.toThrow('status 503');
    opened[0]?.socket.close();
    await opened[0]?.closed;
    await vi.waitFor(() => expect(attacked.server.socketCount()).toBe(SOCKETS_MAX - 1));
    const again = await acceptedSocket(place());
    for (const { socket } of [...opened, again]) socket.terminate();
    await vi.waitFor(() => expect(attacked.server.socketCount()).toBe(0));
  });

  test('of a crowd, as many come in as there is room for', async () => {
    const crowd = await Promise.allSettled(Array.from({ length: 3 * SOCKETS_MAX }, () => openSocket(place())));
    const [opened, refused] = [crowd.filter((one) => one.status === 'fulfilled'), crowd.filter((one) => one.status === 'rejected')];
    expect([opened.length, refused.length]).toEqual([SOCKETS_MAX, 2 * SOCKETS_MAX]);
    for (const { reason } of refused) expect(String(reason)).toContain('status 503');
    for (const { value } of opened) value.socket.terminate();
    await vi.waitFor(() => expect(attacked.server.socketCount()).toBe(0));
  });
});

describe('frames that are not of the protocol', () => {
  const bomb = deflateRawSync(Buffer.alloc(100_000_000, ' '));
  test.each([
    ['a compression bomb', [frame(OPCODE.text, bomb.subarray(0, 100_000), { rsv1: true })], 1002],
    ['a binary frame', [frame(OPCODE.binary, CALL)], CLOSE.notText],
    ['a text without a mask', [frame(OPCODE.text, CALL, { masked: false })], 1002],
    ['an unknown kind of frame', [frame(OPCODE.reserved, CALL)], 1002],
    ['a length of 2⁶³', [frame(OPCODE.text, 'x', { length: 2n ** 63n })], 1009],
    ['a length of a gigabyte, of which a byte comes', [frame(OPCODE.text, 'x', { length: 2n ** 30n })], 1009],
    ['a text that is no text', [frame(OPCODE.text, Buffer.from([0xff, 0xfe, 0xfd]))], 1007],
    [
      'a text in 20,000 pieces',
      [frame(OPCODE.text, 'x', { fin: false }), ...Array.from({ length: 20_000 }, () => frame(OPCODE.continuation, 'x', { fin: false }))],
      1008,
    ],
    [
      'pieces that are too much together',
      Array.from({ length: 40 }, (_, index) => frame(index === 0 ? OPCODE.text : OPCODE.continuation, 'x'.repeat(4_000), { fin: false })),
      1009,
    ],
    ['a piece of nothing', [frame(OPCODE.continuation, 'x')], 1002],
    ['a ping in pieces', [frame(OPCODE.ping, 'x', { fin: false })], 1002],
    ['a long ping', [frame(OPCODE.ping, 'x'.repeat(126))], 1002],
    ['a close with a code that is none', [frame(OPCODE.close, Buffer.from([0, 1]))], 1002],
    // More than can be answered at once: the library ends the connection without a word.
    ['pings all at once', Array.from({ length: 2_000 }, () => frame(OPCODE.ping, 'x')), 0],
    ['a flood of pongs', Array.from({ length: 2_000 }, () => frame(OPCODE.pong)), CLOSE.tooManyMessages],
    ['a flood of operations', Array.from({ length: 2_000 }, () => frame(OPCODE.text, '{"type":"ping"}')), CLOSE.tooManyMessages],
  ])('%s', async (_name, frames, code) => {
    const raw = await openRawSocket(attacked.server.url);
    raw.write(INIT());
    attacked.called.length = 0;
    raw.write(...frames);
    expect(await raw.closed).toBe(code);
    expect(attacked.called.filter((call) => call.startsWith('session'))).toEqual([]);
  });
});

test('pings that come one after the other, and never end', async () => {
  const raw = await openRawSocket(attacked.server.url);
  for (let sent = 0; !raw.stream.destroyed && sent < 100_000; sent += 20) {
    raw.write(...Array.from({ length: 20 }, () => frame(OPCODE.ping, 'x')));
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await raw.closed).toBe(CLOSE.tooManyMessages);
});

describe('messages that are not of the protocol', () => {
  test.each([
    ['an id of every object', { id: '__proto__', type: 'subscribe', payload: { query: '{ nothing }' } }, undefined],
    ['a payload with a prototype', '{"id":"1","type":"subscribe","payload":{"query":"{ nothing }","__proto__":{"x":1}}}', undefined],
    ['no id', { type: 'subscribe', payload: { query: '{ nothing }' } }, 4400],
    ['an empty id', { id: '', type: 'subscribe', payload: { query: '{ nothing }' } }, 4400],
    ['an id that is no text', { id: 1, type: 'subscribe', payload: { query: '{ nothing }' } }, 4400],
    ['a query that is no text', { id: '1', type: 'subscribe', payload: { query: ['{ nothing }'] } }, 4400],
    ['variables that are a list', { id: '1', type: 'subscribe', payload: { query: '{ nothing }', variables: [1] } }, 4400],
    ['a name that is an object', { id: '1', type: 'subscribe', payload: { query: '{ nothing }', operationName: {} } }, 4400],
    ['a batch', [{ id: '1', type: 'subscribe', payload: { query: '{ nothing }' } }], 4400],
    ['what only a server says', { id: '1', type: 'next', payload: {} }, 4400],
    ['a type of every object', { id: '1', type: 'constructor' }, 4400],
    ['100,000 levels', '['.repeat(100_000), 4400],
    ['100,000 levels that end', `${'['.repeat(60_000)}${']'.repeat(60_000)}`, 4400],
  ])('%s', async (_name, message, code) => {
    const opened = await acceptedSocket(place());
    opened.send(message);
    if (code === undefined) {
      const answer = await opened.frame(({ type }) => type === 'error');
      expect(JSON.stringify(answer)).toContain('nothing');
      opened.socket.close();
    } else expect((await opened.closed).code).toBe(code);
  });
});

describe('rights that have ended', () => {
  async function withKey(): Promise<{ readonly opened: HandSocket; readonly id: string }> {
    const { id, secret } = await attacked.api.opened.capabilities.keys.create(
      { personId: 'owner', name: 'owner', role: 'admin' },
      'short',
      'trader',
      { kind: 'service', scopes: ['read', 'trade'], days: 1 },
    );
    return { id, opened: await acceptedSocket(place(), {}, { apiKey: secret }) };
  }

  test('a reader that does not hear that its socket is closed can do nothing more, and is gone a second later', async () => {
    const { id, opened } = await withKey();
    const before = attacked.api.world.session.state().tradingState;
    opened.socket.pause();
    await attacked.api.opened.capabilities.keys.revoke(id);
    opened.send(subscribe('late', CHANGE));
    await vi.waitFor(() => expect(attacked.server.socketCount()).toBe(0), { timeout: 5_000 });
    expect(attacked.api.world.session.state().tradingState).toBe(before);
    opened.socket.terminate();
  });

  test('what was sent before the right ended and comes after it does nothing', async () => {
    const { id, opened } = await withKey();
    const before = attacked.api.world.journal.head().seq;
    const revoking = attacked.api.opened.capabilities.keys.revoke(id);
    await revoking;
    for (let index = 0; index < 50; index += 1) opened.send(subscribe(`late ${index}`, CHANGE));
    expect((await opened.closed).code).toBe(4403);
    expect(attacked.api.world.journal.head().seq).toBe(before);
  });

  test.each([['text/event-stream'], ['*/*'], ['text/*'], ['application/json, */*'], ['application/json, text/*;q=0.5'], ['']])(
    'an event stream ends with its key, asked for as "%s"',
    async (accept) => {
      const { keys } = attacked.api.opened.capabilities;
      const { id, secret } = await keys.create({ personId: 'owner', name: 'owner', role: 'admin' }, 'stream', 'viewer', {
        kind: 'service',
        scopes: ['read'],
        days: 1,
      });
      const response = await fetch(`${attacked.server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept, authorization: `Bearer ${secret}` },
        body: JSON.stringify({ query: 'subscription { controls { tradingState } }' }),
      });
      expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
      const ended = (async () => {
        for await (const chunk of response.body ?? []) attacked.said.push(Buffer.from(chunk).toString('utf8'));
      })();
      await keys.revoke(id);
      await expect(ended).rejects.toThrow(/terminated/);
    },
  );

  test('an event stream ends when its session expires', async () => {
    const { db } = attacked.api.database;
    const answer = await attacked.send('GET', `/login?token=${await attacked.api.loginToken()}`);
    const cookie = answer.headers['set-cookie']?.[0]?.split(';')[0] ?? '';
    await db
      .updateTable('sessions')
      .set({ expires_at: new Date(Date.now() + 800) })
      .where('revoked_at', 'is', null)
      .execute();
    const response = await fetch(`${attacked.server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'text/event-stream', cookie, origin: attacked.server.url },
      body: JSON.stringify({ query: 'subscription { controls { tradingState } }' }),
    });
    await expect(response.text()).rejects.toThrow(/terminated/);
  });
});

test('afterwards the process is healthy, holds no socket, and has told no secret', async () => {
  await vi.waitFor(() => expect(attacked.server.socketCount()).toBe(0), { timeout: 10_000 });
  await attacked.expectHealthy();
});
