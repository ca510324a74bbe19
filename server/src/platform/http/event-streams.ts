import type { ServerResponse } from 'node:http';
import type { Authenticated, Resting } from './credentials.ts';
import { whenExpired } from './expiry.ts';
import type { Standing } from './expiry.ts';

/** Answers that stay open, and whose right each rests on: as sockets do, they end with it. */
export class EventStreams {
  private readonly open = new Map<ServerResponse, Authenticated>();
  private readonly standing: Standing;

  /** `standing` tells what a session stands for now: use elsewhere puts its end off. */
  constructor(standing: Standing) {
    this.standing = standing;
  }

  watch(response: ServerResponse, authenticated: Authenticated): void {
    // Whoever asked is gone, and nothing would tell of it again.
    if (response.destroyed) return;
    this.open.set(response, authenticated);
    const stop = whenExpired(authenticated, this.standing, () => response.destroy());
    response.on('close', () => {
      stop();
      this.open.delete(response);
    });
  }

  /** What they rest on, with the role that they were opened with. */
  resting(): readonly Resting[] {
    return [...this.open.values()].map(({ proof, principal }) => [proof, principal.role]);
  }

  endFor(proof: string): void {
    for (const [response, resting] of this.open) if (resting.proof === proof) response.destroy();
  }

  /** The server stops: who listens comes back by itself. */
  endAll(): void {
    for (const response of this.open.keys()) response.destroy();
  }
}
