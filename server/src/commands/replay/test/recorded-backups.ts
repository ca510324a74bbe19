import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { zstdCompressSync } from 'node:zlib';
import { main } from '../../../cli.ts';
import { recordTrading } from '../../../engine/test/recorded-session.ts';
import type { RecordedTrading } from '../../../engine/test/recorded-session.ts';
import { EMPTY_HEAD, link } from '../../../journal/chain.ts';
import type { Head } from '../../../journal/chain.ts';
import type { JournalEntry } from '../../../journal/journal.ts';
import { instantFromMs } from '../../../money/instant.ts';
import { backupLines } from '../../../platform/backup/write-backup.ts';
import { openEmbeddedTestDatabase } from '../../../platform/test-database.ts';
import type { TestDatabase } from '../../../platform/test-database.ts';
import { saveVersion } from '../../../strategies/service.ts';

class Sink extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}

/** `tidemark replay` with these arguments. */
export async function replay(args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const [out, err] = [new Sink(), new Sink()];
  const code = await main(['replay', ...args], { out, err: err as unknown as NodeJS.WriteStream, environment });
  return { code, out: out.text, err: err.text };
}

/** A recorded session with its module among the records, and backups of it. */
export interface RecordedBackups {
  readonly trading: RecordedTrading;
  readonly entries: readonly JournalEntry[];
  /** A backup of all of them. */
  readonly sound: string;
  readonly database: TestDatabase;
  readonly folder: string;
  readonly saveModule: () => Promise<void>;
  /** A backup of these entries, chained anew: whole and sound, whatever they say. */
  readonly backupOf: (name: string, entries: readonly JournalEntry[]) => Promise<string>;
  readonly close: () => Promise<void>;
}

export async function recordBackups(): Promise<RecordedBackups> {
  const trading = await recordTrading();
  const database = await openEmbeddedTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-replay-'));
  const saveModule = async (): Promise<void> => {
    await saveVersion(database.db, { module: trading.module, name: 'sma-crossover', source: '' }, instantFromMs(0));
  };
  await saveModule();
  const backupOf = async (name: string, entries: readonly JournalEntry[]): Promise<string> => {
    const chained: JournalEntry[] = [];
    let head: Head = EMPTY_HEAD;
    for (const { hash: _hash, previousHash: _previous, seq: _seq, writtenAtMs, ...draft } of entries) {
      const { entry } = link(head, draft, writtenAtMs);
      head = { seq: entry.seq, hash: entry.hash };
      chained.push(entry);
    }
    const journal = { head: () => head, read: (after: number, limit: number) => Promise.resolve(chained.slice(after, after + limit)) };
    let text = '';
    for await (const line of backupLines({ db: database.db, journal, now: () => new Date(0) })) text += line;
    const path = join(folder, name);
    await writeFile(path, zstdCompressSync(text));
    return path;
  };
  const entries = await trading.entries();
  return {
    trading,
    entries,
    sound: await backupOf('sound.backup', entries),
    database,
    folder,
    saveModule,
    backupOf,
    close: async () => {
      await database.close();
      await trading.world.close();
      await rm(folder, { recursive: true });
    },
  };
}
