import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';

/** The passing of time, as adapters see it: a test gives one of its own and waits for nothing. */
export interface Timers {
  /** The machine's wall clock: it may jump. */
  readonly now: () => Instant;
  /** Milliseconds since some moment; never goes back. */
  readonly elapsedMs: () => number;
  /** Does something after a while, unless the returned function is called before. */
  readonly after: (milliseconds: number, action: () => void) => () => void;
}

export const MACHINE_TIMERS: Timers = {
  now: () => instantFromMs(Date.now()),
  elapsedMs: () => performance.now(),
  after: (milliseconds, action) => {
    const timer = setTimeout(action, milliseconds);
    return () => clearTimeout(timer);
  },
};
