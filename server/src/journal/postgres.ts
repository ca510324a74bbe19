import type { Kysely, Transaction } from 'kysely';
import type { ChainedEntry, Head } from './chain.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { currentSchema, insertEntries, notify, selectEntries, selectHead, verifyRows } from './postgres-store.ts';
import type { PostgresJournalTables } from './postgres-store.ts';
import type { ProjectionTables } from './projector.ts';
import { openSideConnection } from './side-connection.ts';
import type { SideConnection } from './side-connection.ts';
import { journalWriter } from './writer.ts';

type Tables = PostgresJournalTables & ProjectionTables;

export interface PostgresJournalOptions {
  readonly db: Kysely<Tables>;
  readonly nowMs?: () => number;
  readonly onWarning?: (message: string) => void;
  /** Runs in the transaction of each append, after the entries: projections that commit with their causes. */
  readonly withTransaction?: (trx: Transaction<Tables>, entries: readonly JournalEntry[]) => Promise<void>;
  /**
   * Server for a connection beside the pool, which holds the writer's lease (a second writer is refused) and tells other processes of
   * new entries. Without it a second writer is still found, at its first append.
   */
  readonly url?: string | undefined;
}

/** At most so many wake-ups a second: NOTIFY takes a lock of the whole server at commit. */
const NOTIFY_EVERY_MS = 25;

/** A journal in the table `journal`. Throws `JournalLeased` when another process writes it. */
export async function openPostgresJournal(options: PostgresJournalOptions): Promise<Journal> {
  const { nowMs = Date.now, onWarning = (message: string) => process.emitWarning(message), withTransaction, url } = options;
  const db: Kysely<PostgresJournalTables> = options.db;
  const channel = await channelOf(db);
  const side = url === undefined ? undefined : await openSideConnection({ url, channel, lease: true, onWarning });
  const wake = side === undefined ? undefined : waker(async (seq) => await notify(db, channel, seq), onWarning);
  const commit = async (entries: readonly ChainedEntry[]): Promise<void> => {
    await options.db.transaction().execute(async (trx) => {
      await insertEntries(trx, entries);
      await withTransaction?.(
        trx,
        entries.map(({ entry }) => entry),
      );
    });
    wake?.note(entries.at(-1)?.entry.seq ?? 0);
  };
  const head = await selectHead(db);
  const writer = journalWriter({
    head,
    commit,
    nowMs,
    onListenerError: (error) => onWarning(`A listener of the journal failed: ${String(error)}`),
  });
  return {
    append: writer.append,
    head: writer.head,
    catchUp: writer.settled,
    onAppended: writer.onAppended,
    read: async (after, limit) => await selectEntries(db, Math.max(0, after), writer.head().seq, limit),
    verify: async () => await verifyRows(db, writer.head()),
    close: async () => {
      await writer.close();
      await wake?.close();
      await side?.close();
    },
  };
}

/**
 * The journal as another process sees it: it follows the writer by its wake-ups and, because those can be lost, by a look every
 * `pollMs`. Its `append` refuses.
 */
export async function followPostgresJournal(
  db: Kysely<PostgresJournalTables>,
  { url, pollMs = 2_000, onWarning = (message: string) => process.emitWarning(message) }: FollowOptions,
): Promise<Journal> {
  const channel = await channelOf(db);
  const listeners = new Set<(entries: readonly JournalEntry[]) => void>();
  let head: Head = await selectHead(db);
  let looking: Promise<void> = Promise.resolve();
  const look = async (): Promise<void> => {
    for (;;) {
      const entries = await selectEntries(db, head.seq, Number.MAX_SAFE_INTEGER, FOLLOW_ROWS);
      const last = entries.at(-1);
      if (last === undefined) return;
      head = { seq: last.seq, hash: last.hash };
      for (const listener of listeners) listener(entries);
      if (entries.length < FOLLOW_ROWS) return;
    }
  };
  const catchUp = (): Promise<void> => {
    const looked = looking.then(look);
    looking = looked.catch(() => undefined);
    return looked;
  };
  const wake = (): void => void catchUp().catch((error: unknown) => onWarning(`The journal could not be followed: ${String(error)}`));
  const side: SideConnection = await openSideConnection({ url, channel, lease: false, onNotification: () => wake(), onWarning });
  const poll = setInterval(wake, pollMs);
  return {
    append: () => Promise.reject(new Error('This process only reads the journal: its writer is the process that owns the engine')),
    head: () => head,
    catchUp,
    onAppended: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: async (after, limit) => await selectEntries(db, Math.max(0, after), head.seq, limit),
    verify: async () => await verifyRows(db, head),
    close: async () => {
      clearInterval(poll);
      listeners.clear();
      await looking;
      await side.close();
    },
  };
}

export interface FollowOptions {
  readonly url: string;
  readonly pollMs?: number;
  readonly onWarning?: (message: string) => void;
}

const FOLLOW_ROWS = 1_000;

/** Schemas of one database do not wake each other. */
const channelOf = async (db: Kysely<PostgresJournalTables>): Promise<string> => `tidemark_journal_${await currentSchema(db)}`.slice(0, 63);

/** Sends the newest number seen, not each one. */
function waker(
  send: (seq: number) => Promise<void>,
  onWarning: (message: string) => void,
): { note(seq: number): void; close(): Promise<void> } {
  let newest = 0;
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> = Promise.resolve();
  const fire = (): void => {
    timer = undefined;
    sending = send(newest).catch((error: unknown) =>
      onWarning(`Readers could not be woken, they will look by themselves: ${String(error)}`),
    );
  };
  return {
    note: (seq) => {
      newest = seq;
      timer ??= setTimeout(fire, NOTIFY_EVERY_MS);
    },
    close: async () => {
      if (timer !== undefined) {
        clearTimeout(timer);
        fire();
      }
      await sending;
    },
  };
}
