import type { WebSocket } from 'ws';
import type { Authenticated } from './credentials.ts';

/** Application close codes of our own: the private range of the WebSocket protocol. */
export const CLOSE = { tooSlow: 4408, tooManyMessages: 4429, expired: 4403 } as const;

const BUFFERED_BYTES_MAX = 4 * 1024 * 1024;
const MESSAGES_PER_SECOND_MAX = 200;
const CHECK_MS = 1_000;
/** The longest that a timer can wait. */
const TIMER_MS_MAX = 2 ** 31 - 1;

interface Watched {
  messages: number;
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

  watch(socket: WebSocket): void {
    const watched: Watched = { messages: 0, proof: undefined, expiry: undefined };
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

  /** What waits for a reader who does not read is bounded: beyond it the socket is ended, and nobody else pays. */
  private check(): void {
    for (const [socket, watched] of this.sockets) {
      watched.messages = 0;
      if (socket.bufferedAmount <= BUFFERED_BYTES_MAX) continue;
      socket.close(CLOSE.tooSlow, 'Too slow');
      socket.terminate();
    }
  }

  stop(): void {
    clearInterval(this.timer);
  }
}
