import { mkdtemp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createApiKey, ensureOwner } from '../../accounts/service.ts';
import { openingEntry } from '../../engine/opening-record.ts';
import { ENGINE } from '../../engine/test/session-world.ts';
import { openPostgresJournal } from '../../journal/postgres.ts';
import { entriesIn, recordLife } from '../../journal/test/recorded-life.ts';
import type { Happening } from '../../journal/test/recorded-life.ts';
import { instant } from '../../money/instant.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import { openDatabase } from '../database.ts';
import type { Database } from '../database.ts';
import { openEmbeddedTestDatabase, openPostgresTestDatabase, TEST_POSTGRES_URL } from '../test-database.ts';
import { readBackup } from './read-backup.ts';
import { recordTables } from './record-tables.ts';
import { restoreToDatabase, restoreToFolder } from './restore.ts';
import { backupLines } from './write-backup.ts';

const LIFE = recordLife(Array.from({ length: 20 }, (_, index): Happening => [index % 3 === 2 ? 'ticket' : 'bar', index * 7]));
const BATCHES = [[openingEntry({ engine: ENGINE, limits: UNLIMITED })], ...LIFE.batches];
const NOW = instant('2026-03-02T12:00:00Z');
const now = (): Date => new Date(NOW);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-backup-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

/** Records of each kind of column: bytes, doubles, text with everything in it, JSON, instants. */
async function fillRecords(db: Kysely<Database>): Promise<void> {
  const owner = await ensureOwner(db, NOW);
  await createApiKey(db, owner, 'täglich "grün"\n', NOW);
  await sql`insert into strategy_versions values (${'a'.repeat(64)}, 'one', ${Buffer.from([0, 255, 1, 92, 39, 10])}, 'source', '{"a": 1.50}', now())`.execute(
    db,
  );
  await sql`insert into settings values ('theme', '{"x": [1, null, "täglich"]}', '2026-01-01T00:00:00.123456Z')`.execute(db);
}

/** Every record as text, table by table. */
async function recordsIn(db: Kysely<Database>): Promise<Record<string, readonly string[]>> {
  const all: Record<string, readonly string[]> = {};
  for (const table of await recordTables(db)) {
    const { rows } = await sql<{ row: string }>`select md5(t::text) as row from ${sql.table(table)} t`.execute(db);
    all[table] = rows.map(({ row }) => row).toSorted();
  }
  return all;
}

/** A backup file of an embedded database and a journal. */
async function someBackup(name: string): Promise<string> {
  const database = await openEmbeddedTestDatabase();
  await fillRecords(database.db);
  const entries = entriesIn({ batches: BATCHES, state: LIFE.state });
  const head = { seq: entries.length, hash: entries.at(-1)?.hash ?? '' };
  const journal = { head: () => head, read: (after: number, limit: number) => Promise.resolve(entries.slice(after, after + limit)) };
  let text = '';
  for await (const line of backupLines({ db: database.db, journal, now })) text += line;
  await database.close();
  const file = join(folder, name);
  await writeFile(file, zstdCompressSync(text));
  return file;
}

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
    [whole.replace('"format":1', '"format":2'), /format 2/],
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
