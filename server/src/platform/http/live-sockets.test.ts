import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { LiveSockets } from './live-sockets.ts';

const KEEP_ALIVE_MS = 30;
const live = new LiveSockets(KEEP_ALIVE_MS);
let server: WebSocketServer;
beforeAll(async () => {
  server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket) => live.watch(socket));
  await once(server, 'listening');
});
afterAll(() => {
  live.stop();
  server.close();
});

/** A client that answers pings, or that is there no more: nothing else tells the two apart. */
async function connected(autoPong: boolean): Promise<WebSocket> {
  const address = server.address();
  if (typeof address === 'string' || address === null) throw new Error('Invariant: the server listens on a port');
  const socket = new WebSocket(`ws://127.0.0.1:${address.port}`, { autoPong });
  await once(socket, 'open');
  return socket;
}

test('of two that say nothing the one that answers stays, and the half-open one is ended', async () => {
  const [here, gone] = await Promise.all([connected(true), connected(false)]);
  const pings: number[] = [];
  const third = new Promise<void>((resolve) =>
    here.on('ping', () => {
      if (pings.push(1) === 3) resolve();
    }),
  );
  const [code] = (await once(gone, 'close')) as [number];
  expect(code).toBe(1006);
  await third;
  expect(here.readyState).toBe(WebSocket.OPEN);
  here.close();
});
