import { join } from 'node:path';
import { Agent, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { countListeners } from '../../graphql/test/counted-listeners.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';
import { createServer } from './server.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
});
afterAll(() => api.close());

/** A server whose documents are drawn when the test says so, as an order is answered when it has been written. */
async function slowServer() {
  const { capabilities, accounts, reports } = api.opened;
  const asked = Promise.withResolvers<void>();
  const drawn = Promise.withResolvers<string>();
  const server = await createServer({
    capabilities,
    accounts,
    reports: {
      ...reports,
      json: () => {
        asked.resolve();
        return drawn.promise;
      },
    },
    webBuild: api.world.dir,
    docsBuild: join(api.world.dir, 'docs'),
    port: 0,
    report: () => undefined,
  });
  return { server, asked: asked.promise, finish: drawn.resolve };
}

const ask = (
  url: string,
  agent: Agent,
): Promise<{ readonly status: number; readonly connection: string | undefined; readonly body: string }> =>
  new Promise((resolve, reject) => {
    const sent = httpRequest(`${url}/reports/x.json`, { agent, headers: { authorization: `Bearer ${api.apiKey}` } }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => (body += chunk.toString()));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, connection: response.headers.connection, body }));
    });
    sent.on('error', reject);
    sent.end();
  });

test('a server that stops answers what has begun, begins nothing new, and says goodbye to sockets', async () => {
  const { server, asked, finish } = await slowServer();
  const agent = new Agent({ keepAlive: true });
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init', payload: { apiKey: api.apiKey } }));
  await once(socket, 'message');
  const goodbye = once(socket, 'close');
  const answer = ask(server.url, agent);
  await asked;
  const stopped = server.close();
  const [code] = (await goodbye) as [number];
  expect(code).toBe(1001);
  await expect(ask(server.url, new Agent())).rejects.toThrow(/ECONNREFUSED/);
  finish('{"late":true}');
  expect(await answer).toEqual({ status: 200, connection: 'close', body: '{"late":true}' });
  await stopped;
});

test('who never answers, or never ends a request, does not keep it', async () => {
  const { server, asked } = await slowServer();
  const { port } = new URL(server.url);
  // A WebSocket by hand, which answers no goodbye.
  const deaf = connect(Number(port), '127.0.0.1');
  deaf.write(
    `GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n`,
  );
  await once(deaf, 'data');
  const cutOff = once(deaf, 'close');
  const unanswered = expect(ask(server.url, new Agent())).rejects.toThrow(/hang up|ECONNRESET/);
  await asked;
  await server.close();
  await unanswered;
  await cutOff;
});

/** Resolves once a socket has subscribed and heard its first message. */
async function subscribed(url: string): Promise<void> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.on('error', reject);
  socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init', payload: { apiKey: api.apiKey } })));
  socket.on('message', (data: Buffer) => {
    const { type } = JSON.parse(data.toString()) as { readonly type: string };
    if (type === 'connection_ack')
      socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { controls { tradingState } }' } }));
    if (type === 'next') resolve();
  });
  await promise;
}

test('once it has stopped nothing of its many sockets listens any more: nobody is spared then', async () => {
  const listeners = countListeners(api);
  try {
    const { server } = await slowServer();
    await Promise.all(Array.from({ length: 60 }, () => subscribed(server.url)));
    expect(listeners.now()).toBeGreaterThan(0);
    await server.close();
    // What ends in microtasks; not the turns that a crowd would take.
    await new Promise((resolve) => setImmediate(resolve));
    expect(listeners.now()).toBe(0);
  } finally {
    listeners.restore();
  }
});
