import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { CLOSE, LiveSockets } from './live-sockets.ts';

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
  live = new LiveSockets();
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
