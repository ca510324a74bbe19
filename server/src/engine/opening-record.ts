import type { JournalEntry } from '../journal/journal.ts';
import type { Limits } from '../risk/limits.ts';
import type { EngineOptions } from './events.ts';
import { initialState } from './initial-state.ts';
import type { EntryDraft } from './journal-entries.ts';
import type { EngineState } from './state.ts';

/** With what an engine begins: its options, and the limits of an account that nobody has changed yet. */
export interface Opening {
  readonly engine: EngineOptions;
  readonly limits: Limits;
}

const KIND = 'EngineOpened';

/** The first entry of a journal: without it a replay would have to guess what the first decision was measured by. */
export const openingEntry = ({ engine, limits }: Opening): EntryDraft => ({
  kind: KIND,
  type: 'event',
  at: 0 as EntryDraft['at'],
  actor: 'engine',
  cause: undefined,
  payload: { kind: KIND, options: engine, limits },
});

interface OpeningPayload {
  readonly options: EngineOptions;
  readonly limits: Limits;
}

const recordedIn = (entry: JournalEntry | undefined): OpeningPayload | undefined =>
  entry?.kind === KIND ? (entry.payload as OpeningPayload) : undefined;

/** What a journal says of its own beginning; `undefined` in journals of before it was written down. */
export function recordedOpening(first: JournalEntry | undefined): Opening | undefined {
  const recorded = recordedIn(first);
  return recorded === undefined ? undefined : { engine: recorded.options, limits: recorded.limits };
}

/**
 * The state before the first event, given the journal's first entry: under the limits that stood then, whatever the defaults are today; limits that
 * came later stand at their defaults.
 */
export const firstState = (first: JournalEntry | undefined, { engine, limits }: Opening): EngineState =>
  initialState(engine, { ...limits, ...recordedIn(first)?.limits });

/** Why this journal cannot be gone on with on an account of this kind; `undefined` where it can. */
export function openingProblem(first: JournalEntry | undefined, mode: EngineOptions['mode']): string | undefined {
  if (first === undefined) return undefined;
  const began = recordedOpening(first)?.engine.mode;
  if (began === mode) return undefined;
  // Journals of before do not say what they are of. With real money that is not good enough.
  if (began === undefined)
    return mode === 'live' ? 'This journal does not say what account it is of: live trading begins with one of its own' : undefined;
  return `This journal is of a ${began} account, and the server was started for a ${mode} one: each begins with a data directory or a database of its own`;
}
