import { setTimeout as sleep } from 'node:timers/promises';

/** What a session knows of passing time: how long something took, and how to wait. Given, so that a simulation can be its clock. */
export interface SessionClock {
  /** Milliseconds since some start; never goes back. */
  readonly nowMs: () => number;
  /** Resolves after a while; rejects when the signal is aborted first. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const SYSTEM_CLOCK: SessionClock = {
  nowMs: () => performance.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};
