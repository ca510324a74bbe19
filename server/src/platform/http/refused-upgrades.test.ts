import { once } from 'node:events';
import { join } from 'node:path';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';
import { createServer } from './server.ts';
import type { RunningServer } from './server.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
});
afterAll(() => api.close());

/** More than a connection takes from who does not read. */
const LONG = 'x'.repeat(20_000_000);

/** A server with no room for a socket where `socketsMax` is 0. */
const openServer = (socketsMax: number): Promise<RunningServer> => {
  const { capabilities, accounts } = api.opened;
  const reports = { ...api.opened.reports, json: () => Promise.resolve(LONG) };
  const folders = { webBuild: api.world.dir, docsBuild: join(api.world.dir, 'docs') };
  return createServer({ capabilities, accounts, reports, ...folders, socketsMax, port: 0, report: () => undefined });
};

/** Somebody who never ends its own side. */
async function askForUpgrade(url: string, path: string, headers: Readonly<Record<string, string>>): Promise<Socket> {
  const { host, port } = new URL(url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  const handshake = {
    Host: host,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Protocol': 'graphql-transport-ws',
    ...headers,
  };
  const lines = Object.entries(handshake).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
  return socket;
}

const WAIT_MS = 2_500;
const within = async (done: Promise<unknown>): Promise<'done' | 'still waiting'> => {
  const { promise, resolve } = Promise.withResolvers<'still waiting'>();
  const timer = setTimeout(() => resolve('still waiting'), WAIT_MS);
  const first = await Promise.race([done.then(() => 'done' as const), promise]);
  clearTimeout(timer);
  return first;
};

test.each([
  { name: 'another path', status: 404, path: '/other', headers: {}, socketsMax: 10 },
  { name: 'a secret in the address', status: 400, path: '/graphql?apiKey=x', headers: {}, socketsMax: 10 },
  { name: 'a page of another site', status: 403, path: '/graphql', headers: { Origin: 'http://evil.example' }, socketsMax: 10 },
  { name: 'one more than there is room for', status: 503, path: '/graphql', headers: {}, socketsMax: 0 },
  { name: 'no handshake', status: 400, path: '/graphql', headers: { 'Sec-WebSocket-Key': 'x' }, socketsMax: 10 },
])('$name: the refusal is read, and the server holds nothing of who stays', async ({ status, path, headers, socketsMax }) => {
  const server = await openServer(socketsMax);
  const socket = await askForUpgrade(server.url, path, headers);
  let said = '';
  socket.on('data', (bytes: Buffer) => (said += bytes.toString('latin1')));
  await once(socket, 'end');
  expect(said).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(await within(server.close())).toBe('done');
  socket.destroy();
});

test('who asks while the server stops does not keep it', async () => {
  const server = await openServer(10);
  const early = await askForUpgrade(server.url, '/graphql', {});
  await once(early, 'data');
  const { host, port } = new URL(server.url);
  const late = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  await once(late, 'connect');
  late.write(`GET /graphql HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n`);
  // Its request is under way before the server stops, and whole only afterwards.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const stopped = server.close();
  late.write('\r\n');
  late.resume();
  late.on('error', () => late.destroy());
  expect(await within(stopped)).toBe('done');
  early.destroy();
  late.destroy();
});

test.each([
  ['ours', '/other'],
  ['the library’s', '/graphql'],
])('who does not read a refusal of %s is cut off all the same', async (_name, path) => {
  const server = await openServer(10);
  const { host, port } = new URL(server.url);
  const socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  socket.on('error', () => socket.destroy());
  socket.write(`GET /reports/x.json HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${api.apiKey}\r\n\r\n`);
  // It has begun to be answered, so that the refusal stands behind what is not read.
  await once(socket, 'readable');
  socket.write(`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await within(server.close())).toBe('done');
  socket.destroy();
});
