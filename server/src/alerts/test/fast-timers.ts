import type { Timers } from '../../market-data/providers/timers.ts';
import { instantFromMs } from '../../money/instant.ts';

export interface FastTimers extends Timers {
  skip(ms: number): void;
}

/** Time passes as fast as it is waited for. */
export function fastTimers(): FastTimers {
  let now = Date.UTC(2026, 0, 5, 9);
  return {
    now: () => instantFromMs(now),
    elapsedMs: () => now,
    after: (milliseconds, action) => {
      const timer = setTimeout(() => {
        now += milliseconds;
        action();
      }, 1);
      return () => clearTimeout(timer);
    },
    skip: (ms) => void (now += ms),
  };
}
