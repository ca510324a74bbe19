import type { Timers } from '../market-data/providers/timers.ts';

export interface Bell {
  readonly ring: () => void;
  readonly wait: (milliseconds: number | undefined) => Promise<void>;
}

/** Waits until woken, or for a while; `undefined`: until woken. */
export function openBell(timers: Pick<Timers, 'after'>): Bell {
  let ring: (() => void) | undefined;
  let rung = false;
  return {
    ring: (): void => {
      rung = true;
      ring?.();
    },
    wait: async (milliseconds: number | undefined): Promise<void> => {
      if (!rung)
        await new Promise<void>((resolve) => {
          const stop = milliseconds === undefined ? () => undefined : timers.after(milliseconds, resolve);
          ring = () => {
            stop();
            resolve();
          };
        });
      ring = undefined;
      rung = false;
    },
  };
}
