import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeBackup } from '../../commands/backup/make-backup.ts';
import { checkRecords } from '../../commands/verify/records.ts';
import { openJournal } from '../../journal/open.ts';
import { importSampleData } from '../../market-data/service.ts';
import { openDataDir } from '../data-dir.ts';
import { openDatabase } from '../database.ts';
import { migrate } from '../migrate.ts';
import { serveBackups } from './backup-socket.ts';
import { newestBackup } from './kept-backups.ts';
import { restoreToFolder } from './restore.ts';
import { BATCHES, fillRecords, now, recordsIn } from './test/sample-records.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-backup-'));
});
afterAll(async () => await rm(folder, { recursive: true }));

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
    const [{ header, notNoted }] = await Promise.all([makeBackup(file, dataDir, undefined), journal.append(BATCHES[0] ?? [])]);
    expect(header.journal.seq).toBeGreaterThanOrEqual(BATCHES.flat().length);
    expect([notNoted, await newestBackup(database.db)]).toEqual([
      undefined,
      { madeAt: Date.parse(header.createdAt), entries: header.journal.seq },
    ]);
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
