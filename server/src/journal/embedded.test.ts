import { appendFile, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DirectoryLocked } from './directory-lock.ts';
import { openEmbeddedJournal } from './embedded.ts';
import type { SegmentFile } from './embedded.ts';
import { JournalCorrupted, segmentNames, verifySegments } from './segments.ts';
import { batchOf, embeddedBench, filesIn, flipByte } from './test-journal.ts';
import { JournalPoisoned } from './writer.ts';

let bench: Awaited<ReturnType<typeof embeddedBench>>;
beforeEach(async () => {
  bench = await embeddedBench();
});
afterEach(async () => await bench.dispose());

/** Appends twenty batches of two, one frame each; returns the path of the one file. */
async function written(): Promise<string> {
  const journal = await bench.open();
  for (let batch = 0; batch < 20; batch += 1) await journal.append(batchOf(batch * 2 + 1, 2));
  await journal.close();
  const [name] = await segmentNames(bench.dir);
  return join(bench.dir, name ?? 'none');
}

describe('torn tail', () => {
  test('cut at every byte of the last frame: all before it is kept, and the chain goes on', async () => {
    const path = await written();
    const whole = await readFile(path);
    const lastFrame = whole.lastIndexOf('TMK1');
    for (let cut = lastFrame + 1; cut < whole.length; cut += 37) {
      await writeFile(path, whole.subarray(0, cut));
      const warnings: string[] = [];
      const journal = await openEmbeddedJournal({ dir: bench.dir, onWarning: (message) => warnings.push(message) });
      expect(journal.head().seq).toBe(38);
      expect(warnings).toEqual([expect.stringContaining('torn write')]);
      await journal.append(batchOf(39, 2));
      expect(await journal.verify()).toBeUndefined();
      await journal.close();
    }
    expect((await filesIn(bench.dir)).filter((name) => name.includes('.torn-'))).toEqual([expect.stringContaining(`.torn-${lastFrame}`)]);
  });

  test('a tail of zeros, as a file system leaves after a power loss, is cut', async () => {
    const path = await written();
    await appendFile(path, Buffer.alloc(4_096));
    const warnings: string[] = [];
    const journal = await openEmbeddedJournal({ dir: bench.dir, onWarning: (message) => warnings.push(message) });
    expect(journal.head().seq).toBe(40);
    expect(warnings).toHaveLength(1);
    await journal.close();
  });

  test('damage before the end is no torn tail: it is refused, and located', async () => {
    const path = await written();
    const bytes = await readFile(path);
    await flipByte(path, bytes.indexOf('"number":11}') + 3);
    await expect(bench.open()).rejects.toThrow(JournalCorrupted);
    await expect(bench.open()).rejects.toMatchObject({ seq: 11 });
    expect(await verifySegments(bench.dir)).toMatchObject({ seq: 11 });
  });

  test('a damaged length in the middle is refused too', async () => {
    const path = await written();
    const bytes = await readFile(path);
    await flipByte(path, bytes.indexOf('TMK1', 1_000) + 6);
    await expect(bench.open()).rejects.toThrow(JournalCorrupted);
  });
});

test('files grow to their size and a lost one is noticed', async () => {
  const journal = await openEmbeddedJournal({ dir: bench.dir, segmentBytesMax: 4_000 });
  for (let batch = 0; batch < 40; batch += 1) await journal.append(batchOf(batch * 2 + 1, 2));
  const names = await segmentNames(bench.dir);
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) expect((await readFile(join(bench.dir, name))).length).toBeLessThanOrEqual(4_000);
  expect(await journal.verify()).toBeUndefined();
  await journal.close();
  await truncate(join(bench.dir, names[2] ?? 'none'), 0);
  expect(await verifySegments(bench.dir)).toMatchObject({ seq: Number(names[2]?.slice(0, 16)) });
  await expect(openEmbeddedJournal({ dir: bench.dir })).rejects.toThrow(JournalCorrupted);
});

test('one process at a time', async () => {
  const journal = await bench.open();
  await expect(bench.open()).rejects.toThrow(DirectoryLocked);
  await journal.close();
  await (await bench.open()).close();
});

describe('a disk that fails', () => {
  const failing = (failure: { now: boolean }, step: 'write' | 'datasync') => async (): Promise<SegmentFile> => {
    let size = 0;
    const fail = async (): Promise<void> =>
      await (failure.now ? Promise.reject(new Error('ENOSPC: no space left on device')) : Promise.resolve());
    return {
      size: () => Promise.resolve(size),
      write: async (bytes) => {
        if (step === 'write') await fail();
        size += bytes.length;
      },
      datasync: step === 'datasync' ? fail : () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  };

  test.each(['write', 'datasync'] as const)('at %s: the append rejects, and so does every later one', async (step) => {
    const failure = { now: false };
    const journal = await openEmbeddedJournal({ dir: bench.dir, openFile: failing(failure, step) });
    await journal.append(batchOf(1, 1));
    failure.now = true;
    const heard: number[] = [];
    journal.onAppended((entries) => heard.push(entries.length));
    const lost = await Promise.allSettled([journal.append(batchOf(2, 2)), journal.append(batchOf(4, 1))]);
    expect(lost.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    failure.now = false;
    await expect(journal.append(batchOf(5, 1))).rejects.toThrow(JournalPoisoned);
    await expect(journal.append(batchOf(5, 1))).rejects.toThrow(/no space left/);
    expect(journal.head().seq).toBe(1);
    expect(heard).toEqual([]);
    await journal.close();
  });
});
