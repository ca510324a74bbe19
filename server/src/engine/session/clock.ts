import { setTimeout as sleep } from 'node:timers/promises';

/** What a session knows of passing time: how long something took, and how to wait. Given, so that a simulation can be its clock. */
export interface SessionClock {
  /** Milliseconds since some start; never goes back. */
  readonly nowMs: () => number;
  /** Milliseconds of the calendar: goes on while the machine sleeps, and may be set. */
  readonly wallMs: () => number;
  /** Resolves after a while; rejects when the signal is aborted first. */
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

export const SYSTEM_CLOCK: SessionClock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
};

/** How many milliseconds have passed since now, by whichever clock says more: a sleeping machine stops one, and setting the time moves the other. */
export function stopwatch({ nowMs, wallMs }: Pick<SessionClock, 'nowMs' | 'wallMs'>): () => number {
  const [startedMs, startedWallMs] = [nowMs(), wallMs()];
  return () => Math.max(nowMs() - startedMs, wallMs() - startedWallMs);
}
