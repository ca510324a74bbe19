import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkStretch } from './chain-check.ts';
import type { Journal } from './journal.ts';
import { batchOf, embeddedBench } from './test-journal.ts';
import type { JournalBench } from './test-journal.ts';

let bench: JournalBench;
beforeEach(async () => {
  bench = await embeddedBench(20_000);
});
afterEach(async () => await bench.dispose());

async function written(length: number): Promise<void> {
  const journal = await bench.open();
  for (let from = 1; from <= length; from += 10) await journal.append(batchOf(from, 10));
  await journal.close();
}

/** Opens, looks, closes. */
async function looking<T>(look: (journal: Journal) => Promise<T>): Promise<T> {
  const journal = await bench.open();
  try {
    return await look(journal);
  } finally {
    await journal.close();
  }
}

test('stretches join end to end to the head', async () => {
  await written(200);
  await looking(async (journal) => {
    let [after, hash] = [0, '0'.repeat(64)];
    while (after < 200) {
      const stretch = await checkStretch(journal, after, 70);
      expect(stretch).toMatchObject({
        from: after + 1,
        to: Math.min(200, after + 70),
        previousHash: hash,
        headSeq: 200,
        problem: undefined,
      });
      [after, hash] = [stretch.to, stretch.hash];
    }
    expect(hash).toBe(journal.head().hash);
    expect(await checkStretch(journal, 200, 70)).toMatchObject({ from: 201, to: 200, problem: undefined });
  });
});

test('an empty journal has nothing that does not follow', async () => {
  await looking(async (journal) => expect(await checkStretch(journal, 0, 10)).toMatchObject({ to: 0, headSeq: 0, problem: undefined }));
});

test('entries that changed places are named, wherever the stretch begins', async () => {
  await written(200);
  const entries = await looking((journal) => journal.read(0, 200));
  const swapped = entries.map((entry, index) => (index === 99 ? { ...entry, payload: { number: 0 } } : entry));
  const forged = {
    head: () => ({ seq: 200, hash: '' }),
    read: (after: number, limit: number) => Promise.resolve(swapped.slice(after, after + limit)),
  };
  for (const after of [0, 50, 98, 99])
    expect(await checkStretch(forged, after, 5_000)).toMatchObject({
      to: 99,
      problem: { seq: 100, problem: 'its content does not match its hash' },
    });
  expect((await checkStretch(forged, 100, 5_000)).problem).toBeUndefined();
});

test('an entry that is not there is a problem, not an end', async () => {
  await written(50);
  const entries = await looking((journal) => journal.read(0, 50));
  const short = {
    head: () => ({ seq: 60, hash: '' }),
    read: (after: number, limit: number) => Promise.resolve(entries.slice(after, after + limit)),
  };
  expect((await checkStretch(short, 0, 100)).problem).toEqual({ seq: 51, problem: 'it is missing' });
  expect((await checkStretch(short, 55, 100)).problem).toEqual({ seq: 55, problem: 'it is missing' });
});
