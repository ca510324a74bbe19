import type { Authenticated } from './credentials.ts';

/** The longest that a timer can wait, in milliseconds. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

/** What a proof stands for now; `undefined` where it has ended. */
export type Standing = (proof: string) => Promise<Authenticated | undefined>;

const msUntil = ({ expiresAtMs }: Authenticated): number | undefined => (expiresAtMs === undefined ? undefined : expiresAtMs - Date.now());

/**
 * Calls `end` once when the proof that something open rests on has expired: use elsewhere puts its end off, so that it is looked up again when the
 * time is up. What cannot be looked up has ended: whoever is there comes again. Returns the way to stop.
 */
export function whenExpired(authenticated: Authenticated, standing: Standing, end: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stopped = false;
  const wait = (resting: Authenticated): void => {
    const left = msUntil(resting);
    if (left === undefined) return;
    timer = setTimeout(() => void look(resting), Math.min(Math.max(0, left), TIMER_MS_MAX)).unref();
  };
  const look = async (before: Authenticated): Promise<void> => {
    // No timer waits for months.
    const isUp = (msUntil(before) ?? 1) <= 0;
    const now = isUp ? await standing(before.proof).catch(() => undefined) : before;
    if (stopped) return;
    if (now !== undefined && (msUntil(now) ?? 1) > 0) wait(now);
    else end();
  };
  wait(authenticated);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
