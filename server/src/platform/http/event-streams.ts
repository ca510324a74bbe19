import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { Authenticated } from './credentials.ts';
import { TIMER_MS_MAX } from './live-sockets.ts';

/** Whether an operation may be answered for days. */
export const wantsEvents = ({ accept }: IncomingHttpHeaders): boolean => accept?.toLowerCase().includes('text/event-stream') === true;

/** Answers that stay open, and whose right each rests on: as sockets do, they end with it. */
export class EventStreams {
  private readonly open = new Map<ServerResponse, string>();

  watch(response: ServerResponse, { proof, expiresAtMs }: Authenticated): void {
    this.open.set(response, proof);
    const left = expiresAtMs === undefined ? undefined : Math.min(Math.max(0, expiresAtMs - Date.now()), TIMER_MS_MAX);
    const expiry = left === undefined ? undefined : setTimeout(() => response.destroy(), left).unref();
    response.on('close', () => {
      clearTimeout(expiry);
      this.open.delete(response);
    });
  }

  endFor(proof: string): void {
    for (const [response, resting] of this.open) if (resting === proof) response.destroy();
  }

  /** The server stops: who listens comes back by itself. */
  endAll(): void {
    for (const response of this.open.keys()) response.destroy();
  }
}
