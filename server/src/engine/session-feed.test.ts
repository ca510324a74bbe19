import { afterEach, expect, test } from 'vitest';
import type { Bar } from '../market-data/bar.ts';
import { instantFromMs } from '../money/instant.ts';
import type { BarSlice } from './events.ts';
import { ALDER, FLIPPER, openWorld, quiet } from './test/session-world.ts';
import type { World } from './test/session-world.ts';

const worlds: World[] = [];
afterEach(async () => {
  for (const world of worlds.splice(0)) await world.close();
});

/** A world whose bars of the past are asked for at a venue that fails some times first. */
async function openFed(): Promise<{ readonly world: World; readonly past: BarSlice[]; readonly failures: { left: number } }> {
  const past: BarSlice[] = [];
  const failures = { left: 0 };
  const world = await openWorld({
    history: async () => {
      await Promise.resolve();
      if (failures.left > 0) {
        failures.left -= 1;
        throw new Error('503');
      }
      return past.slice();
    },
  });
  worlds.push(world);
  const at = world.session.state().now;
  await world.session.command({ kind: 'InstrumentListed', at, instrument: ALDER });
  await world.session.command({ kind: 'StrategyCreated', at, by: 'user:test', config: FLIPPER });
  await world.session.command({ kind: 'StrategyEnabled', at, by: 'user:test', strategyId: 'flipper' });
  await quiet(world);
  return { world, past, failures };
}

const sliceAt = (at: number, close: number): BarSlice => {
  const startAt = instantFromMs(at - 21 * 3_600_000);
  const bar: Bar = { symbol: 'ALDR', timeframe: '1Day', startAt, open: close, high: close, low: close, close, volume: 1 };
  return { at: instantFromMs(at), bars: [bar] };
};

test('bars that closed while the feed was away are fed before the next decision, however often the venue fails first', async () => {
  const { world, past, failures } = await openFed();
  await world.day(100, 100);
  const missedAt = await world.day(100, 102, false);
  past.push(sliceAt(missedAt, 102));
  failures.left = 1;
  world.session.onFeedRestored(missedAt);
  // Seen from 100 this would be a rise; after the missed 102 it is a fall.
  await world.day(102, 101);
  expect(world.session.state().strategies.get('flipper')).toMatchObject({ state: 'paper', lastDecision: 'ALDR → -1: fell' });
  const warmed = (await world.journal.read(0, 10_000)).filter(({ kind }) => kind === 'StrategyWarmed');
  expect(warmed.at(-1)?.payload).toMatchObject({ slices: [{ at: missedAt }] });
  expect(world.reports).toEqual([]);
});

test('a bar that closes after the feed is back comes by the feed: it is decided on, and not fed as the past', async () => {
  const { world, past } = await openFed();
  await world.day(100, 100);
  const backAt = await world.day(100, 100);
  past.push(sliceAt(backAt + 86_400_000, 103));
  world.session.onFeedRestored(backAt);
  await world.day(100, 103);
  expect(world.session.state().strategies.get('flipper')).toMatchObject({ lastDecision: 'ALDR → 1: rose' });
});
