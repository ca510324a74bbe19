import { readdirSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { restoreToDatabase, restoreToFolder } from '../platform/backup/restore.ts';
import { openDatabase } from '../platform/database.ts';
import { TEST_POSTGRES_URL } from '../platform/test-database.ts';
import { sessionInDatabase } from './replay/recorded-session.ts';
import { replaySession } from './replay/replay-session.ts';
import { recordBackups, replay } from './replay/test/recorded-backups.ts';
import type { RecordedBackups } from './replay/test/recorded-backups.ts';

let recorded: RecordedBackups;

beforeAll(async () => {
  recorded = await recordBackups();
});
afterAll(async () => await recorded.close());

test('replays the folder of a stopped server, and refuses it with a changed byte', async () => {
  const dataDir = join(recorded.folder, 'data');
  await restoreToFolder(recorded.sound, dataDir);
  expect(await replay(['--data-dir', dataDir])).toMatchObject({ code: 0, out: expect.stringContaining('no difference') });
  const segment = readdirSync(join(dataDir, 'journal')).find((name) => name.endsWith('.journal'));
  const path = join(dataDir, 'journal', segment ?? '');
  const bytes = await readFile(path);
  const middle = Math.floor(bytes.length / 2);
  bytes[middle] = (bytes[middle] ?? 0) ^ 1;
  await writeFile(path, bytes);
  expect(await replay(['--data-dir', dataDir])).toMatchObject({ code: 2, err: expect.stringMatching(/is damaged at entry \d+/) });
});

const url = TEST_POSTGRES_URL;
if (url !== undefined)
  test('tidemark replay of PostgreSQL', async () => {
    const schema = `replay_${process.pid}`;
    const target = await openDatabase({ url, schema });
    try {
      await restoreToDatabase(recorded.sound, target.db);
      const session = await sessionInDatabase(url, schema);
      const nothing = { from: undefined, to: undefined, strategy: undefined, compareWords: true, deadlineMs: 30_000 };
      const done = await replaySession(session, { ...nothing, onProgress: () => undefined, onWarning: () => undefined });
      expect(done).toMatchObject({ entries: recorded.entries.length, difference: undefined });
      await session.close();
    } finally {
      await sql`drop schema if exists ${sql.id(schema)} cascade`.execute(target.db);
      await target.close();
    }
  });
