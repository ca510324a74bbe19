import type { Instant } from '../../money/instant.ts';
import type { Broker } from '../../orders/broker.ts';
import type { Background } from './background.ts';
import type { Loop } from './loop.ts';
import type { SessionTiming } from './timing.ts';

export interface ClockWatchOptions {
  readonly broker: Broker;
  readonly loop: () => Loop;
  readonly background: Background;
  readonly timing: SessionTiming;
  /** Venue time has come this far. */
  readonly noteTime: (at: Instant) => void;
}

/** A smaller change of the skew is the network's jitter, and not written down. */
const CHANGE_MS = 50;

/**
 * Compares the clocks at the start and then on a schedule, and tells the engine of a skew that has changed. The broker's clock also opens and closes
 * sessions when no price comes. A simulated market's time is told by its prices.
 */
export function watchClock({ broker, loop, background, timing, noteTime }: ClockWatchOptions): void {
  if (broker.mode === 'simulated') return;
  const compare = async (): Promise<void> => {
    const { now, skewMs } = await broker.clock();
    noteTime(now);
    const known = loop().state().clockSkewMs;
    if (skewMs === undefined || (known !== undefined && Math.abs(known - skewMs) < CHANGE_MS)) return;
    await loop().dispatch({ kind: 'ClockSkewMeasured', at: loop().state().now, skewMs });
  };
  background.run('compare the clocks', async () => {
    do {
      try {
        await compare();
      } catch (error) {
        if (loop().halted() !== undefined || background.signal.aborted) throw error;
        // The reconciler tells that the broker does not answer; the clocks are compared when it does again.
      }
    } while (await background.pause(timing.clockEveryMs));
  });
}
