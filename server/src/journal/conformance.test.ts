import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openPostgresTestDatabase, TEST_POSTGRES_URL } from '../platform/test-database.ts';
import { GENESIS_HASH } from './chain.ts';
import { encode } from './codec.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { batchOf, embeddedBench, postgresBench } from './test-journal.ts';
import type { JournalBench } from './test-journal.ts';

const stores: { name: string; make: () => Promise<JournalBench> }[] = [{ name: 'files', make: async () => await embeddedBench(50_000) }];
const url = TEST_POSTGRES_URL;
if (url !== undefined) stores.push({ name: 'PostgreSQL', make: async () => postgresBench(await openPostgresTestDatabase(url)) });

const appendSingly = async (journal: Journal, length: number): Promise<void> => {
  for (let number = 1; number <= length; number += 1) await journal.append(batchOf(number, 1));
};

describe.each(stores)('journal in $name', ({ make }) => {
  let bench: JournalBench;
  beforeEach(async () => {
    bench = await make();
  });
  afterEach(async () => await bench.dispose());

  test('an empty journal has head 0, nothing to read, and verifies', async () => {
    const journal = await bench.open();
    expect(journal.head()).toEqual({ seq: 0, hash: GENESIS_HASH });
    expect(await journal.read(0, 10)).toEqual([]);
    expect(await journal.append([])).toEqual([]);
    expect(await journal.verify()).toBeUndefined();
    await journal.close();
  });

  test('entries are numbered, caused, chained, and read back as they went in', async () => {
    const journal = await bench.open();
    const first = await journal.append(batchOf(1, 3));
    const second = await journal.append([
      {
        ...batchOf(4, 1)[0],
        kind: 'ClockTicked',
        type: 'action',
        at: first[0]?.at ?? (0 as never),
        actor: 'user:owner',
        cause: 2,
        payload: null,
      },
    ]);
    expect(first.map(({ seq, cause }) => [seq, cause])).toEqual([
      [1, undefined],
      [2, 1],
      [3, 1],
    ]);
    expect(second[0]).toMatchObject({ seq: 4, cause: 2, actor: 'user:owner', payload: null, previousHash: first[2]?.hash });
    expect(journal.head()).toEqual({ seq: 4, hash: second[0]?.hash });
    await journal.close();
    const reopened = await bench.open();
    expect((await reopened.read(0, 10)).map(encode)).toEqual([...first, ...second].map(encode));
    expect(reopened.head()).toEqual({ seq: 4, hash: second[0]?.hash });
    expect(await reopened.verify()).toBeUndefined();
    await reopened.close();
  });

  test('reopening continues numbers and chain', async () => {
    for (let round = 0; round < 4; round += 1) {
      const journal = await bench.open();
      await journal.append(batchOf(round * 5 + 1, 5));
      await journal.close();
    }
    const journal = await bench.open();
    expect(journal.head().seq).toBe(20);
    expect(await journal.verify()).toBeUndefined();
    await journal.close();
  });

  test('reads begin anywhere and take at most the limit', async () => {
    const journal = await bench.open();
    for (let batch = 0; batch < 60; batch += 1) await journal.append(batchOf(batch * 10 + 1, 10));
    await journal.close();
    const reopened = await bench.open();
    for (const [after, limit] of [
      [0, 1],
      [0, 600],
      [299, 7],
      [599, 10],
      [600, 5],
      [9_999, 5],
      [123, 200],
    ] as const) {
      const seqs = (await reopened.read(after, limit)).map(({ seq }) => seq);
      expect(seqs).toEqual(Array.from({ length: Math.max(0, Math.min(limit, 600 - after)) }, (_, index) => after + 1 + index));
    }
    await reopened.close();
  });

  test('appends at once are each whole and in order; listeners hear each entry once', async () => {
    const journal = await bench.open();
    const heard: number[] = [];
    const stop = journal.onAppended((entries) => heard.push(...entries.map(({ seq }) => seq)));
    const batches = await Promise.all(Array.from({ length: 100 }, async (_, index) => await journal.append(batchOf(index * 3, 3))));
    for (const entries of batches) expect(entries.map(({ seq }) => seq)).toEqual([0, 1, 2].map((step) => (entries[0]?.seq ?? 0) + step));
    expect(heard).toEqual(Array.from({ length: 300 }, (_, index) => index + 1));
    stop();
    await journal.append(batchOf(300, 1));
    expect(heard).toHaveLength(300);
    expect(await journal.verify()).toBeUndefined();
    await journal.close();
  });

  test('a payload without canonical text is refused, and harms nothing', async () => {
    const journal = await bench.open();
    const [good] = batchOf(1, 1);
    if (good === undefined) throw new Error('Invariant: one draft');
    await expect(journal.append([good, { ...good, payload: { price: Number.NaN } }])).rejects.toThrow(/NaN at \.price/);
    await expect(journal.append([{ ...good, cause: 7 }])).rejects.toThrow(/cause/);
    expect(await journal.append([good])).toMatchObject([{ seq: 1 }]);
    await journal.close();
    await expect(journal.append([good])).rejects.toThrow(/closed/);
  });

  test.each([
    { name: 'a changed byte', harm: async (it: JournalBench) => await it.changeByte(17), seq: 17 },
    { name: 'a missing entry', harm: async (it: JournalBench) => await it.removeEntry(17), seq: 17 },
    { name: 'swapped entries', harm: async (it: JournalBench) => await it.swapEntries(17, 20), seq: 17 },
    { name: 'the first entry missing', harm: async (it: JournalBench) => await it.removeEntry(1), seq: 1 },
  ])('$name is found and located', async ({ harm, seq }) => {
    const journal = await bench.open();
    await appendSingly(journal, 30);
    expect(await journal.verify()).toBeUndefined();
    await harm(bench);
    const found = await journal.verify();
    expect(found).toMatchObject({ seq });
    expect(found?.problem).not.toBe('');
    await journal.close();
  });

  test('ten thousand entries, with readers at work while they are written', async () => {
    const journal = await bench.open();
    const follow = async (): Promise<readonly JournalEntry[]> => {
      const seen: JournalEntry[] = [];
      while (seen.length < 10_000) {
        const entries = await journal.read(seen.length, 700);
        seen.push(...entries);
        if (entries.length === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      return seen;
    };
    const write = async (): Promise<void> => {
      for (let batch = 0; batch < 200; batch += 1) await journal.append(batchOf(batch * 50 + 1, 50));
    };
    const [one, other] = await Promise.all([follow(), follow(), write()]);
    expect(one.map(({ seq }) => seq)).toEqual(Array.from({ length: 10_000 }, (_, index) => index + 1));
    expect(other.at(-1)?.hash).toBe(journal.head().hash);
    expect(await journal.verify()).toBeUndefined();
    await journal.close();
  });
});
