import { link } from './chain.ts';
import type { ChainedEntry, Head } from './chain.ts';
import type { Journal, JournalEntry } from './journal.ts';

export type JournalBatch = Parameters<Journal['append']>[0];

/** The journal could not make entries durable; it takes no more, because what reached the disk is unknown. */
export class JournalPoisoned extends Error {
  override readonly name = 'JournalPoisoned';
}

interface Pending {
  readonly entries: readonly ChainedEntry[];
  readonly resolve: (entries: readonly JournalEntry[]) => void;
  readonly reject: (error: Error) => void;
}

export interface JournalWriter {
  readonly append: (batch: JournalBatch) => Promise<readonly JournalEntry[]>;
  /** The newest durable entry. */
  readonly head: () => Head;
  readonly onAppended: (listener: (entries: readonly JournalEntry[]) => void) => () => void;
  /** Resolves once the head holds what is under way now: others may have read it already. */
  readonly settled: () => Promise<void>;
  /** Waits for what is under way, then refuses. */
  readonly close: () => Promise<void>;
}

export interface WriterOptions {
  readonly head: Head;
  /** Makes the entries durable, all or none; one call at a time. */
  readonly commit: (entries: readonly ChainedEntry[]) => Promise<void>;
  readonly nowMs: () => number;
  /** Told of a listener that threw: the entries are durable whatever it says. */
  readonly onListenerError: (error: unknown) => void;
}

/** Bounds what one frame or transaction holds, and so what a reader must take in at once. */
const GROUP_BATCHES_MAX = 256;

/**
 * Numbers and chains entries at once, and commits in groups: what arrives while a commit is under way goes into the next one. After a
 * failed commit every pending and later append rejects with {@link JournalPoisoned}.
 */
export function journalWriter({ head, commit, nowMs, onListenerError }: WriterOptions): JournalWriter {
  let durable = head;
  let chained = head;
  let pending: Pending[] = [];
  let running: Promise<void> | undefined;
  let committing: Promise<void> | undefined;
  let poison: JournalPoisoned | undefined;
  const listeners = new Set<(entries: readonly JournalEntry[]) => void>();

  const publish = (entries: readonly JournalEntry[]): void => {
    for (const listener of listeners) {
      try {
        listener(entries);
      } catch (error) {
        onListenerError(error);
      }
    }
  };
  const commitGroup = async (group: readonly Pending[]): Promise<void> => {
    const entries = group.flatMap((batch) => batch.entries);
    try {
      await commit(entries);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      poison = new JournalPoisoned(`The journal could not be written and takes no more entries until it is opened anew: ${why}`, {
        cause: error,
      });
      for (const batch of [...group, ...pending.splice(0)]) batch.reject(poison);
      return;
    }
    const last = entries.at(-1);
    if (last !== undefined) durable = { seq: last.entry.seq, hash: last.entry.hash };
    for (const batch of group) batch.resolve(batch.entries.map(({ entry }) => entry));
    publish(entries.map(({ entry }) => entry));
  };
  const drain = async (): Promise<void> => {
    while (pending.length > 0) {
      committing = commitGroup(pending.splice(0, GROUP_BATCHES_MAX));
      await committing;
    }
    running = undefined;
  };

  return {
    append: async (batch) => {
      if (poison !== undefined) throw poison;
      if (batch.length === 0) return [];
      const entries = chainBatch(chained, batch, nowMs());
      const last = entries.at(-1);
      if (last !== undefined) chained = { seq: last.entry.seq, hash: last.entry.hash };
      return await new Promise<readonly JournalEntry[]>((resolve, reject) => {
        pending.push({ entries, resolve, reject });
        running ??= Promise.resolve().then(drain);
      });
    },
    head: () => durable,
    onAppended: (listener) => {
      const own = (entries: readonly JournalEntry[]): void => listener(entries);
      listeners.add(own);
      return () => listeners.delete(own);
    },
    settled: async () => await committing,
    close: async () => {
      await running;
      poison ??= new JournalPoisoned('The journal is closed');
      listeners.clear();
    },
  };
}

function chainBatch(previous: Head, batch: JournalBatch, writtenAtMs: number): ChainedEntry[] {
  const entries: ChainedEntry[] = [];
  let tip = previous;
  for (const draft of batch) {
    const cause = draft.cause === 'first' ? previous.seq + 1 : draft.cause;
    if (cause !== undefined && cause > tip.seq)
      throw new Error(`Invariant: entry ${tip.seq + 1} names entry ${cause} as its cause, which is not before it`);
    const { kind, type, at, actor, payload } = draft;
    const next = link(tip, { kind, type, at, actor, cause, payload }, writtenAtMs);
    entries.push(next);
    tip = { seq: next.entry.seq, hash: next.entry.hash };
  }
  return entries;
}
