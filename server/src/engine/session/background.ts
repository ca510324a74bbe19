import type { SessionClock } from './clock.ts';
import { SessionHalted } from './loop.ts';

/** Tells the operator of something that went wrong and was dealt with. */
export type Report = (what: string, error: unknown) => void;

/** Work beside the loop: nothing of it is left running, and no failure is lost, when the session closes. */
export interface Background {
  /** Start a task. Its failure is reported; it never becomes an unhandled rejection. */
  run(what: string, task: (signal: AbortSignal) => Promise<void>): void;
  /** Resolves after a while, or at once when the session closes; false then. */
  pause(milliseconds: number): Promise<boolean>;
  /** Milliseconds by the session's clock, to measure with. */
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
  close(): Promise<void>;
}

export function openBackground(report: Report, clock: SessionClock): Background {
  const closing = new AbortController();
  const running = new Set<Promise<void>>();
  const { signal } = closing;
  return {
    signal,
    nowMs: clock.nowMs,
    run: (what, task) => {
      if (signal.aborted) return;
      const done = task(signal)
        .catch((error: unknown) => {
          // A halt is reported once, by whoever halted; closing is no failure.
          if (!(error instanceof SessionHalted) && !signal.aborted) report(what, error);
        })
        .finally(() => running.delete(done));
      running.add(done);
    },
    pause: async (milliseconds) => {
      if (signal.aborted) return false;
      try {
        await clock.sleep(milliseconds, signal);
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        throw error;
      }
    },
    close: async () => {
      closing.abort();
      await Promise.all(running);
    },
  };
}
