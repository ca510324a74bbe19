import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { zstdDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openJournal } from '../../journal/open.ts';
import type { Journal } from '../../journal/journal.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';
import type { TestDatabase } from '../test-database.ts';
import { askForBackup, serveBackups, tellKept } from './backup-socket.ts';
import { parseHeader } from './format.ts';
import { newestBackup, noteBackup } from './kept-backups.ts';

let folder: string;
let database: TestDatabase;
let journal: Journal;
let stop: () => Promise<void>;
const reports: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-socket-'));
  database = await openEmbeddedTestDatabase();
  journal = await openJournal({ kind: 'embedded', dir: join(folder, 'journal') });
  stop = await serveBackups(folder, { db: database.db, journal, now: () => new Date('2026-03-02T21:00:00Z') }, (what, error) =>
    reports.push(`${what}: ${String(error)}`),
  );
});
afterAll(async () => {
  await stop();
  await journal.close();
  await database.close();
  await rm(folder, { recursive: true });
});

/** What the server answers to a line, whole. */
async function say(line: string): Promise<string> {
  const socket = connect(join(folder, 'backup.sock'));
  socket.end(line);
  return (await buffer(socket)).toString();
}

describe('a running server', () => {
  test('gives a backup to who asks for one, and knows of it once it is told that it was kept', async () => {
    expect(await newestBackup(database.db)).toBeUndefined();
    const asked = await askForBackup(folder);
    if (asked === undefined) throw new Error('no server listens');
    const [first = ''] = zstdDecompressSync(await buffer(asked))
      .toString()
      .split('\n');
    const header = parseHeader(first);
    // Given is not kept: the file may be damaged, or the disk full.
    expect(await newestBackup(database.db)).toBeUndefined();
    await tellKept(folder, header);
    expect(await newestBackup(database.db)).toEqual({ madeAt: Date.parse('2026-03-02T21:00:00Z'), entries: 0 });
    await noteBackup(database.db, { createdAt: '2026-03-01T21:00:00.000Z', journal: { seq: 7, hash: 'older' } });
    expect(await newestBackup(database.db)).toMatchObject({ entries: 0 });
  });

  test('that has ended meanwhile is told of: the file is whole, and nobody notes it', async () => {
    const nobody = await mkdtemp(join(tmpdir(), 'tidemark-nobody-'));
    const [first = ''] = zstdDecompressSync(await buffer((await askForBackup(folder)) ?? expect.fail('no server listens')))
      .toString()
      .split('\n');
    await expect(tellKept(nobody, parseHeader(first))).rejects.toThrow('the server has ended meanwhile');
    await rm(nobody, { recursive: true });
  });

  test.each([
    ['another word', 'steal\n', /does not know what "steal" is/],
    ['a header that is none', 'kept {"tidemark":"backup"\n', /backup: /],
    ['no whole line', 'make', /ended before anything was asked/],
    ['more than a line', 'x'.repeat(2_000), /too long/],
  ])('answers %s with nothing, and says so', async (_name, line, report) => {
    reports.length = 0;
    expect(await say(line)).toBe('');
    await expect.poll(() => reports).toEqual([expect.stringMatching(report)]);
  });
});
