import type { JournalEntry } from '../journal/journal.ts';
import type { EngineEvent } from './events.ts';
import { effectPayload } from './journal-entries.ts';
import { recordLives } from './recorded-lives.ts';
import type { Lives, RecordedLives } from './recorded-lives.ts';
import type { EngineState } from './state.ts';
import { isEngineEvent, step } from './step.ts';
import type { Step } from './step.ts';

/** Where the record and its repetition part. */
export interface ReplayProblem {
  readonly seq: number;
  readonly problem: string;
}

/** Where a replay can begin instead of at the first entry: all that it knows after some number of entries. */
export interface ReplayPoint {
  readonly state: EngineState;
  /** Events that led here. */
  readonly events: number;
  readonly lives: Lives;
}

export interface JournalReplay {
  /** Takes entries in order; any number at a time. */
  take(entries: readonly JournalEntry[]): void;
  /** What is known after the entries so far, and the first problem in them. A cut between an event and its effects is no problem. */
  soFar(): ReplayPoint & { readonly problem: ReplayProblem | undefined };
  /** What the record leads to, and the first place where it does not lead to itself. */
  finish(): {
    readonly state: EngineState;
    readonly events: number;
    readonly problem: ReplayProblem | undefined;
    readonly lives: RecordedLives;
  };
}

/** Words for people may change between versions; what was decided may not. */
const WORDS: ReadonlySet<string> = new Set(['title', 'detail', 'message']);

function withoutWords(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutWords);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([key, field]) => (WORDS.has(key) ? [] : [[key, withoutWords(field)]])));
}

interface Pending {
  readonly entry: JournalEntry;
  readonly done: Step;
  next: number;
}

/**
 * Repeats a journal through `step`, with nothing carried out, and compares every fact and action with the recorded one by canonical text. After the first
 * difference, and after an event that breaks the books, it goes on without comparing: the state is then a guess, and says so.
 */
export function replayJournal(
  initial: EngineState,
  canonical: (value: unknown) => string,
  from: ReplayPoint = { state: initial, events: 0, lives: new Map() },
): JournalReplay {
  let { state, events } = from;
  let problem: ReplayProblem | undefined;
  let pending: Pending | undefined;
  const lives = recordLives(from.lives);

  // Almost always equal word for word: only what differs is compared without its words.
  const saysTheSame = (left: unknown, right: unknown): boolean =>
    canonical(left) === canonical(right) || canonical(withoutWords(left)) === canonical(withoutWords(right));
  const found = (seq: number, what: string): void => {
    problem ??= { seq, problem: what };
  };
  const settle = (): void => {
    if (pending === undefined) return;
    const missing = pending.done.effects[pending.next];
    if (missing !== undefined) found(pending.entry.seq, `${pending.entry.kind} leads to ${missing.kind}, which was not recorded`);
    pending = undefined;
  };
  const takeEvent = (entry: JournalEntry): void => {
    settle();
    if (!isEngineEvent(entry.kind)) return;
    const event = entry.payload as EngineEvent;
    try {
      const done = step(state, event);
      state = done.state;
      events += 1;
      lives.note(event, done.effects);
      pending = { entry, done, next: 0 };
    } catch (error) {
      found(entry.seq, `${entry.kind} breaks the books: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const takeEffect = (entry: JournalEntry): void => {
    if (pending === undefined || entry.cause !== pending.entry.seq) return;
    const effect = pending.done.effects[pending.next];
    pending.next += 1;
    if (problem !== undefined) return;
    if (effect === undefined) found(entry.seq, `${entry.kind} was recorded, but does not follow from ${pending.entry.kind}`);
    else if (effect.kind !== entry.kind) found(entry.seq, `${entry.kind} was recorded where ${effect.kind} follows`);
    else if (!saysTheSame(effectPayload(effect), entry.payload)) {
      found(entry.seq, `${entry.kind} was recorded otherwise than it follows from ${pending.entry.kind}`);
    }
  };
  return {
    take: (entries) => {
      for (const entry of entries) {
        if (entry.type === 'event') takeEvent(entry);
        else takeEffect(entry);
      }
    },
    soFar: () => ({ state, events, lives: lives.all(), problem }),
    finish: () => {
      settle();
      return { state, events, problem, lives };
    },
  };
}
