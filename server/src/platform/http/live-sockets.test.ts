import { EventEmitter, once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { CLOSE, LiveSockets } from './live-sockets.ts';

const KEEP_ALIVE_MS = 30;
const nobody = () => Promise.resolve(undefined);

/** A connection by hand: how much it was given, and how much of that has not left. */
class Connection extends EventEmitter {
  bytesWritten = 0;
  writableLength = 0;
  readonly calls: (number | 'cut')[] = [];

  get bufferedAmount(): number {
    return this.writableLength;
  }
  close(code: number): void {
    this.calls.push(code);
  }
  terminate(): void {
    this.calls.push('cut');
    this.emit('close');
  }
  /** Gives bytes, of which so many leave. */
  give(bytes: number, leaving: number): void {
    this.bytesWritten += bytes;
    this.writableLength = Math.max(0, this.writableLength + bytes - leaving);
  }
}

let live: LiveSockets;
let connection: Connection;
beforeEach(() => {
  vi.useFakeTimers();
  live = new LiveSockets(3_600_000, nobody);
  connection = new Connection();
  live.watch(connection as unknown as WebSocket, connection);
});
afterEach(() => {
  live.stop();
  vi.useRealTimers();
});

/** One second after another. */
function pass(seconds: number, each: () => void = () => undefined): void {
  for (let second = 0; second < seconds; second += 1) {
    each();
    vi.advanceTimersByTime(1_000);
  }
}

describe('a reader', () => {
  test.each<{
    name: string;
    first: [bytes: number, leaving: number];
    later: [bytes: number, leaving: number];
    seconds: number;
    calls: unknown[];
  }>([
    { name: 'that takes everything stays', first: [1_000, 1_000], later: [1_000, 1_000], seconds: 60, calls: [] },
    { name: 'that is slow, and takes something each second, stays', first: [1_000_000, 1], later: [0, 1], seconds: 60, calls: [] },
    { name: 'that takes nothing for a while stays', first: [1_000, 0], later: [0, 0], seconds: 7, calls: [] },
    { name: 'that takes nothing for longer is told why', first: [1_000, 0], later: [0, 0], seconds: 8, calls: [CLOSE.tooSlow] },
    { name: 'that does not listen to that is cut off', first: [1_000, 0], later: [0, 0], seconds: 60, calls: [CLOSE.tooSlow, 'cut'] },
    { name: 'with nothing to take stays', first: [0, 0], later: [0, 0], seconds: 60, calls: [] },
    { name: 'that is owed too much is told at once', first: [4_194_305, 0], later: [0, 0], seconds: 1, calls: [CLOSE.tooSlow] },
  ])('$name', ({ first, later, seconds, calls }) => {
    connection.give(...first);
    pass(seconds, () => connection.give(...later));
    expect(connection.calls).toEqual(calls);
  });
});

test('of two that say nothing the one that answers stays, and the half-open one is ended', async () => {
  vi.useRealTimers();
  const asking = new LiveSockets(KEEP_ALIVE_MS, nobody);
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  server.on('connection', (socket, { socket: wire }) => asking.watch(socket, wire));
  await once(server, 'listening');
  const address = server.address();
  if (typeof address === 'string' || address === null) throw new Error('Invariant: the server listens on a port');
  /** A client that answers pings, or that is there no more: nothing else tells the two apart. */
  const connected = async (autoPong: boolean): Promise<WebSocket> => {
    const socket = new WebSocket(`ws://127.0.0.1:${address.port}`, { autoPong });
    await once(socket, 'open');
    return socket;
  };
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
  asking.stop();
  server.close();
});
