import type { Session } from '../../engine/session.ts';
import type { Broker } from '../../orders/broker.ts';

/** Between two comparisons. */
const EVERY_MS = 30_000;
/** A difference that is told already is not told again until it has changed by this. */
const NEWS_MS = 50;

export interface ClockWatch {
  close(): void;
}

/**
 * Compares our clock with the broker's, at once and then for as long as it runs. The answer is taken to have been given half way between question
 * and arrival. A failure is reported, and what was known stands.
 */
export async function watchClock(
  session: Pick<Session, 'command' | 'state'>,
  broker: Pick<Broker, 'clock'>,
  nowMs: () => number,
  report: (what: string, error: unknown) => void,
): Promise<ClockWatch> {
  const compare = async (): Promise<void> => {
    const askedMs = nowMs();
    const { now } = await broker.clock();
    const skewMs = Math.round((askedMs + nowMs()) / 2 - now);
    const known = session.state().clockSkewMs;
    if (known !== undefined && Math.abs(known - skewMs) < NEWS_MS) return;
    // A journal holds no -0.
    await session.command({ kind: 'ClockSkewMeasured', at: session.state().now, skewMs: skewMs === 0 ? 0 : skewMs });
  };
  const attempt = (): Promise<void> => compare().catch((error: unknown) => report('compare the clock with the broker’s', error));
  await attempt();
  const timer = setInterval(() => void attempt(), EVERY_MS);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
