import type { JournalEntry } from '../../journal/journal.ts';
import type { JournalReader } from '../../journal/past/journal-reader.ts';
import type { Snapshots } from '../../journal/snapshots/snapshots.ts';
import { BackupUnusable } from '../../platform/backup/format.ts';
import { readBackup } from '../../platform/backup/read-backup.ts';
import { checkedModule, JournalDamaged } from './recorded-session.ts';
import type { RecordedSession } from './recorded-session.ts';

/** As the database writes a row as JSON: bytes in hex. */
interface VersionRow {
  readonly version: string;
  readonly wasm: string;
}

const bytesOf = (text: string): Uint8Array => Buffer.from(text.replace(/^\\x/, ''), 'hex');

const NO_SNAPSHOTS: Snapshots = {
  describe: (seq) => `of entry ${seq}`,
  list: () => Promise.resolve([]),
  read: () => Promise.resolve(undefined),
  write: () => Promise.reject(new Error('Invariant: a backup is only read')),
  remove: () => Promise.reject(new Error('Invariant: a backup is only read')),
};

const PAGE = 2_000;

function readerOf(entries: readonly JournalEntry[]): JournalReader {
  async function* pages(after: number, upTo: number): AsyncGenerator<readonly JournalEntry[]> {
    await Promise.resolve();
    for (let start = after; start < upTo; start += PAGE) yield entries.slice(start, Math.min(start + PAGE, upTo));
  }
  return { pages, snapshots: NO_SNAPSHOTS };
}

/** A backup holds both the journal and the modules: the server that made it may go on. Its chain is checked as it is read. */
export async function sessionInBackup(path: string): Promise<RecordedSession> {
  const entries: JournalEntry[] = [];
  const modules = new Map<string, Uint8Array>();
  try {
    const { journal } = await readBackup(path, {
      onEntries: (some) => {
        for (const { entry } of some) entries.push(entry);
      },
      onRows: (table, rows) => {
        if (table !== 'strategy_versions') return;
        for (const row of rows) {
          const { version, wasm } = JSON.parse(row) as VersionRow;
          modules.set(version, bytesOf(wasm));
        }
      },
    });
    const module: RecordedSession['module'] = (version, name) =>
      Promise.resolve().then(() => checkedModule(modules.get(version), version, name));
    return { journal: path, head: journal, reader: readerOf(entries), module, close: () => Promise.resolve() };
  } catch (error) {
    if (error instanceof BackupUnusable) throw new JournalDamaged(`The backup ${path} cannot be replayed: ${error.message}`);
    throw error;
  }
}
