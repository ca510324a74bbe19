import { instantFromMs } from '../../money/instant.ts';
import type { Background } from './background.ts';
import type { Loop } from './loop.ts';

/** Shorter pauses than this say nothing about the age of a price. */
const PAUSE_MS_MIN = 1_000;

export interface PassingTime {
  /** Tells the engine how much time has passed since anything did, so that the next event is not decided by a time that stood still. */
  readonly tell: () => void;
}

/**
 * The engine's time moves only with events. While nothing happens, a price grows old and the engine does not know it: before a person's order is
 * decided, the time that has passed since the last event is told. A venue that runs faster than real time has moved on by at least as much.
 */
export function passingTime(loop: () => Loop, background: Background): PassingTime {
  let known = loop().state().now;
  let knownAtMs = background.nowMs();
  loop().onChange(() => {
    const { now } = loop().state();
    if (now === known) return;
    known = now;
    knownAtMs = background.nowMs();
  });
  return {
    tell: () => {
      const passedMs = Math.floor(background.nowMs() - knownAtMs);
      if (passedMs < PAUSE_MS_MIN) return;
      const at = instantFromMs(known + passedMs);
      background.run('tell how much time has passed', async () => void (await loop().dispatch({ kind: 'ClockTicked', at })));
    },
  };
}
