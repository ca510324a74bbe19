import { instantFromMs } from '../../../money/instant.ts';
import type { Timers } from '../timers.ts';

/** Time that stands still until a test moves it. */
export interface HandClock extends Timers {
  /** Moves on, doing what is due on the way in its order; between two actions, promises get their turn. */
  readonly pass: (milliseconds: number) => Promise<void>;
  /** The wall clock jumps; nothing becomes due. */
  readonly jump: (milliseconds: number) => void;
  readonly waiting: () => number;
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};

export function handClock(startMs = Date.UTC(2024, 2, 4, 17)): HandClock {
  let elapsed = 0;
  let offset = startMs;
  const due = new Set<{ readonly at: number; readonly action: () => void }>();
  const next = (until: number) => [...due].filter(({ at }) => at <= until).toSorted((left, right) => left.at - right.at)[0];
  return {
    now: () => instantFromMs(offset + elapsed),
    elapsedMs: () => elapsed,
    after: (milliseconds, action) => {
      const entry = { at: elapsed + milliseconds, action };
      due.add(entry);
      return () => due.delete(entry);
    },
    pass: async (milliseconds) => {
      const until = elapsed + milliseconds;
      await turns();
      for (let entry = next(until); entry !== undefined; entry = next(until)) {
        due.delete(entry);
        elapsed = Math.max(elapsed, entry.at);
        entry.action();
        await turns();
      }
      elapsed = until;
    },
    jump: (milliseconds) => {
      offset += milliseconds;
    },
    waiting: () => due.size,
  };
}
