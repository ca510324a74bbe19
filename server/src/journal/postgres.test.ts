import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgresTestDatabase, TEST_POSTGRES_URL } from '../platform/test-database.ts';
import type { PostgresTestDatabase } from '../platform/test-database.ts';
import { followPostgresJournal, openPostgresJournal } from './postgres.ts';
import { JournalLeased } from './side-connection.ts';
import { batchOf } from './test-journal.ts';
import { JournalPoisoned } from './writer.ts';

const server = TEST_POSTGRES_URL ?? '';
describe.runIf(server !== '')('a journal that several processes share', () => {
  let database: PostgresTestDatabase;
  beforeAll(async () => {
    database = await openPostgresTestDatabase(server);
  });
  afterAll(async () => await database.close());

  test('has one writer: a second is refused, and one without a lease is stopped by its first append', async () => {
    const { db, url, schema } = database;
    const writer = await openPostgresJournal({ db, url });
    await expect(openPostgresJournal({ db, url })).rejects.toThrow(JournalLeased);
    const intruder = await openPostgresJournal({ db });
    await writer.append(batchOf(1, 2));
    await expect(intruder.append(batchOf(1, 1))).rejects.toThrow(JournalPoisoned);
    expect(await writer.append(batchOf(3, 1))).toMatchObject([{ seq: 3 }]);
    expect(await writer.verify()).toBeUndefined();
    await intruder.close();
    await writer.close();
    const next = await openPostgresJournal({ db, url });
    expect(next.head().seq).toBe(3);
    await next.close();
    expect(schema).toMatch(/^test_/);
  });

  test('wakes its followers, who hear each entry once and in order', async () => {
    const { db, url } = database;
    const writer = await openPostgresJournal({ db, url });
    const from = writer.head().seq;
    const follower = await followPostgresJournal(db, { url, pollMs: 60_000 });
    const heard: number[] = [];
    const all = new Promise<void>((resolve) => {
      follower.onAppended((entries) => {
        heard.push(...entries.map(({ seq }) => seq));
        if (heard.length === 40) resolve();
      });
    });
    for (let batch = 0; batch < 20; batch += 1) await writer.append(batchOf(batch * 2, 2));
    await all;
    expect(heard).toEqual(Array.from({ length: 40 }, (_, index) => from + index + 1));
    expect(follower.head()).toEqual(writer.head());
    await expect(follower.append(batchOf(1, 1))).rejects.toThrow(/only reads/);
    await follower.close();
    await writer.close();
  });

  test('whoever asks one that lags to catch up finds what is written, though nothing woke it', async () => {
    const { db, url } = database;
    const writer = await openPostgresJournal({ db });
    const follower = await followPostgresJournal(db, { url, pollMs: 60_000 });
    await writer.append(batchOf(1, 2));
    expect(follower.head().seq).toBe(writer.head().seq - 2);
    await follower.catchUp?.();
    expect(follower.head()).toEqual(writer.head());
    const writing = writer.append(batchOf(3, 2));
    await Promise.resolve();
    await writer.catchUp?.();
    expect(writer.head().seq).toBe(follower.head().seq + 2);
    await writing;
    await follower.close();
    await writer.close();
  });

  test('a projection that fails takes its entries with it', async () => {
    const { db } = database;
    const writer = await openPostgresJournal({ db, withTransaction: () => Promise.reject(new Error('no such table')) });
    const before = writer.head();
    await expect(writer.append(batchOf(1, 3))).rejects.toThrow(/no such table/);
    expect(writer.head()).toEqual(before);
    await writer.close();
    const again = await openPostgresJournal({ db });
    expect(again.head()).toEqual(before);
    await again.close();
  });
});
