import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Rounds } from './rounds.ts';

/** A reader that is busy for so long whenever it is its turn, and takes note of what was there. */
class Slow {
  readonly took: number[] = [];
  private readonly there: () => number;
  private readonly busyMs: number;

  constructor(there: () => number, busyMs: number) {
    this.there = there;
    this.busyMs = busyMs;
  }

  pump(): void {
    this.took.push(this.there());
    const until = performance.now() + this.busyMs;
    while (performance.now() < until);
  }
}

function opened(readers: number, busyMs: number) {
  let events = 0;
  const rounds = new Rounds<Slow>();
  const all = Array.from({ length: readers }, () => new Slow(() => events, busyMs));
  for (const reader of all) rounds.readers.add(reader);
  const tell = (): void => {
    events += 1;
    rounds.go();
  };
  return { rounds, all, tell };
}

test('a single event reaches everybody in the same turn', () => {
  const { all, tell } = opened(3, 0);
  tell();
  expect(all.map(({ took }) => took)).toEqual([[1], [1], [1]]);
});

test('what happens while a long round rests leaves together, and nothing is left behind', async () => {
  const { all, tell } = opened(1, 10);
  for (let event = 0; event < 10; event += 1) tell();
  await sleep(100);
  // The first alone, all others in the one round after it.
  expect(all[0]?.took).toEqual([1, 10]);
});

test('a round that comes after a long one waits until that one has rested', async () => {
  const { all, tell } = opened(1, 10);
  tell();
  tell();
  await sleep(5);
  expect(all[0]?.took).toEqual([1]);
  await sleep(60);
  expect(all[0]?.took).toEqual([1, 2]);
});

test('readers who come or go while a round rests are met or not, as they are there when it begins', async () => {
  const { rounds, all, tell } = opened(2, 10);
  tell();
  tell();
  const [first] = all;
  if (first !== undefined) rounds.readers.delete(first);
  const late = new Slow(() => 7, 0);
  rounds.readers.add(late);
  await sleep(100);
  expect(all.map(({ took }) => took)).toEqual([[1], [1, 2]]);
  expect(late.took).toEqual([7]);
});
