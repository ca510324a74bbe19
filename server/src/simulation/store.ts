import { EMPTY_HEAD, entryFromText, linkProblem } from '../journal/chain.ts';
import type { ChainedEntry, Head } from '../journal/chain.ts';
import type { Journal } from '../journal/journal.ts';
import { journalWriter } from '../journal/writer.ts';
import type { Dice } from './dice.ts';
import type { Faults } from './faults.ts';
import type { Outside } from './host/outside.ts';
import type { Owner, Scheduler } from './scheduler.ts';

/** What a journal is kept in: survives the process, but for what had not become durable. */
export interface SimulatedStore {
  /** A new process opens the journal. */
  readonly open: (owner: Owner) => Promise<Journal>;
  /** The process is dead: decide what of its last write has reached the disk. */
  readonly crash: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface StoreOptions {
  readonly dice: Dice;
  readonly faults: Faults;
  readonly scheduler: Scheduler;
  readonly number: (name: string) => number;
  readonly outside: Outside;
  /** Told when a write begins; true where the process dies in the middle of it. */
  readonly dying: () => boolean;
  readonly crash: () => void;
}

/** The fate of a write that a crash met. */
export type Fate = 'whole' | 'torn' | 'lost';

export const fateOf = ({ dice, faults, number }: StoreOptions, firstSeq: number): Fate => {
  const subject = `fate ${firstSeq}~${number(`fate ${firstSeq}`)}`;
  if (faults.strikes('torn-tail', subject)) return 'torn';
  if (faults.strikes('write-lost', subject)) return 'lost';
  return dice.draw(subject) < 0.5 ? 'whole' : 'lost';
};

/** The delays and failures around one write, the same in every store; `write` makes it durable. */
export async function hazardousWrite(options: StoreOptions, owner: Owner, firstSeq: number, write: () => Promise<void>): Promise<void> {
  const { dice, faults, scheduler } = options;
  const subject = `write ${firstSeq}~${options.number(`write ${firstSeq}`)}`;
  const takes = dice.between(`takes ${subject}`, 0.2, 9);
  if (faults.strikes('disk-full', subject)) {
    await scheduler.wait(takes, owner);
    throw new Error('ENOSPC: no space left on device');
  }
  if (options.dying()) scheduler.after(takes / 2, owner, options.crash);
  await scheduler.wait(takes, owner);
  await write();
  // What was written may be there or not; whoever wrote it does not know.
  if (faults.strikes('commit-unknown', subject)) throw new Error('the connection ended while committing');
}

/** A disk in memory: keeps the texts of what became durable. */
export function modelStore(options: StoreOptions): SimulatedStore {
  const kept: ChainedEntry[] = [];
  let inFlight: readonly ChainedEntry[] | undefined;
  const headOf = (): Head => {
    const last = kept.at(-1);
    return last === undefined ? EMPTY_HEAD : { seq: last.entry.seq, hash: last.entry.hash };
  };
  const open = async (owner: Owner): Promise<Journal> => {
    const before = kept.length;
    const writer = journalWriter({
      head: headOf(),
      nowMs: () => Math.floor(options.scheduler.now()),
      commit: async (entries) => {
        inFlight = entries;
        await hazardousWrite(options, owner, entries[0]?.entry.seq ?? 0, async () => {
          kept.push(...entries);
          inFlight = undefined;
          await Promise.resolve();
        });
      },
      onListenerError: (error) => {
        throw error;
      },
    });
    return await Promise.resolve({
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
    });
  };
  return {
    open,
    crash: async () => {
      const first = inFlight?.[0];
      if (inFlight !== undefined && first !== undefined && fateOf(options, first.entry.seq) === 'whole') kept.push(...inFlight);
      inFlight = undefined;
      await Promise.resolve();
    },
    close: async () => await Promise.resolve(),
  };
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
