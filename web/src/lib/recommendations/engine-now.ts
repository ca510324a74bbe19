/** The engine's time now: what the server last said, carried on by the wall clock since. */
export const engineNow = (saidAt: string, heardAtMs: number, nowMs: number): number => Date.parse(saidAt) + Math.max(0, nowMs - heardAtMs);

/** How much of its time a recommendation has left: from 1 when it is made to 0 when it expires. */
export function shareLeft(createdAt: string, expiresAt: string, nowMs: number): number {
  const [from, to] = [Date.parse(createdAt), Date.parse(expiresAt)];
  if (!(to > from)) return 0;
  return Math.min(1, Math.max(0, (to - nowMs) / (to - from)));
}
