import type { Outside } from './outside.ts';

/**
 * Simulated time while a real journal works: it stands still from the moment that something is to be written until that is written, but for the while
 * that the write takes by the day's own clock.
 */
export interface Stillness {
  /** Something is to be written; what it gives is called when that has ended, however it ended. */
  readonly begin: () => () => void;
  /** The write waits for simulated time. */
  readonly during: <T>(simulated: Promise<T>) => Promise<T>;
}

export function openStillness({ hold }: Pick<Outside, 'hold'>): Stillness {
  let appends = 0;
  let passing = false;
  let release: (() => void) | undefined;
  const settle = (): void => {
    if (appends > 0 && !passing) {
      release ??= hold();
      return;
    }
    release?.();
    release = undefined;
  };
  return {
    begin: () => {
      appends += 1;
      settle();
      return () => {
        appends -= 1;
        settle();
      };
    },
    during: async (simulated) => {
      passing = true;
      settle();
      try {
        return await simulated;
      } finally {
        passing = false;
        settle();
      }
    },
  };
}
