import { afterEach, expect, test } from 'vitest';
import type { BrokerClock } from '../../orders/broker.ts';
import { eventually, openWorld } from '../test/session-world.ts';
import type { World } from '../test/session-world.ts';
import { openBackground } from './background.ts';
import { watchClock } from './clock-watch.ts';
import { SYSTEM_CLOCK } from './clock.ts';
import { openLoop } from './loop.ts';
import type { Loop } from './loop.ts';
import { DEFAULT_TIMING } from './timing.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** Watches the clock of a broker that answers what it is given, and goes on with the last. */
async function watched(
  answers: readonly (number | Error)[],
): Promise<{ readonly world: World; readonly loop: Loop; readonly asked: () => number }> {
  const world = await openWorld();
  const loop = openLoop({
    journal: world.journal,
    initial: world.session.state(),
    carryOut: () => undefined,
    clock: SYSTEM_CLOCK,
    onHalt: () => undefined,
  });
  const background = openBackground((what, error) => world.reports.push(`${what}: ${String(error)}`), SYSTEM_CLOCK);
  let asked = 0;
  const clock = async (): Promise<BrokerClock> => {
    const answer = answers[Math.min(asked, answers.length - 1)];
    asked += 1;
    if (answer instanceof Error) throw answer;
    return { ...(await world.broker.clock()), ...(answer === undefined ? {} : { skewMs: answer }) };
  };
  const broker = { ...world.broker, mode: 'paper', clock } as const;
  watchClock({ broker, loop: () => loop, background, timing: { ...DEFAULT_TIMING, clockEveryMs: 5 }, noteTime: () => undefined });
  closers.push(() => background.close(), loop.drain, world.close);
  return { world, loop, asked: () => asked };
}

test('a skew is told, jitter is not, and news is', async () => {
  const { loop, world } = await watched([-500, -451, -450]);
  await eventually(() => expect(loop.state().clockSkewMs).toBe(-450));
  const told = (await world.journal.read(0, 10_000)).flatMap(({ kind, payload }) =>
    kind === 'ClockSkewMeasured' ? [(payload as { skewMs: number }).skewMs] : [],
  );
  expect(told).toEqual([-500, -450]);
});

test('a broker that does not answer is asked again, and nothing is told meanwhile', async () => {
  const { loop, asked } = await watched([new Error('down'), new Error('down'), 7]);
  await eventually(() => expect(loop.state().clockSkewMs).toBe(7));
  expect(asked()).toBeGreaterThanOrEqual(3);
});
