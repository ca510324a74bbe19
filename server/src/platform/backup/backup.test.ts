import { mkdtemp, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openPostgresJournal } from '../../journal/postgres.ts';
import { entriesIn } from '../../journal/test/recorded-life.ts';
import { openDatabase } from '../database.ts';
import { openEmbeddedTestDatabase, openPostgresTestDatabase, TEST_POSTGRES_URL } from '../test-database.ts';
import { readBackup } from './read-backup.ts';
import { restoreToDatabase, restoreToFolder } from './restore.ts';
import { BATCHES, fillRecords, LIFE, now, recordsIn } from './test/sample-records.ts';
import { backupLines } from './write-backup.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-backup-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

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
