import type { WebSocket } from 'ws';
import type { Authenticated, Resting } from './credentials.ts';
import { whenExpired } from './expiry.ts';
import type { Standing } from './expiry.ts';

/** Application close codes of our own, in the private range of the WebSocket protocol; and the protocol’s own for what is no text. */
export const CLOSE = { tooSlow: 4408, tooManyMessages: 4429, expired: 4403, notText: 1003 } as const;

const BUFFERED_BYTES_MAX = 4 * 1024 * 1024;
const MESSAGES_PER_SECOND_MAX = 200;
const CHECK_MS = 1_000;
/** A reader whose connection has taken nothing for so many checks is gone, or will not read; before the protocol gives it up without a word. */
const STUCK_CHECKS_MAX = 8;
/** Checks that the code of a close has to reach a reader who is slow. */
const CLOSING_CHECKS = 2;

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
  /** Whether the last ping was. */
  answered: boolean;
  /** Bytes that had left at the check before, and for how many checks no more have. */
  leftBytes: number;
  stuckChecks: number;
  /** Checks until it is cut off; it has been told. */
  closingChecks: number | undefined;
  /** What it rests on, once it is accepted. */
  resting: Authenticated | undefined;
  stopExpiry: () => void;
}

/** Every open socket: what it is owed, how much it sends, and whose right it rests on. */
export class LiveSockets {
  private readonly sockets = new Map<WebSocket, Watched>();
  private readonly timers: readonly ReturnType<typeof setInterval>[];
  private readonly standing: Standing;

  /** `standing` tells what a session stands for now: use elsewhere puts its end off. */
  constructor(keepAliveMs: number, standing: Standing) {
    this.standing = standing;
    this.timers = [setInterval(() => this.check(), CHECK_MS), setInterval(() => this.ask(), keepAliveMs)];
    this.timers.forEach((timer) => timer.unref());
  }

  /** To be called before anything else listens: what is closed here is closed for whoever hears of the message next. */
  watch(socket: WebSocket, wire: Wire): void {
    const counts = { messages: 0, leftBytes: 0, stuckChecks: 0, closingChecks: undefined };
    const watched: Watched = { wire, ...counts, answered: true, resting: undefined, stopExpiry: () => undefined };
    this.sockets.set(socket, watched);
    const count = (): void => {
      watched.messages += 1;
      if (watched.messages > MESSAGES_PER_SECOND_MAX) socket.close(CLOSE.tooManyMessages, 'Too many messages');
    };
    socket.on('message', count);
    // Frames of the transport itself are answered, too.
    socket.on('ping', count);
    socket.on('pong', () => {
      watched.answered = true;
      count();
    });
    socket.on('close', () => {
      watched.stopExpiry();
      this.sockets.delete(socket);
    });
  }

  /** The socket now rests on this proof, and ends with it. */
  accept(socket: WebSocket, authenticated: Authenticated): void {
    const watched = this.sockets.get(socket);
    if (watched === undefined) return;
    watched.resting = authenticated;
    watched.stopExpiry = whenExpired(authenticated, this.standing, () => socket.close(CLOSE.expired, 'Session expired'));
  }

  /** What open sockets rest on, with the role that they were opened with. */
  resting(): readonly Resting[] {
    return [...this.sockets.values()].flatMap(({ resting }): Resting[] =>
      resting === undefined ? [] : [[resting.proof, resting.principal.role]],
    );
  }

  closeFor(proof: string, code: number, reason: string): void {
    for (const [socket, watched] of this.sockets) if (watched.resting?.proof === proof) socket.close(code, reason);
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

  /** Who is there no more says so only by its silence. */
  private ask(): void {
    for (const [socket, watched] of this.sockets) {
      if (!watched.answered) socket.terminate();
      else if (socket.readyState === socket.OPEN) {
        watched.answered = false;
        socket.ping();
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
    this.timers.forEach((timer) => clearInterval(timer));
  }
}
