import type { Kysely } from 'kysely';
import { recordedOpening } from '../../engine/opening-record.ts';
import { auditJournal, firstEntry } from '../../journal/audit/audit.ts';
import type { CheckResult } from '../../journal/audit/findings.ts';
import { auditProjections } from '../../journal/audit/projection-audit.ts';
import { EMPTY_HEAD } from '../../journal/chain.ts';
import type { Head } from '../../journal/chain.ts';
import type { Journal, JournalEntry } from '../../journal/journal.ts';
import type { JournalReader } from '../../journal/past/journal-reader.ts';
import { projectedHead, rebuildProjections, startProjector } from '../../journal/projector.ts';
import type { Projector } from '../../journal/projector.ts';
import type { Database } from '../../platform/database.ts';
import { openHazards } from '../hazards.ts';
import type { Ending, Hazards } from '../hazards.ts';
import type { Owner } from '../scheduler.ts';
import { heardBy } from '../store.ts';
import type { Life, SimulatedStore, StoreOptions } from '../store.ts';
import { Violated } from '../watch.ts';
import { compareWithRebuilt } from './projected-tables.ts';
import { openStillness } from './stillness.ts';

/** What a real journal is opened with for one process. */
export interface Writing {
  readonly nowMs: () => number;
  /** Asked before a write is made durable: how it has to end. It holds the entries from that number to that head. */
  readonly ending: (firstSeq: number, last: Head) => Promise<Ending>;
  readonly warn: (message: string) => void;
}

/** Where the tables of a day are. */
export interface Tables {
  readonly db: Kysely<Database>;
  /** Tables elsewhere, which are built anew from the journal to compare; what they hold is nobody's. */
  readonly scratch: Kysely<Database>;
}

/** Where the product keeps the records of one day. */
export interface Records extends Tables {
  readonly open: (writing: Writing) => Promise<Journal>;
  /** Whether the tables are written in the journal's own transactions. */
  readonly withJournal: boolean;
  readonly reader: JournalReader;
  /** Looks at a journal that is closed, from its first byte to its last; the first problem in words. */
  readonly problem: () => Promise<string | undefined>;
  /** Leaves nothing of the day behind. */
  readonly dispose: () => Promise<void>;
}

export type Count = (name: string, by?: number) => void;

export const counterOf =
  (figures: Map<string, number>): Count =>
  (name, by = 1) =>
    void figures.set(name, (figures.get(name) ?? 0) + by);

/** What a process has open. */
interface Held {
  readonly life: Life;
  readonly journal: Journal;
  projector: Projector | undefined;
}

/** A write that begins after its process is gone. No simulated time would pass for it: it comes to nothing, at once. */
const TOO_LATE: Ending = { kind: 'failed', cause: 'crash', left: 'lost' };

const inWords = (error: unknown): string => (error instanceof Error ? `${error.name}: ${error.message}` : String(error));

/** Opens the journal and its tables for one process, and looks whether they are as the one before it left them. */
async function openLife(owner: Owner, records: Records, { options, hazards, count, left, noteHeld }: LifeOptions): Promise<Journal> {
  const { broken, outside, scheduler } = options;
  const life: Life = { over: false };
  const stillness = openStillness(outside);
  /** A fault has struck: what is refused from now on is its doing. */
  let struck = false;
  const ending: Writing['ending'] = async (firstSeq, last) => {
    const end = life.over ? TOO_LATE : await stillness.during(hazards.ending(owner, firstSeq));
    if (end.kind === 'durable' || end.left === 'whole') left.head = last;
    if (end.kind === 'failed') {
      struck = true;
      count(`writes that failed: ${end.cause}, ${end.left}`);
    }
    return end;
  };
  const journal = await records.open({ nowMs: () => Math.floor(scheduler.now()), ending, warn: broken });
  const held: Held = { life, journal, projector: undefined };
  noteHeld(held);
  const { seq, hash } = journal.head();
  if (seq !== left.head.seq || hash !== left.head.hash)
    throw new Violated('I22', `the journal opens at entry ${seq} (${hash}), and was left at entry ${left.head.seq} (${left.head.hash})`);
  held.projector = await startProjector({
    db: records.db,
    journal,
    withJournal: records.withJournal,
    onError: (error) => broken(`the tables could not be written: ${inWords(error)}`),
  });
  count('rows of tables equal to rebuilt ones', await compareWithRebuilt(records.db, held.projector));
  const append: Journal['append'] = (batch) => {
    const written = journal.append(batch);
    written.catch((error: unknown) => {
      if (!struck && !life.over) broken(`the journal refused entries without a fault: ${inWords(error)}`);
    });
    return written;
  };
  return heardBy(life, { ...journal, append }, stillness.begin);
}

interface LifeOptions {
  readonly options: StoreOptions;
  readonly hazards: Hazards;
  readonly count: Count;
  /** With what the journal has to end when it is opened next. */
  readonly left: { head: Head };
  /** Told of what is open as soon as it is: so that it is closed, whatever is found then. */
  readonly noteHeld: (held: Held) => void;
}

/** The product's own journal and tables, written by simulated processes that die. `figures` is what is counted of them. */
export function recordedStore(options: StoreOptions, records: Records, figures: Map<string, number>): SimulatedStore {
  const hazards = openHazards(options);
  const left = { head: EMPTY_HEAD };
  let held: Held | undefined;
  let starts = 0;
  const noteHeld = (opened: Held): void => {
    held = opened;
  };
  const open = async (owner: Owner): Promise<Journal> => {
    starts += 1;
    try {
      return await openLife(owner, records, { options, hazards, count: counterOf(figures), left, noteHeld });
    } catch (error) {
      if (error instanceof Violated) throw error;
      throw new Violated('store', `a process cannot open its records: ${inWords(error)}`);
    }
  };
  /** Tables may be left behind the journal: the next process brings them up to date. */
  const letGo = async ({ journal, projector }: Held): Promise<void> => {
    try {
      if (options.dice.draw(`tables ${starts}`) < 0.5) await projector?.waitFor(journal.head().seq);
    } catch (error) {
      options.broken(`the tables could not follow the journal to its end: ${inWords(error)}`);
    } finally {
      await projector?.close();
      await journal.close();
    }
  };
  const end = async (decideFate: () => void): Promise<void> => {
    const last = held;
    held = undefined;
    if (last === undefined) return;
    last.life.over = true;
    decideFate();
    await letGo(last);
  };
  return {
    open,
    crash: async () => await end(hazards.crash),
    verify: async () => {
      await end(hazards.abandon);
      await lookAtTables(records);
      await open({ alive: true });
      await end(hazards.abandon);
      await look(records, left.head);
    },
    close: async () => {
      try {
        await end(hazards.abandon);
      } finally {
        await records.dispose();
      }
    },
    figures: () => figures,
  };
}

/** What `tidemark verify` looks at in a journal: the chain, then everything that the entries say of themselves. */
async function look({ problem, reader }: Records, head: Head): Promise<void> {
  const found = await problem();
  if (found !== undefined) throw new Violated('I28', found);
  const assumed = recordedOpening(await firstEntry(reader, head));
  if (assumed === undefined) throw new Violated('store', 'the record does not say how it began');
  // No file of anchors is there: a day has none.
  noProblem(await auditJournal({ reader, head, anchorFile: NO_ANCHORS, assumed }));
}

/** And in the tables, as the last process left them: every row, against those of another database that are built from the entries which they hold. */
async function lookAtTables({ reader, db, scratch }: Records): Promise<void> {
  const { seq } = await projectedHead(db);
  await rebuildProjections(scratch, { read: async (after) => await pageAfter(reader, after, seq) });
  noProblem([await auditProjections(db, scratch)]);
}

const NO_ANCHORS = 'no-anchors-of-a-simulated-day';

async function pageAfter(reader: JournalReader, after: number, upTo: number): Promise<readonly JournalEntry[]> {
  if (after >= upTo) return [];
  for await (const page of reader.pages(after, upTo)) return page;
  return [];
}

function noProblem(checks: readonly CheckResult[]): void {
  for (const { check, problems } of checks) {
    const [first] = problems;
    if (first !== undefined) throw new Violated(`verify (${check})`, `${first.where}: ${first.problem}`);
  }
}
