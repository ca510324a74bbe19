import { expect, test } from 'vitest';
import type { Replay, SeedOutcome } from './host/task.ts';
import { shortest } from './shortest.ts';

const failing = (seed: bigint, steps: number): SeedOutcome => ({
  seed,
  steps,
  violated: { invariant: 'I1', message: 'I1: it did not hold' },
  journalHash: '',
  entries: 0,
  orders: 0,
  executions: 0,
  starts: 0,
  counts: [],
  figures: [],
  milliseconds: 0,
  twice: false,
  asInModel: false,
});
const replay = (seed: bigint, events: number): Replay => ({
  seed,
  invariant: 'I1',
  message: '',
  parts: Array.from({ length: events }, (_, at) => ({ name: `act:${at}`, at })),
});
const FAILURES = [failing(3n, 30), failing(1n, 10), failing(4n, 40), failing(2n, 20)];

test.each<{ name: string; events: Readonly<Record<string, number>>; asked: readonly bigint[]; seed: bigint | undefined }>([
  { name: 'the first that is short enough ends it', events: { 1: 50, 2: 20, 3: 1 }, asked: [1n, 2n], seed: 2n },
  { name: 'the shortest of three where none is short', events: { 1: 50, 2: 30, 3: 40, 4: 1 }, asked: [1n, 2n, 3n], seed: 2n },
  { name: 'one that does not fail again is passed over', events: { 2: 30 }, asked: [1n, 2n, 3n], seed: 2n },
  { name: 'where none fails again there is nothing to show', events: {}, asked: [1n, 2n, 3n], seed: undefined },
])('of failing days: $name', async ({ events, asked, seed }) => {
  const shrunk: bigint[] = [];
  const shown = await shortest(
    FAILURES,
    async (each) => {
      shrunk.push(each);
      const count = events[String(each)];
      return await Promise.resolve(count === undefined ? undefined : replay(each, count));
    },
    new AbortController().signal,
  );
  expect(shrunk).toEqual(asked);
  expect(shown?.seed).toBe(seed);
});

test('an interrupt between two days keeps what was found', async () => {
  const stop = new AbortController();
  const shrunk: bigint[] = [];
  const shown = await shortest(
    FAILURES,
    async (each) => {
      shrunk.push(each);
      stop.abort();
      return await Promise.resolve(replay(each, 50));
    },
    stop.signal,
  );
  expect(shrunk).toEqual([1n]);
  expect(shown?.seed).toBe(1n);
});
