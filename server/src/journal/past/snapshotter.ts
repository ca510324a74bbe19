import type { Journal } from '../journal.ts';
import type { PastStates } from './past-states.ts';

export interface SnapshotterOptions {
  readonly journal: Pick<Journal, 'head' | 'onAppended'>;
  readonly past: Pick<PastStates, 'keep'>;
  /** The newest snapshot that there is. */
  readonly from: number;
  readonly report: (what: string, error: unknown) => void;
  readonly everyEntries?: number;
  readonly everyEntriesAtClose?: number;
}

const EVERY_ENTRIES = 10_000;
/** At the end of a session a smaller harvest is enough: there is time now. */
const EVERY_ENTRIES_AT_CLOSE = 2_000;

/** Asks for a snapshot now and then: what a restart must read beyond it stays small. Gives the way to stop. */
export function startSnapshotter(options: SnapshotterOptions): () => Promise<void> {
  const { journal, past, report, everyEntries = EVERY_ENTRIES, everyEntriesAtClose = EVERY_ENTRIES_AT_CLOSE } = options;
  let newest = options.from;
  let working: Promise<void> | undefined;
  let stopped = false;
  const keep = async (): Promise<void> => {
    const { seq } = journal.head();
    try {
      const problem = await past.keep(seq);
      // The next start finds the same place, halts, and says so: a snapshot would hide it.
      if (problem !== undefined) report('snapshot', new Error(`No snapshot was made: entry ${problem.seq}: ${problem.problem}`));
    } catch (error) {
      if (!stopped) report('snapshot', error);
    }
    newest = seq;
    working = undefined;
  };
  const stop = journal.onAppended((entries) => {
    const last = entries.at(-1)?.seq ?? 0;
    const enough = entries.some(({ kind, type }) => kind === 'SessionClosed' && type === 'event') ? everyEntriesAtClose : everyEntries;
    if (working === undefined && last - newest >= enough) working = keep();
  });
  return async () => {
    stopped = true;
    stop();
    await working;
  };
}
