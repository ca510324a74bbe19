import type { WebSocket } from 'ws';
import type { Authenticated } from './credentials.ts';

/** Application close codes of our own: the private range of the WebSocket protocol. */
export const CLOSE = { tooSlow: 4408, tooManyMessages: 4429, expired: 4403 } as const;

const BUFFERED_BYTES_MAX = 4 * 1024 * 1024;
const MESSAGES_PER_SECOND_MAX = 200;
const CHECK_MS = 1_000;
/** A reader whose connection has taken nothing for so many checks is gone, or will not read; before the protocol gives it up without a word. */
const STUCK_CHECKS_MAX = 8;
/** Checks that the code of a close has to reach a reader who is slow. */
const CLOSING_CHECKS = 2;
/** The longest that a timer can wait. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** What of a connection says whether its reader reads. */
export interface Wire {
  /** Bytes given to it since it began, those that wait included. */
  readonly bytesWritten: number;
  /** Bytes that wait. */
  readonly writableLength: number;
}

interface Watched {
  readonly wire: Wire;
  messages: number;
  /** Bytes that had left at the check before, and for how many checks no more have. */
  leftBytes: number;
  stuckChecks: number;
  /** Checks until it is cut off; it has been told. */
  closingChecks: number | undefined;
  proof: string | undefined;
  expiry: ReturnType<typeof setTimeout> | undefined;
}

/** Every open socket: what it is owed, how much it sends, and whose right it rests on. */
export class LiveSockets {
  private readonly sockets = new Map<WebSocket, Watched>();
  private readonly timer: ReturnType<typeof setInterval>;

  constructor() {
    this.timer = setInterval(() => this.check(), CHECK_MS);
    this.timer.unref();
  }

  watch(socket: WebSocket, wire: Wire): void {
    const counts = { messages: 0, leftBytes: 0, stuckChecks: 0, closingChecks: undefined };
    const watched: Watched = { wire, ...counts, proof: undefined, expiry: undefined };
    this.sockets.set(socket, watched);
    socket.on('message', () => {
      watched.messages += 1;
      if (watched.messages > MESSAGES_PER_SECOND_MAX) socket.close(CLOSE.tooManyMessages, 'Too many messages');
    });
    // Without a listener an error of the socket would end the process.
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearTimeout(watched.expiry);
      this.sockets.delete(socket);
    });
  }

  /** The socket now rests on this proof, and ends with it. */
  accept(socket: WebSocket, { proof, expiresAtMs }: Authenticated): void {
    const watched = this.sockets.get(socket);
    if (watched === undefined) return;
    watched.proof = proof;
    if (expiresAtMs === undefined) return;
    const left = Math.min(Math.max(0, expiresAtMs - Date.now()), TIMER_MS_MAX);
    watched.expiry = setTimeout(() => socket.close(CLOSE.expired, 'Session expired'), left);
    watched.expiry.unref();
  }

  closeFor(proof: string, code: number, reason: string): void {
    for (const [socket, watched] of this.sockets) if (watched.proof === proof) socket.close(code, reason);
  }

  /** What waits for a reader who does not read is bounded, in bytes and in time: beyond it the socket is ended, and nobody else pays. */
  private check(): void {
    for (const [socket, watched] of this.sockets) {
      watched.messages = 0;
      if (watched.closingChecks !== undefined) {
        watched.closingChecks -= 1;
        if (watched.closingChecks <= 0) socket.terminate();
      } else if (socket.bufferedAmount > BUFFERED_BYTES_MAX || this.isStuck(watched)) {
        watched.closingChecks = CLOSING_CHECKS;
        socket.close(CLOSE.tooSlow, 'Too slow');
      }
    }
  }

  private isStuck(watched: Watched): boolean {
    const { wire, leftBytes: before } = watched;
    if (wire.writableLength === 0) {
      watched.stuckChecks = 0;
      return false;
    }
    watched.leftBytes = wire.bytesWritten - wire.writableLength;
    watched.stuckChecks = watched.leftBytes > before ? 0 : watched.stuckChecks + 1;
    return watched.stuckChecks >= STUCK_CHECKS_MAX;
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
