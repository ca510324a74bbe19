import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../journal/journal.ts';
import { instantFromMs } from '../../money/instant.ts';
import { closable } from './closable.ts';
import { BEHIND_MAX, facts } from './facts.ts';
import type { FactSource, Resync } from './facts.ts';
import { states } from './states.ts';

/** A journal in memory that grows by hand. */
function growing(length: number) {
  const entries: JournalEntry[] = [];
  const listeners = new Set<() => void>();
  const grow = (by: number): void => {
    for (let index = 0; index < by; index += 1) {
      const seq = entries.length + 1;
      entries.push({
        seq,
        kind: 'ClockTicked',
        type: 'event',
        at: instantFromMs(seq),
        actor: 'engine',
        cause: undefined,
        payload: {},
        writtenAtMs: seq,
        hash: String(seq),
        previousHash: String(seq - 1),
      });
    }
    for (const listener of listeners) listener();
  };
  grow(length);
  const source: FactSource = {
    head: () => ({ seq: entries.length }),
    read: (after, limit) => Promise.resolve(entries.slice(after, after + limit)),
    onAppended: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    catchUp: () => Promise.resolve(),
    projected: () => Promise.resolve(),
  };
  return { source, grow, listeners };
}

const seqs = (entries: readonly JournalEntry[]): number[] => entries.map(({ seq }) => seq);
const reader = (source: FactSource, after: string | undefined, behindMax = BEHIND_MAX): AsyncIterableIterator<number | Resync> =>
  closable((signal) => facts(source, { after, behindMax }, seqs, signal));

async function take<T>(iterator: AsyncIterableIterator<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  while (taken.length < count) {
    const { done, value } = await iterator.next();
    if (done === true) break;
    taken.push(value);
  }
  return taken;
}

describe('facts', () => {
  test.each([0, 1, 199, 200, 201, 399, 450])('after %i comes everything later, in batches that do not show', async (after) => {
    const { source, grow } = growing(450);
    const iterator = reader(source, String(after));
    grow(50);
    expect(await take(iterator, 500 - after)).toEqual(Array.from({ length: 500 - after }, (_, index) => after + 1 + index));
    await iterator.return?.();
  });

  test('a reader that is as far behind as allowed catches up; one entry more is a Resync and the end', async () => {
    const { source } = growing(BEHIND_MAX + 1);
    expect(await take(reader(source, '1'), 1)).toEqual([2]);
    expect(await take(reader(source, '0'), 5)).toEqual([expect.objectContaining({ __typename: 'Resync', cursor: String(BEHIND_MAX + 1) })]);
  });

  test('a reader that falls behind while it does not read gets a Resync, and cost nothing meanwhile', async () => {
    const { source, grow, listeners } = growing(10);
    const iterator = reader(source, '10', 100);
    grow(1);
    expect(await take(iterator, 1)).toEqual([11]);
    grow(1_000);
    expect(await take(iterator, 1)).toEqual([expect.objectContaining({ __typename: 'Resync', cursor: '1011' })]);
    expect((await iterator.next()).done).toBe(true);
    expect(listeners.size).toBe(0);
  });

  test('a reader that comes from an instance which has read further is not told to begin anew: this one looks first', async () => {
    const { source, grow } = growing(10);
    const lagging: FactSource = { ...source, catchUp: async () => await Promise.resolve(grow(5)) };
    const iterator = reader(lagging, '14');
    expect(await take(iterator, 1)).toEqual([15]);
    await iterator.return?.();
    expect(await take(reader(lagging, '999'), 1)).toEqual([expect.objectContaining({ __typename: 'Resync' })]);
  });

  test('closing wakes a reader that waits, and takes its listener away', async () => {
    const { source, listeners } = growing(3);
    const iterator = reader(source, undefined);
    const waiting = iterator.next();
    await Promise.resolve();
    expect(listeners.size).toBe(1);
    await iterator.return?.();
    expect((await waiting).done).toBe(true);
    expect(listeners.size).toBe(0);
  });
});

describe('states', () => {
  test('a reader sees the first and the newest of a burst, never less new than before', async () => {
    let value = 0;
    const listeners = new Set<() => void>();
    const source = {
      read: () => value,
      onChange: (listener: () => void) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const iterator = closable((signal) => states(source, { changed: (before, now) => before !== now, restMs: 1 }, (now) => now, signal));
    expect((await iterator.next()).value).toBe(0);
    for (let burst = 0; burst < 3; burst += 1) {
      for (let change = 0; change < 1_000; change += 1) {
        value += 1;
        for (const listener of listeners) listener();
      }
      expect((await iterator.next()).value).toBe(value);
    }
    await iterator.return?.();
    expect(listeners.size).toBe(0);
  });

  test('a value that changed back is no change', async () => {
    let value = 'a';
    const source = { read: () => value, onChange: () => () => undefined };
    const iterator = closable((signal) => states(source, { changed: (before, now) => before !== now, restMs: 1 }, (now) => now, signal));
    await iterator.next();
    value = 'b';
    expect((await iterator.next()).value).toBe('b');
    await iterator.return?.();
  });
});
