import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { DirectoryLocked } from '../journal/directory-lock.ts';
import { openDatabase } from './database.ts';
import { DatabaseUnavailable } from './database-unavailable.ts';
import { DatabaseTooNew, knownMigrations, migrate } from './migrate.ts';
import { withTestDatabases } from './test-database.ts';
import type { TestDatabase } from './test-database.ts';

withTestDatabases('database', (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterAll(async () => await database.close());

  test('every column type that the tables use comes back as it went in', async () => {
    const { rows } = await sql<{ n: string; big: number; j: unknown; d: Date; b: Uint8Array; f: number; t: string; nothing: null }>`
      select ${'123456789012345678.123456789'}::numeric(38, 9) as n, ${9007199254740991}::bigint as big, ${JSON.stringify({ a: [1, null] })}::jsonb as j,
        ${new Date(1_700_000_000_123)}::timestamptz as d, ${Buffer.from([0, 1, 255])}::bytea as b, ${0.1}::double precision as f, ${'ü\u2028"\\'}::text as t,
        ${null}::text as nothing`.execute(database.db);
    expect(rows[0]).toEqual({
      n: '123456789012345678.123456789',
      big: 9007199254740991,
      j: { a: [1, null] },
      d: new Date(1_700_000_000_123),
      b: Buffer.from([0, 1, 255]),
      f: 0.1,
      t: 'ü\u2028"\\',
      nothing: null,
    });
  });

  test('an error is a DatabaseError with its SQLSTATE, and the connection lives on', async () => {
    const failing = sql`insert into risk_decisions (id) values ('x')`.execute(database.db);
    await expect(failing).rejects.toBeInstanceOf(pg.DatabaseError);
    await expect(failing).rejects.toMatchObject({ code: '23502', column: 'intent_id' });
    await expect(sql`select broken from nowhere`.execute(database.db)).rejects.toMatchObject({ code: '42P01' });
    await expect(database.ping()).resolves.toBeGreaterThan(0);
  });

  test('a transaction that throws leaves nothing', async () => {
    const { db } = database;
    await expect(
      db.transaction().execute(async (trx) => {
        await trx
          .insertInto('settings')
          .values({ name: 'theme', value: '"dark"', updated_at: new Date(0) })
          .execute();
        throw new Error('changed my mind');
      }),
    ).rejects.toThrow('changed my mind');
    expect(await db.selectFrom('settings').selectAll().execute()).toEqual([]);
  });

  test('many queries at once, and a large answer', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => (await sql<{ n: number }>`select ${n}::int as n`.execute(database.db)).rows[0]?.n),
    );
    expect(answers).toEqual(Array.from({ length: 50 }, (_, n) => n));
    const { rows } = await sql<{ g: number; text: string }>`select g, repeat('x', 100) as text from generate_series(1, 50000) g`.execute(
      database.db,
    );
    expect(rows).toHaveLength(50_000);
    expect(rows.at(-1)).toEqual({ g: 50_000, text: 'x'.repeat(100) });
  });

  test('migrations run once; a database of a newer version is refused with what to do', async () => {
    expect(await migrate(database.db)).toEqual([]);
    const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(database.db);
    expect(rows.map(({ name }) => name)).toEqual(await knownMigrations());
    await sql`insert into migrations (name) values ('9999-from-the-future')`.execute(database.db);
    await expect(migrate(database.db)).rejects.toThrow(DatabaseTooNew);
    await expect(migrate(database.db)).rejects.toThrow(/9999-from-the-future.*newer version/);
    await sql`delete from migrations where name like '9999%'`.execute(database.db);
  });
});

describe('embedded directory', () => {
  test('is kept over a restart, and taken by one process at a time', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'tidemark-database-'));
    try {
      const first = await openDatabase({ dataDir });
      await migrate(first.db);
      await first.db
        .insertInto('settings')
        .values({ name: 'kept', value: '1', updated_at: new Date(0) })
        .execute();
      await expect(openDatabase({ dataDir })).rejects.toThrow(DirectoryLocked);
      await expect(openDatabase({ dataDir })).rejects.toThrow(`process ${process.pid}`);
      await first.close();
      const second = await openDatabase({ dataDir });
      expect(await second.db.selectFrom('settings').select('name').execute()).toEqual([{ name: 'kept' }]);
      await second.close();
      await expect(sql`select 1`.execute(second.db)).rejects.toThrow(/destroyed/);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  test('a server that is not there is unavailable, in one clear error', async () => {
    await expect(openDatabase({ url: 'postgres://postgres@127.0.0.1:1/none' })).rejects.toThrow(DatabaseUnavailable);
  });
});
