import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBackup } from '../../commands/backup/make-backup.ts';
import { checkRecords } from '../../commands/verify/records.ts';
import { createApiKey, ensureOwner } from '../../accounts/service.ts';
import { openingEntry } from '../../engine/opening-record.ts';
import { ENGINE } from '../../engine/test/session-world.ts';
import { openJournal } from '../../journal/open.ts';
import { recordLife } from '../../journal/test/recorded-life.ts';
import type { Happening } from '../../journal/test/recorded-life.ts';
import { importSampleData } from '../../market-data/service.ts';
import { instant } from '../../money/instant.ts';
import { UNLIMITED } from '../../risk/limits.ts';
import { openDataDir } from '../data-dir.ts';
import { openDatabase } from '../database.ts';
import type { Database } from '../database.ts';
import { migrate } from '../migrate.ts';
import { serveBackups } from './backup-socket.ts';
import { recordTables } from './record-tables.ts';
import { restoreToFolder } from './restore.ts';

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

async function folderWithRecords(name: string) {
  const dataDir = join(folder, name);
  const folders = await openDataDir(dataDir);
  const database = await openDatabase({ dataDir });
  await migrate(database.db);
  await importSampleData(database.db);
  await fillRecords(database.db);
  const journal = await openJournal({ kind: 'embedded', dir: folders.journalDir });
  for (const batch of BATCHES) await journal.append(batch);
  return { dataDir, database, journal };
}

describe('a backup of a folder', () => {
  test('made while the server runs, restores to the same entries and records, and verifies', async () => {
    const { dataDir, database, journal } = await folderWithRecords('live');
    const stop = await serveBackups(dataDir, { db: database.db, journal, now }, (what, error) => expect.fail(`${what}: ${String(error)}`));
    const file = join(folder, 'live.backup');
    // Entries go on being written meanwhile.
    const [header] = await Promise.all([makeBackup(file, dataDir, undefined), journal.append(BATCHES[0] ?? [])]);
    expect(header.journal.seq).toBeGreaterThanOrEqual(BATCHES.flat().length);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    await expect(makeBackup(file, dataDir, undefined)).rejects.toThrow(/exists/);
    const records = await recordsIn(database.db);
    expect(records['bars']?.length).toBeGreaterThan(1_000);
    expect(Object.keys(records)).not.toContain('sessions');
    await stop();
    await journal.close();
    await database.close();

    const restored = join(folder, 'restored');
    const done = await restoreToFolder(file, restored);
    expect(done.header).toEqual(header);
    expect(await readdir(folder)).not.toContain('restored.restoring');
    const again = await openDatabase({ dataDir: restored });
    expect(await recordsIn(again.db)).toEqual(records);
    await again.close();
    const checked = await checkRecords({
      dataDir: restored,
      url: undefined,
      anchorFile: join(restored, 'anchors'),
      rebuild: true,
      progress: () => undefined,
    });
    expect(checked.problem).toBeUndefined();
    expect(checked.head).toEqual(header.journal);
    expect(checked.checks.flatMap(({ problems }) => problems)).toEqual([]);
    // A second one of the stopped folder holds the same.
    const second = join(folder, 'second.backup');
    await makeBackup(second, restored, undefined);
    const rows = (path: string): Promise<readonly string[]> =>
      readFile(path).then((bytes) => zstdDecompressSync(bytes).toString().split('\n').slice(1, -2));
    expect(await rows(second)).toEqual(await rows(file));
    await expect(restoreToFolder(file, restored)).rejects.toThrow(/is not empty/);
  });
});
