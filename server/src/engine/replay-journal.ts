import type { JournalEntry } from '../journal/journal.ts';
import type { EngineEvent } from './events.ts';
import type { Effect } from './effects.ts';
import { firstDifference } from './first-difference.ts';
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
  /** The entry's kind. */
  readonly kind?: string;
  /** Where in the payload, like `order.intent.quantity`, and what stands there in canonical text; absent where one of the two has nothing there. */
  readonly field?: string;
  readonly recorded?: string;
  readonly replayed?: string;
}

export interface ReplayOptions {
  /** Words for people are compared too. */
  readonly compareWords?: boolean;
  /** Told of every event that was decided again, of what it led to, and of the state after it. */
  readonly onStep?: (entry: JournalEntry, event: EngineEvent, effects: readonly Effect[], after: EngineState) => void;
  /** What modules were fed is not gathered: a reader that follows for ever would keep every bar. */
  readonly withoutLives?: boolean;
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
  /** The first problem in the entries so far. */
  problem(): ReplayProblem | undefined;
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

type Apart = Pick<ReplayProblem, 'problem' | 'field' | 'recorded' | 'replayed'>;

/** How a recorded effect is not the one that follows; `undefined` where it is. */
function compareEffect(
  { kind, payload }: JournalEntry,
  cause: string,
  effect: Effect | undefined,
  { canonical, compareWords }: { readonly canonical: (value: unknown) => string; readonly compareWords: boolean },
): Apart | undefined {
  if (effect === undefined) return { problem: `${kind} was recorded, but does not follow from ${cause}`, recorded: kind };
  if (effect.kind !== kind)
    return { problem: `${kind} was recorded where ${effect.kind} follows`, field: 'kind', recorded: kind, replayed: effect.kind };
  const replayed = effectPayload(effect);
  // Almost always equal word for word: only what differs is compared without its words.
  if (canonical(replayed) === canonical(payload)) return undefined;
  const inWords = canonical(withoutWords(replayed)) === canonical(withoutWords(payload));
  if (inWords && !compareWords) return undefined;
  const problem = `${kind} was recorded otherwise than it follows from ${cause}${inWords ? ', in words for people only' : ''}`;
  const compared = inWords ? (value: unknown) => value : withoutWords;
  return { problem, ...firstDifference(compared(payload), compared(replayed), canonical) };
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
  { compareWords = false, onStep, withoutLives = false }: ReplayOptions = {},
): JournalReplay {
  let { state, events } = from;
  let problem: ReplayProblem | undefined;
  let pending: Pending | undefined;
  const lives = recordLives(from.lives);
  const found = ({ seq, kind }: JournalEntry, what: string, where: Omit<Apart, 'problem'> = {}): void => {
    problem ??= { ...where, seq, problem: what, kind };
  };
  const settle = (): void => {
    if (pending === undefined) return;
    const missing = pending.done.effects[pending.next];
    if (missing !== undefined)
      found(pending.entry, `${pending.entry.kind} leads to ${missing.kind}, which was not recorded`, { replayed: missing.kind });
    pending = undefined;
  };
  const takeEvent = (entry: JournalEntry): void => {
    settle();
    if (!isEngineEvent(entry.kind)) return;
    const event = entry.payload as EngineEvent;
    let done: Step;
    try {
      done = step(state, event);
    } catch (error) {
      found(entry, `${entry.kind} breaks the books: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    state = done.state;
    events += 1;
    if (!withoutLives) lives.note(event, done.effects);
    pending = { entry, done, next: 0 };
    onStep?.(entry, event, done.effects, state);
  };
  const takeEffect = (entry: JournalEntry): void => {
    if (pending === undefined || entry.cause !== pending.entry.seq) return;
    const effect = pending.done.effects[pending.next];
    pending.next += 1;
    if (problem !== undefined) return;
    const apart = compareEffect(entry, pending.entry.kind, effect, { canonical, compareWords });
    if (apart !== undefined) found(entry, apart.problem, apart);
  };
  return {
    take: (entries) => {
      for (const entry of entries) {
        if (entry.type === 'event') takeEvent(entry);
        else takeEffect(entry);
      }
    },
    problem: () => problem,
    soFar: () => ({ state, events, lives: lives.all(), problem }),
    finish: () => {
      settle();
      return { state, events, problem, lives };
    },
  };
}
