import { facts } from '../graphql/live/facts.ts';
import type { Journal } from '../journal/journal.ts';
import type { Owner } from './scheduler.ts';
import { Violated } from './watch.ts';
import type { Watch } from './watch.ts';

/** A subscriber who follows the journal over every restart, by the cursor of what he has seen last. */
export interface LiveReader {
  readonly follow: (journal: Journal, owner: Owner) => void;
  /** The newest entry he has seen. */
  readonly seen: () => number;
}

/** I25: each entry once and in order, through the product's own live reader. */
export function openLiveReader(watch: Watch): LiveReader {
  let seen = 0;
  const read = async (journal: Journal, owner: Owner): Promise<void> => {
    const source = {
      head: () => journal.head(),
      read: async (after: number, limit: number) => await journal.read(after, limit),
      onAppended: (listener: () => void) => journal.onAppended(listener),
      catchUp: () => Promise.resolve(),
      projected: async () => await Promise.resolve(),
    };
    const options = { after: String(seen), behindMax: Number.MAX_SAFE_INTEGER };
    for await (const entry of facts(source, options, (entries) => entries, new AbortController().signal)) {
      if (!owner.alive) return;
      watch.look(() => {
        if (!('seq' in entry)) throw new Violated('I25', `a reader at ${seen} is told to begin anew: ${entry.reason}`);
        if (entry.seq !== seen + 1) throw new Violated('I25', `a reader that has seen entry ${seen} is given ${entry.seq}`);
        seen = entry.seq;
      });
    }
  };
  return {
    follow: (journal, owner) => {
      read(journal, owner).catch(watch.fail);
    },
    seen: () => seen,
  };
}
