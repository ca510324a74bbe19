import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Notice } from '../market-data/notice.ts';
import type { Timers } from '../market-data/providers/timers.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { stuckParts, watchAlerting } from './alerting-watch.ts';
import { openPoster } from './providers/post.ts';
import { startHook } from './test/receivers.ts';
import type { Hook } from './test/receivers.ts';

const NOW = instantFromMs(Date.UTC(2026, 0, 5, 9));
const ago = (ms: number): Instant => instantFromMs(NOW - ms);

test.each([
  ['nothing is owed', new Map(), 0, []],
  ['a minute is not long', new Map([['email', ago(60_000)]]), 59_999, []],
  ['five minutes are', new Map([['email', ago(300_000)]]), 0, ['email']],
  ['the journal is not read', new Map(), 60_000, ['outbox']],
] as const)('%s', (_name, late, behindMs, parts) => expect([...stuckParts(new Map(late), behindMs, NOW).keys()]).toEqual(parts));

let hook: Hook;
beforeEach(async () => {
  hook = await startHook();
});
afterEach(() => hook.close());

/** A watch whose time passes as fast as it is waited for. */
function watched(known: readonly string[] = [], beatMs = 60_000, failingLooks = 0) {
  let toFail = failingLooks;
  let now: number = NOW;
  const world = {
    head: () => 0,
    taken: () => 0,
    late: new Map<string, number>(),
    notices: [] as string[],
    reports: [] as string[],
    beatsAtMs: [] as number[],
  };
  const timers: Timers = {
    now: () => instantFromMs(now),
    elapsedMs: () => now,
    after: (ms, action) => {
      const timer = setTimeout(() => {
        now += ms;
        action();
      }, 1);
      return () => clearTimeout(timer);
    },
  };
  const { post } = openPoster({ url: hook.url });
  const stop = watchAlerting({
    channels: [{ name: 'email' }, { name: 'slack' }],
    head: () => world.head(),
    taken: () => world.taken(),
    late: async () => {
      toFail -= 1;
      if (toFail >= 0) throw new Error('the database is away');
      return new Map([...world.late].map(([name, ms]) => [name, instantFromMs(now - ms)]));
    },
    known,
    tell: async ({ code, subject, over }: Notice) => void world.notices.push(`${over === true ? 'over ' : ''}${code}-${subject}`),
    beat: (signal) => {
      world.beatsAtMs.push(now - NOW);
      return post('{"type":"heartbeat"}', {}, signal);
    },
    beatMs,
    timers,
    report: (what, error) => world.reports.push(`${what}: ${String(error)}`),
  });
  return { world, stop, nowMs: () => now };
}

describe('the watch over the alerting', () => {
  test('beats while alerts get out, and is silent while none can', async () => {
    const { world, stop } = watched();
    await vi.waitFor(() => expect(hook.received.length).toBeGreaterThan(2), 5_000);
    world.late.set('email', 400_000).set('slack', 400_000);
    await vi.waitFor(() => expect(world.notices).toEqual(['AlertingStuck-email', 'AlertingStuck-slack']), 5_000);
    const before = hook.received.length;
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(hook.received.length).toBe(before);
    // One way is enough to be heard.
    world.late.delete('slack');
    await vi.waitFor(() => expect(hook.received.length).toBeGreaterThan(before), 5_000);
    expect(world.notices.at(-1)).toBe('over AlertingStuck-slack');
    await stop();
    expect(world.reports).toEqual([]);
  });

  test('says that the journal is not read, once, and that it is again', async () => {
    const { world, stop } = watched();
    world.head = () => 3;
    await vi.waitFor(() => expect(world.notices).toEqual(['AlertingStuck-outbox']), 5_000);
    await new Promise((resolve) => setTimeout(resolve, 30));
    world.taken = () => 3;
    await vi.waitFor(() => expect(world.notices).toEqual(['AlertingStuck-outbox', 'over AlertingStuck-outbox']), 5_000);
    await stop();
  });

  test('a journal that grows without pause is read in time, though its end is always ahead', async () => {
    const { world, stop, nowMs } = watched();
    world.head = () => nowMs() - NOW + 3;
    world.taken = () => nowMs() - NOW;
    await vi.waitFor(() => expect(hook.received.length).toBeGreaterThan(4), 5_000);
    expect(world.notices).toEqual([]);
    await stop();
  });

  test('an intake that is slower than a minute is stuck until it has caught up, though it comes to each end', async () => {
    const { world, stop, nowMs } = watched();
    world.head = () => nowMs() - NOW;
    world.taken = () => nowMs() - NOW - 100_000;
    await vi.waitFor(() => expect(nowMs() - NOW).toBeGreaterThan(600_000), 5_000);
    expect(world.notices).toEqual(['AlertingStuck-outbox']);
    world.taken = world.head;
    await vi.waitFor(() => expect(world.notices.at(-1)).toBe('over AlertingStuck-outbox'), 5_000);
    await stop();
  });

  test('ends what an earlier life of the server has left open', async () => {
    const { world, stop } = watched(['email']);
    await vi.waitFor(() => expect(world.notices).toEqual(['over AlertingStuck-email']), 5_000);
    await stop();
  });

  test('beats as often as it is set, though it looks at other times', async () => {
    const { world, stop } = watched([], 20_000);
    await vi.waitFor(() => expect(world.beatsAtMs.length).toBeGreaterThan(3), 5_000);
    await stop();
    expect(world.beatsAtMs.slice(0, 4)).toEqual([0, 20_000, 40_000, 60_000]);
  });

  test('a heartbeat that is not taken is reported, and tried again soon, though not without rest', async () => {
    hook.answers.push(503, 503, 503);
    const { world, stop } = watched([], 20_000);
    await vi.waitFor(() => expect(world.beatsAtMs.length).toBeGreaterThan(4), 5_000);
    await stop();
    expect(world.beatsAtMs.slice(0, 5)).toEqual([0, 1_000, 3_000, 7_000, 27_000]);
    expect(world.reports).toEqual(Array.from({ length: 3 }, () => expect.stringMatching(/it answered 503/)));
  });

  test('rests where it cannot look, and beats once it can', async () => {
    const { world, stop } = watched([], 20_000, 4);
    await vi.waitFor(() => expect(world.beatsAtMs.length).toBeGreaterThan(1), 5_000);
    await stop();
    expect(world.reports).toHaveLength(4);
    expect(world.beatsAtMs.slice(0, 2)).toEqual([15_000, 35_000]);
  });
});
