import type { Replay, SeedOutcome } from './host/task.ts';

/** So many failing days are shrunk at most, the short ones first, until one has few enough events to be read. */
export const CANDIDATES = 3;
const EVENTS_MAX = 20;

/** Repeats a failing seed with ever less of what happened in it; `undefined` where it did not fail again, or was stopped. */
export type Shrink = (seed: bigint) => Promise<Replay | undefined>;

/** The failing day that can be told with the fewest events. `undefined` where none failed again, or nothing was shrunk before it was stopped. */
export async function shortest(failures: readonly SeedOutcome[], shrunk: Shrink, signal: AbortSignal): Promise<Replay | undefined> {
  let best: Replay | undefined;
  for (const { seed } of failures.toSorted((left, right) => left.steps - right.steps).slice(0, CANDIDATES)) {
    if (signal.aborted) break;
    const replay = await shrunk(seed);
    if (replay !== undefined && (best === undefined || replay.parts.length < best.parts.length)) best = replay;
    if (best !== undefined && best.parts.length <= EVENTS_MAX) break;
  }
  return best;
}
