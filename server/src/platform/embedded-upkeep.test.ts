import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { keepUp, startUpkeep } from './embedded-upkeep.ts';
import { openEmbeddedTestDatabase } from './test-database.ts';
import type { TestDatabase } from './test-database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openEmbeddedTestDatabase();
  await sql`create table kept (id int primary key, text text)`.execute(database.db);
  await sql`insert into kept select each, 'a' from generate_series(1, 2000) each`.execute(database.db);
});
afterAll(() => database.close());

const dead = async (): Promise<number> => {
  const { rows } = await sql<{ dead: number }>`select n_dead_tup::int as dead from pg_stat_user_tables where relname = 'kept'`.execute(
    database.db,
  );
  return rows[0]?.dead ?? Number.NaN;
};

/** Bytes that a restart would read again. */
const logBytes = async (): Promise<number> => {
  const { rows } = await sql<{ bytes: number }>`
    select pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::int as bytes from pg_control_checkpoint()`.execute(database.db);
  return rows[0]?.bytes ?? Number.NaN;
};

const replaceAll = async (): Promise<void> => {
  await sql`update kept set text = repeat('b', 100)`.execute(database.db);
};

test('rows that were replaced give their room back, and the log is short again once it was long', async () => {
  await replaceAll();
  // What a transaction has done is counted a moment after it.
  await vi.waitFor(async () => expect(await dead()).toBeGreaterThanOrEqual(2_000), { timeout: 10_000, interval: 200 });
  const before = await logBytes();
  await keepUp(database.db, { logBytesMax: before * 10 });
  expect(await dead()).toBe(0);
  expect(await logBytes()).toBeGreaterThanOrEqual(before);
  await keepUp(database.db, { logBytesMax: before / 2 });
  expect(await logBytes()).toBeLessThan(before / 10);
});

test('a table that is replaced again and again stays as large as it was', async () => {
  const pages = async (): Promise<number> => {
    const { rows } = await sql<{ bytes: number }>`select pg_relation_size('kept')::int as bytes`.execute(database.db);
    return rows[0]?.bytes ?? Number.NaN;
  };
  const sizes: number[] = [];
  for (let time = 0; time < 4; time += 1) {
    await replaceAll();
    await vi.waitFor(async () => expect(await dead()).toBeGreaterThan(500), { timeout: 10_000, interval: 200 });
    await keepUp(database.db);
    sizes.push(await pages());
  }
  expect(sizes.at(-1)).toBeLessThanOrEqual(sizes[1] ?? 0);
});

test('it looks by itself, tells what fails and tries again, and has ended when it is stopped', async () => {
  const told: Error[] = [];
  const closed = await openEmbeddedTestDatabase();
  await closed.close();
  const upkeep = startUpkeep(closed.db, (error) => told.push(error), { everyMs: 20, logBytesMax: 1 });
  await vi.waitFor(() => expect(told.length).toBeGreaterThan(1), 10_000);
  await upkeep.stop();
  const after = told.length;
  expect(told[0]?.message).toMatch(/not looked after/);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(told.length).toBe(after);
});
