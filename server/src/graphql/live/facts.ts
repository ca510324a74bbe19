import type { JournalEntry } from '../../journal/journal.ts';
import type { LiveRun } from './live-run.ts';
import { WakeUp } from './wake-up.ts';

/** What a live reader needs of the journal. */
export interface FactSource {
  head(): { readonly seq: number };
  /** Where another process writes: looks for what it has written until now. A reader that comes from there may be ahead of us. */
  catchUp(): Promise<void>;
  read(after: number, limit: number): Promise<readonly JournalEntry[]>;
  onAppended(listener: () => void): () => void;
  /** Resolves when the projections hold everything up to this entry. */
  projected(seq: number): Promise<void>;
}

export interface Resync {
  readonly __typename: 'Resync';
  readonly reason: string;
  readonly cursor: string;
}

/** Farther behind than this, reading the queries again is cheaper than catching up. */
export const BEHIND_MAX = 10_000;
const BATCH = 200;

export interface FactOptions {
  /** Absent: from now on. */
  readonly after: string | undefined;
  /** How far behind a cursor may be; a reader of the journal itself may start anywhere. */
  readonly behindMax: number;
  /** Where the operation does not run for one reader alone: it says where to begin and to end. */
  readonly run?: LiveRun | undefined;
}

/**
 * Entries after the cursor, each once and in order, then each new one as it becomes durable. The reader pulls: what has not been asked
 * for stays in the journal, so a slow client costs a number, not a queue. Ends after a `Resync`.
 */
export async function* facts<T>(
  source: FactSource,
  options: FactOptions,
  pick: (entries: readonly JournalEntry[]) => Promise<readonly T[]> | readonly T[],
  signal: AbortSignal,
): AsyncGenerator<T | Resync, void, void> {
  const { run } = options;
  const behindMax = run?.behindMax ?? options.behindMax;
  let at = run?.after ?? (options.after === undefined ? source.head().seq : Number(options.after));
  if (at > source.head().seq) await source.catchUp();
  const head = source.head().seq;
  if (at > head) {
    if (run !== undefined) run.isResync = true;
    yield resync(`The cursor ${at} is beyond the journal's last entry, ${head}.`, head);
    return;
  }
  const wake = new WakeUp(signal);
  const stop = source.onAppended(() => wake.now());
  try {
    while (!signal.aborted && at < (run?.until ?? Number.POSITIVE_INFINITY)) {
      const behind = source.head().seq - at;
      if (behind > behindMax) {
        if (run !== undefined) run.isResync = true;
        yield resync(`You are ${behind} entries behind.`, source.head().seq);
        return;
      }
      if (behind === 0) {
        await wake.next(() => source.head().seq > at);
        continue;
      }
      const entries = await source.read(at, Math.min(BATCH, (run?.until ?? Number.POSITIVE_INFINITY) - at));
      const last = entries.at(-1);
      if (last === undefined) throw new Error(`Invariant: the journal holds entries after ${at}, its head is ${source.head().seq}`);
      await source.projected(last.seq);
      yield* await pick(entries);
      at = last.seq;
      if (run !== undefined) run.takenSeq = at;
    }
  } finally {
    stop();
  }
}

const resync = (why: string, head: number): Resync => ({
  __typename: 'Resync',
  reason: `${why} Read the queries again, then subscribe from this cursor.`,
  cursor: String(head),
});
