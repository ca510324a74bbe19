import type { JournalEntry } from '../../journal/journal.ts';
import type { Effect } from '../effects.ts';
import type { EngineEvent } from '../events.ts';
import { recordedOpening } from '../opening-record.ts';
import { replayJournal } from '../replay-journal.ts';
import type { ReplayPoint, ReplayProblem } from '../replay-journal.ts';
import type { SnapshotPoint } from '../session/recover.ts';
import type { EngineState } from '../state.ts';
import { isEngineEvent } from '../step.ts';
import { openRedecider } from './redecider.ts';
import type { Redecider, RedeciderOptions, StrategyCount } from './redecider.ts';

export interface RedecideOptions extends RedeciderOptions {
  /** The state before the first entry. */
  readonly initial: EngineState;
  /** What was known after some entry before `first`; nothing, where the replay begins at the first entry of all. */
  readonly from?: SnapshotPoint | undefined;
  /** Entries after `after` up to `upTo`, in order. */
  readonly pages: (after: number, upTo: number) => AsyncIterable<readonly JournalEntry[]>;
  /** The first and the last entry that are compared. */
  readonly first: number;
  readonly last: number;
  /** The journal's last entry. */
  readonly head: number;
  /** Words for people are compared too: byte for byte. */
  readonly compareWords: boolean;
  readonly onProgress: (seq: number) => void;
}

/** Where record and replay part: with the strategy that it is about, if it is about one. */
export interface Difference extends ReplayProblem {
  readonly strategy?: { readonly id: string; readonly name: string; readonly version: string };
}

export interface Redecided {
  readonly entries: number;
  readonly events: number;
  /** Facts and actions that were compared. */
  readonly effects: number;
  readonly strategies: readonly StrategyCount[];
  readonly difference: Difference | undefined;
}

interface MaybeStrategys {
  readonly strategyId?: string;
  readonly decision?: { readonly strategyId?: string };
  readonly order?: { readonly intent?: { readonly origin?: { readonly strategyId?: string } } };
  readonly trade?: { readonly strategyId?: string };
  readonly strategy?: { readonly config?: { readonly id?: string } };
}

/** The strategy that an entry is about, or whose decision led to it; `undefined` for what is the account's own. */
function strategyIn({ payload }: JournalEntry, cause: JournalEntry | undefined): string | undefined {
  const { decision, strategyId, order, trade, strategy } = (payload ?? {}) as MaybeStrategys;
  const own = strategyId ?? decision?.strategyId ?? order?.intent?.origin?.strategyId ?? trade?.strategyId ?? strategy?.config?.id;
  return own ?? (cause === undefined ? undefined : strategyIn(cause, undefined));
}

/** What is known just before the first entry that is compared. */
async function pointBefore({ initial, from, pages, first, canonical, onProgress }: RedecideOptions): Promise<ReplayPoint> {
  const replay = replayJournal(initial, canonical, from);
  for await (const page of pages(from?.seq ?? 0, first - 1)) {
    replay.take(page);
    onProgress(page.at(-1)?.seq ?? 0);
  }
  return replay.soFar();
}

/** What of an entry the engine's replay would pass over: the record holds more than a session writes. */
function stranger({ seq, kind, type, cause, ...entry }: JournalEntry, before: JournalEntry | undefined, first: number): string | undefined {
  if (type === 'event') {
    const isKnown = isEngineEvent(kind) || (seq === 1 && recordedOpening({ seq, kind, type, cause, ...entry }) !== undefined);
    return isKnown ? undefined : `${kind} is no event of this program's engine`;
  }
  // From the middle of a batch on, its event stands before the first entry.
  const isLed = cause !== undefined && (cause === before?.seq || cause < first);
  return isLed ? undefined : `${kind} was recorded, but the event before it did not lead to it`;
}

/** Compares entry by entry. */
function comparison(options: RedecideOptions, point: ReplayPoint, redecider: Redecider) {
  const stepped: { readonly event: EngineEvent; readonly effects: readonly Effect[] }[] = [];
  const replay = replayJournal(options.initial, options.canonical, point, {
    compareWords: options.compareWords,
    onStep: (_entry, event, effects) => void stepped.push({ event, effects }),
  });
  let cause: JournalEntry | undefined;
  let effects = 0;
  const named = (problem: ReplayProblem, entry: JournalEntry, because?: JournalEntry): Difference => {
    const config = redecider.configOf(strategyIn(entry, because) ?? '');
    return config === undefined ? problem : { ...problem, strategy: { id: config.id, name: config.name, version: config.version } };
  };
  const take = async (entry: JournalEntry): Promise<Difference | undefined> => {
    const before = cause;
    const strange = stranger(entry, before, options.first);
    if (strange !== undefined)
      return named({ seq: entry.seq, kind: entry.kind, problem: strange }, entry, entry.type === 'event' ? undefined : before);
    if (entry.type === 'event') cause = entry;
    else effects += 1;
    replay.take([entry]);
    const found = replay.problem();
    // What is missing of an event is noticed at the next one.
    if (found !== undefined && found.seq < entry.seq) return named(found, before ?? entry);
    for (const { event, effects: led } of stepped.splice(0)) {
      const problem = await redecider.take(entry, event, led);
      if (problem !== undefined) return named(problem, entry);
    }
    return found === undefined ? undefined : named(found, entry, entry.type === 'event' ? undefined : before);
  };
  return {
    take,
    /** A batch is written whole: at the end of the journal nothing may be missing. */
    missing: (): Difference | undefined => {
      const { problem } = replay.finish();
      return problem === undefined || cause === undefined ? undefined : named(problem, cause);
    },
    counts: () => ({ events: replay.soFar().events - point.events, effects }),
  };
}

/**
 * Decides a recorded session again from its inputs: every step of the engine, and every decision of a strategy by its module. Goes on to the first
 * difference, and no further. Rejects with `ModuleMissing` where a version's bytes are not at hand.
 */
export async function redecide(options: RedecideOptions): Promise<Redecided> {
  const { pages, first, last, head, onProgress } = options;
  const point = await pointBefore(options);
  const redecider = openRedecider(options, point.state, point.lives);
  const { take, missing, counts } = comparison(options, point, redecider);
  let entries = 0;
  const run = async (): Promise<Difference | undefined> => {
    for await (const page of pages(first - 1, last)) {
      for (const entry of page) {
        entries += 1;
        const difference = await take(entry);
        if (difference !== undefined) return difference;
      }
      onProgress(page.at(-1)?.seq ?? 0);
    }
    return last === head ? missing() : undefined;
  };
  try {
    const difference = await run();
    return { entries, ...counts(), strategies: redecider.counts(), difference };
  } finally {
    await redecider.close();
  }
}
