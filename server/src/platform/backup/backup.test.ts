import { randomBytes } from 'node:crypto';
import { mkdtemp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openPostgresJournal } from '../../journal/postgres.ts';
import { entriesIn } from '../../journal/test/recorded-life.ts';
import { openDatabase } from '../database.ts';
import type { Database } from '../database.ts';
import { openEmbeddedTestDatabase, openPostgresTestDatabase, TEST_POSTGRES_URL } from '../test-database.ts';
import type { TestDatabase } from '../test-database.ts';
import { BACKUP_FORMAT, lineDigest } from './format.ts';
import { readBackup } from './read-backup.ts';
import { restoreToDatabase, restoreToFolder } from './restore.ts';
import type { Restored } from './restore.ts';
import { BATCHES, fillRecords, LIFE, now, recordsIn } from './test/sample-records.ts';
import { change, insertRow, PASSKEY, PERSON, sweep, trial } from './test/sample-rows.ts';
import { backupLines } from './write-backup.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-backup-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

/** The lines of a backup of this database and a recorded life. */
function linesOf(db: Kysely<Database>): AsyncIterable<string> {
  const entries = entriesIn({ batches: BATCHES, state: LIFE.state });
  const head = { seq: entries.length, hash: entries.at(-1)?.hash ?? '' };
  const journal = { head: () => head, read: (after: number, limit: number) => Promise.resolve(entries.slice(after, after + limit)) };
  return backupLines({ db, journal, now });
}

async function written(name: string, lines: AsyncIterable<string> | Iterable<string>): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, zstdCompressSync((await Array.fromAsync(lines)).join('')));
  return file;
}

/** A backup file of an embedded database and a journal. */
async function someBackup(name: string): Promise<string> {
  const database = await openEmbeddedTestDatabase();
  await fillRecords(database.db);
  const file = await written(name, linesOf(database.db));
  await database.close();
  return file;
}

/** Into what a backup is restored: a folder, or a schema of a server. */
interface Place {
  readonly name: string;
  readonly restore: <T>(file: string, look: (db: Kysely<Database>, restored: Restored) => Promise<T>) => Promise<T>;
}

const FOLDER: Place = {
  name: 'a folder',
  restore: async (file, look) => {
    const dataDir = `${file}.restored`;
    const restored = await restoreToFolder(file, dataDir);
    const database = await openDatabase({ dataDir });
    try {
      return await look(database.db, restored);
    } finally {
      await database.close();
    }
  },
};
const SERVER: Place = {
  name: 'PostgreSQL',
  restore: async (file, look) => {
    const schema = `test_restore_${process.pid}_${randomBytes(4).toString('hex')}`;
    const database = await openDatabase({ url: TEST_POSTGRES_URL, schema });
    try {
      return await look(database.db, await restoreToDatabase(file, database.db));
    } finally {
      await sql`drop schema ${sql.id(schema)} cascade`.execute(database.db);
      await database.close();
    }
  },
};
const PLACES = TEST_POSTGRES_URL === undefined ? [FOLDER] : [FOLDER, SERVER];

describe.each(PLACES)('a backup that is restored into $name', ({ restore }) => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await openEmbeddedTestDatabase();
    await fillRecords(database.db);
  });
  afterEach(() => database.close());

  test('has rows of every table as they were, and its numbers go on behind them', async () => {
    const records = await recordsIn(database.db);
    expect(Object.keys(records).filter((table) => records[table]?.length === 0)).toEqual([]);
    const file = await written('every.backup', linesOf(database.db));
    await restore(file, async (db, { rows, leftOut }) => {
      expect(await recordsIn(db)).toEqual(records);
      expect([rows, leftOut]).toEqual([Object.values(records).flat().length, 0]);
      await insertRow(db, 'trials', trial('third'));
      await insertRow(db, 'model_changes', change('thaw'));
      for (const table of ['trials', 'model_changes'] as const)
        expect((await db.selectFrom(table).select('id').orderBy('id').execute()).map(({ id }) => id)).toEqual([1, 2, 3]);
      // What refers to nothing is refused again, and what is only added to is not changed.
      await expect(insertRow(db, 'passkeys', PASSKEY)).rejects.toThrow('foreign key');
      await expect(db.deleteFrom('trials').execute()).rejects.toThrow('only ever added');
    });
  });

  test('holds whatever its rows refer to, whatever is added while it is made', async () => {
    const { db } = database;
    // The one of another batch than the other; and more than are read at a time.
    await insertRow(db, 'sweeps', sweep('z-original'));
    await sql`insert into sweeps (id, state, strategy_name, version, request, symbols, timeframe, command, created_at)
      select 'm-' || number, state, strategy_name, version, request, symbols, timeframe, command, created_at
      from sweeps, generate_series(1000, 2000) number where id = 'sweep'`.execute(db);
    await insertRow(db, 'sweeps', { ...sweep('b-reuses'), reused_from: 'z-original' });
    await insertRow(db, 'sweeps', sweep('z-waits'));
    const begun = new Set<string>();
    const lines = async function* (): AsyncGenerator<string> {
      for await (const line of linesOf(db)) {
        yield line;
        const table = /^\{"table":"([a-z_]+)"/.exec(line)?.[1];
        if (table === undefined || begun.has(table)) continue;
        begun.add(table);
        await insertRow(db, 'people', { ...PERSON, id: table, name: table });
        await insertRow(db, 'passkeys', { ...PASSKEY, id: table, credential_id: table, person_id: table });
        if (table !== 'sweeps') continue;
        await insertRow(db, 'sweeps', sweep('a-late'));
        await db.updateTable('sweeps').set({ reused_from: 'a-late' }).where('id', '=', 'z-waits').execute();
      }
    };
    const file = await written('meanwhile.backup', lines());
    expect(begun.size).toBeGreaterThan(30);
    const sweeps = (await recordsIn(db))['sweeps'];
    await restore(file, async (restored, { leftOut }) => {
      expect(leftOut).toBe(0);
      expect((await recordsIn(restored))['sweeps']).toEqual(sweeps);
      expect((await restored.selectFrom('passkeys').select('id').execute()).length).toBeGreaterThan(1);
    });
  });

  test('leaves out what refers to rows that an older version did not write, and says how many', async () => {
    await insertRow(database.db, 'people', PERSON);
    await insertRow(database.db, 'passkeys', PASSKEY);
    const lines = await Array.fromAsync(linesOf(database.db));
    const file = await written(
      'older.backup',
      sealed(
        lines.filter((line) => !/\\"id\\":\\"(?:second|call)\\"/.test(line)),
        1,
      ),
    );
    await restore(file, async (db, { leftOut }) => {
      expect(leftOut).toBe(2);
      expect((await db.selectFrom('passkeys').select('id').execute()).map(({ id }) => id)).toEqual(['first']);
      expect((await recordsIn(db))['agent_call_ends']).toEqual([]);
    });
  });
});

/** These lines as an older version wrote them: whole, and each table after those that it refers to. */
function* sealed(lines: readonly string[], format: number): Generator<string> {
  const digest = lineDigest();
  const [header = '', ...others] = lines.slice(0, -1);
  const rows = others.filter((line) => line.startsWith('{"table"'));
  const entries = others.filter((line) => !line.startsWith('{"table"'));
  for (const line of [header.replace(`"format":${BACKUP_FORMAT}`, `"format":${format}`), ...entries, ...rows.toReversed()]) {
    digest.add(line.trimEnd());
    yield line;
  }
  yield `${JSON.stringify(digest.end())}\n`;
}

test('a restore that fails on the way leaves nothing behind', async () => {
  const lines = zstdDecompressSync(await readFile(await someBackup('twice.backup')))
    .toString()
    .split(/(?<=\n)/);
  const last = lines.at(-2) ?? '';
  const file = await written('twice.backup', sealed([...lines.slice(0, -1), last, ''], BACKUP_FORMAT));
  await expect(restoreToFolder(file, join(folder, 'half'))).rejects.toThrow('duplicate key');
  expect((await readdir(folder)).filter((name) => name.startsWith('half'))).toEqual([]);
});

test('a backup is refused when a byte is changed, a line is missing, its end is cut off, or it is newer; and nothing is written', async () => {
  const file = await someBackup('sound.backup');
  expect((await readBackup(file, {})).tables).toContain('strategy_versions');
  const whole = zstdDecompressSync(await readFile(file)).toString();
  const lines = whole.split('\n');
  const harmed = join(folder, 'harmed.backup');
  const target = join(folder, 'never');
  const CASES: readonly (readonly [string | Buffer, RegExp])[] = [
    [whole.replace('täglich', 'taglich'), /does not match its hash/],
    [whole.replace('"verdict":"approved"', '"verdict":"denied"'), /journal is broken at entry \d+/],
    [lines.toSpliced(3, 1).join('\n'), /journal is broken at entry 3/],
    [`${lines.slice(0, -2).join('\n')}\n`, /it is not whole/],
    [lines.toSpliced(-3, 1).join('\n'), /does not match its hash/],
    [whole.replace('"format":2', '"format":3'), /format 3/],
    [whole.replace('"migrations":[', '"migrations":["9999-from-the-future",'), /does not match its hash/],
    [`${whole}{"table":"settings"}\n`, /something follows its end/],
    ['', /not whole/],
    [Buffer.from('PK no backup at all'), /damaged, or no backup/],
    [(await readFile(file)).subarray(0, -40), /damaged|not whole/],
  ];
  for (const [content, says] of CASES) {
    await writeFile(harmed, typeof content === 'string' ? zstdCompressSync(content) : content);
    await expect(restoreToFolder(harmed, target)).rejects.toThrow(says);
    await expect(stat(target)).rejects.toThrow(/ENOENT/);
  }
  await mkdir(target);
  await writeFile(join(target, 'mine'), '');
  await expect(restoreToFolder(file, target)).rejects.toThrow(/is not empty/);
});

const url = TEST_POSTGRES_URL ?? '';
describe.runIf(url !== '')('a backup of PostgreSQL', () => {
  test('restores into an empty database, all or nothing, and from a folder too', async () => {
    const database = await openPostgresTestDatabase(url);
    await fillRecords(database.db);
    const journal = await openPostgresJournal({ db: database.db });
    for (const batch of BATCHES) await journal.append(batch);
    let text = '';
    for await (const line of backupLines({ db: database.db, journal, now })) text += line;
    const file = join(folder, 'postgres.backup');
    await writeFile(file, zstdCompressSync(text));
    expect((await readBackup(file, {})).journal).toEqual(journal.head());
    await expect(restoreToDatabase(file, database.db)).rejects.toThrow(/holds tables of Tidemark already/);
    const records = await recordsIn(database.db);
    const schema = `test_restore_${process.pid}`;
    const empty = await openDatabase({ url, schema });
    try {
      await restoreToDatabase(file, empty.db);
      expect(await recordsIn(empty.db)).toEqual(records);
      const restored = await openPostgresJournal({ db: empty.db });
      expect(restored.head()).toEqual(journal.head());
      expect(await restored.verify()).toBeUndefined();
      await restored.close();
    } finally {
      await sql`drop schema ${sql.id(schema)} cascade`.execute(empty.db);
      await empty.close();
      await journal.close();
      await database.close();
    }
  });
});
