import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Background } from './background.ts';
import type { Loop } from './loop.ts';

/** A shorter lag says nothing about the age of a price. */
const LAG_MS_MIN = 1_000;

/**
 * The engine's time moves only with events. While nothing happens, or while news is late, a price grows old and the engine does not know it: before an
 * event that lags behind by a second or more, the time that has passed since the newest one is told. A venue that runs faster than real time has moved on by at
 * least as much.
 */
export function withPassingTime(loop: Loop, background: Pick<Background, 'nowMs'>): Loop {
  let known = loop.state().now;
  let knownAtMs = background.nowMs();
  const projected = (): number => known + Math.floor(background.nowMs() - knownAtMs);
  const note = (at: Instant): void => {
    // Late news tells an old time: what has passed since the newest is not forgotten for it.
    if (at <= projected()) return;
    known = at;
    knownAtMs = background.nowMs();
  };
  return {
    ...loop,
    dispatch: (event) => {
      const at = projected();
      if (at - Math.max(event.at, loop.state().now) >= LAG_MS_MIN) {
        const told = loop.dispatch({ kind: 'ClockTicked', at: instantFromMs(at) });
        // The event itself is refused for the same reason, and says so.
        told.catch(() => undefined);
      }
      note(event.at);
      return loop.dispatch(event);
    },
  };
}
