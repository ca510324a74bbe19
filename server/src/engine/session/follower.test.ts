import { rm } from 'node:fs/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encode } from '../../journal/codec.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import { firstState } from '../opening-record.ts';
import { plainState } from '../plain-state.ts';
import { ALDER, ENGINE, FLIPPER, openWorld } from '../test/session-world.ts';
import type { World } from '../test/session-world.ts';
import { followEngine } from './follower.ts';
import type { FollowedStep, Follower } from './follower.ts';

let world: World;
beforeEach(async () => {
  world = await openWorld();
  const { session } = world;
  await session.command({ kind: 'InstrumentListed', at: session.state().now, instrument: ALDER });
  await session.command({ kind: 'StrategyCreated', at: session.state().now, by: 'user:ann', config: FLIPPER });
  await session.command({ kind: 'StrategyEnabled', at: session.state().now, by: 'user:ann', strategyId: FLIPPER.id });
});
afterEach(async () => {
  await world.session.close();
  await world.journal.close();
  await rm(world.dir, { recursive: true, force: true });
});

const follow = async (journal: Parameters<typeof followEngine>[0]['journal']): Promise<Follower> => {
  const initial = firstState((await world.journal.read(0, 1))[0], { engine: ENGINE, limits: UNLIMITED });
  return await followEngine({ journal, initial, canonical: encode });
};
const text = (state: Follower['state']): string => encode(plainState(state()));

test('comes to the engine’s state, from the start and with each entry', async () => {
  await world.day(100, 101);
  const follower = await follow(world.journal);
  expect(text(follower.state)).toBe(text(world.session.state));
  await world.day(102, 99);
  await world.day(99, 104);
  expect(follower.seq()).toBe(world.journal.head().seq);
  expect(text(follower.state)).toBe(text(world.session.state));
  expect(follower.problem()).toBeUndefined();
});

test('entries that come while it reads are taken once, after those before them', async () => {
  for (const [open, close] of [
    [100, 101],
    [101, 104],
    [104, 102],
    [102, 99],
  ] as const)
    await world.day(open, close);
  let listener: ((entries: readonly JournalEntry[]) => void) | undefined;
  const all = await world.journal.read(0, 100_000);
  const half = Math.floor(all.length / 2);
  const follower = await follow({
    head: () => ({ seq: half, hash: '' }),
    onAppended: (hear) => {
      listener = hear;
      return () => undefined;
    },
    read: async (after) => {
      // Those that the reader will have read, and the rest.
      if (after === 0) listener?.(all);
      return await Promise.resolve(all.slice(after, after + 2));
    },
  });
  expect(world.session.state().orders.size).toBeGreaterThan(1);
  expect(follower.seq()).toBe(all.length);
  expect(text(follower.state)).toBe(text(world.session.state));
  expect(follower.problem()).toBeUndefined();
});

test('tells of an event once all that it led to was read, also where a read ends between them', async () => {
  let listener: (entries: readonly JournalEntry[]) => void = () => undefined;
  const head = world.journal.head().seq;
  const follower = await follow({
    head: () => world.journal.head(),
    read: (after, limit) => world.journal.read(after, limit),
    onAppended: (hear) => {
      listener = hear;
      return () => undefined;
    },
  });
  const told: FollowedStep[] = [];
  follower.onStep((done) => told.push(done));
  await world.day(100, 101);
  const later = await world.journal.read(head, 100_000);
  for (const entry of later) {
    listener([entry]);
    for (const { seq, effects } of told) expect(entry.seq).toBeGreaterThanOrEqual(seq + effects.length);
  }
  expect(told.map(({ seq }) => seq)).toEqual(later.filter(({ type }) => type === 'event').map(({ seq }) => seq));
});

test('a record that does not lead to itself is told, and no step after it', async () => {
  const follower = await follow(world.journal);
  follower.close();
  const told: FollowedStep[] = [];
  let listener: (entries: readonly JournalEntry[]) => void = () => undefined;
  const other = await follow({
    head: () => world.journal.head(),
    read: (after, limit) => world.journal.read(after, limit),
    onAppended: (hear) => {
      listener = hear;
      return () => undefined;
    },
  });
  other.onStep((done) => told.push(done));
  const head = world.journal.head().seq;
  await world.day(100, 101);
  const later = await world.journal.read(head, 100_000);
  const changed = later.findIndex(({ type }) => type === 'fact');
  listener(later.map((entry, index) => (index === changed ? { ...entry, kind: 'AlertRaised' } : entry)));
  expect(other.problem()).toMatch(new RegExp(`entry ${later[changed]?.seq}`));
  expect(told).toEqual([]);
});
