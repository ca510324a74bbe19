import { expect, test, vi } from 'vitest';
import type { EngineEvent } from '../../engine/events.ts';
import type { Session } from '../../engine/session.ts';
import { instantFromMs } from '../../money/instant.ts';
import { watchClock } from './clock-watch.ts';

const clockAt = (ms: number) => ({
  clock: async () => {
    const at = instantFromMs(ms);
    return await Promise.resolve({ now: at, isOpen: true, nextOpenAt: at, nextCloseAt: at });
  },
});

function session(clockSkewMs: number | undefined) {
  const told: EngineEvent[] = [];
  const command = vi.fn((event: EngineEvent) => {
    told.push(event);
    return Promise.resolve();
  });
  return { told, session: { command, state: () => ({ now: instantFromMs(0), clockSkewMs }) } as unknown as Session };
}

test.each([
  { name: 'never compared', known: undefined, told: [-500] },
  { name: 'nearly as it was', known: -451, told: [] },
  { name: 'news', known: -450, told: [-500] },
])('$name', async ({ known, told }) => {
  const world = session(known);
  const times = [1_000, 2_000];
  const watch = await watchClock(
    world.session,
    clockAt(2_000),
    () => times.shift() ?? 0,
    () => undefined,
  );
  watch.close();
  expect(world.told.map((event) => 'skewMs' in event && event.skewMs)).toEqual(told);
});

test('a broker that does not answer is reported, and nothing is told', async () => {
  const world = session(undefined);
  const reports: string[] = [];
  const broken = { clock: async () => await Promise.reject(new Error('down')) };
  const watch = await watchClock(
    world.session,
    broken,
    () => 0,
    (what) => reports.push(what),
  );
  watch.close();
  expect(world.told).toEqual([]);
  expect(reports).toHaveLength(1);
});
