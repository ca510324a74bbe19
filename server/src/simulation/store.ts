import { EMPTY_HEAD, entryFromText, linkProblem } from '../journal/chain.ts';
import type { ChainedEntry, Head } from '../journal/chain.ts';
import type { Journal } from '../journal/journal.ts';
import { journalWriter } from '../journal/writer.ts';
import { failure, openHazards } from './hazards.ts';
import type { HazardOptions } from './hazards.ts';
import type { Outside } from './host/outside.ts';
import type { Owner } from './scheduler.ts';
import { Violated } from './watch.ts';

/** What a journal is kept in: survives the process, but for what had not become durable. */
export interface SimulatedStore {
  /** A new process opens the journal. Throws {@link Violated} where the store has not kept what it should have. */
  readonly open: (owner: Owner) => Promise<Journal>;
  /** The process is dead: what of its last write has reached the disk is decided, and what it held is let go. */
  readonly crash: () => Promise<void>;
  /** Nobody trades any more: looks at everything that is kept. Throws {@link Violated}. */
  readonly verify: () => Promise<void>;
  readonly close: () => Promise<void>;
  /** What the store itself has met, by name. */
  readonly figures: () => ReadonlyMap<string, number>;
}

export interface StoreOptions extends HazardOptions {
  readonly outside: Outside;
  /** Something went wrong that no fault explains. */
  readonly broken: (what: string) => void;
}

export type OpenStore = (options: StoreOptions) => SimulatedStore;

/** One process's time with the journal. */
export interface Life {
  over: boolean;
}

const never = async (): Promise<never> => await new Promise<never>(() => undefined);
const still = (): (() => void) => () => undefined;

/**
 * The journal as one process has it: the dead hear nothing of what they wrote. `begin` is called when an append begins, and what it gives when that
 * has ended. Every store goes this way: which appends are written together depends on each turn that an answer takes.
 */
export const heardBy = (life: Life, journal: Journal, begin: () => () => void = still): Journal => ({
  ...journal,
  append: async (batch) => {
    const end = begin();
    try {
      return await journal.append(batch);
    } finally {
      end();
      if (life.over) await never();
    }
  },
});

/** A disk in memory: keeps the texts of what became durable. */
export function modelStore(options: StoreOptions): SimulatedStore {
  const kept: ChainedEntry[] = [];
  const hazards = openHazards(options);
  let life: Life | undefined;
  const commit = async (owner: Owner, entries: readonly ChainedEntry[]): Promise<void> => {
    const ending = await hazards.ending(owner, entries[0]?.entry.seq ?? 0);
    if (ending.kind === 'durable' || ending.left === 'whole') kept.push(...entries);
    if (ending.kind === 'failed') throw failure(ending);
  };
  const open = async (owner: Owner): Promise<Journal> => {
    const before = kept.length;
    life = { over: false };
    const writer = journalWriter({
      head: headOf(kept),
      nowMs: () => Math.floor(options.scheduler.now()),
      commit: async (entries) => await commit(owner, entries),
      onListenerError: (error) => {
        throw error;
      },
    });
    return await Promise.resolve(
      heardBy(life, {
        append: writer.append,
        head: writer.head,
        onAppended: writer.onAppended,
        // What this process has not written itself it reads from the text.
        read: async (after, limit) =>
          await Promise.resolve(
            kept
              .slice(after, Math.min(after + limit, writer.head().seq))
              .map(({ text, entry }) => (entry.seq > before ? entry : entryFromText(text, entry.previousHash, entry.hash))),
          ),
        verify: async () => await Promise.resolve(problemIn(kept)),
        close: writer.close,
      }),
    );
  };
  const end = async (): Promise<void> => {
    if (life !== undefined) life.over = true;
    await Promise.resolve();
  };
  return {
    open,
    crash: async () => {
      await end();
      hazards.crash();
    },
    verify: async () => {
      const problem = problemIn(kept);
      if (problem !== undefined) throw new Violated('I28', `the chain breaks at ${problem.seq}: ${problem.problem}`);
      await Promise.resolve();
    },
    close: end,
    figures: () => new Map(),
  };
}

function headOf(kept: readonly ChainedEntry[]): Head {
  const last = kept.at(-1);
  return last === undefined ? EMPTY_HEAD : { seq: last.entry.seq, hash: last.entry.hash };
}

function problemIn(kept: readonly ChainedEntry[]): { readonly seq: number; readonly problem: string } | undefined {
  let head: Head = EMPTY_HEAD;
  for (const { entry, text } of kept) {
    const problem = linkProblem(head, entry, text);
    if (problem !== undefined) return { seq: head.seq + 1, problem };
    head = { seq: entry.seq, hash: entry.hash };
  }
  return undefined;
}
