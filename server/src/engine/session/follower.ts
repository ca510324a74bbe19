import type { Journal, JournalEntry } from '../../journal/journal.ts';
import type { EngineEvent } from '../events.ts';
import { replayJournal } from '../replay-journal.ts';
import type { EngineState } from '../state.ts';
import type { Step } from '../step.ts';
import type { SnapshotPoint } from './recover.ts';

/** An event that the engine has decided, decided again here. */
export interface FollowedStep extends Step {
  /** The event's entry. */
  readonly seq: number;
  readonly event: EngineEvent;
}

/** The engine's state as its journal tells it, in a process that has no engine. */
export interface Follower {
  readonly state: () => EngineState;
  /** The newest entry that the state holds. */
  readonly seq: () => number;
  /** Where the journal does not lead to itself by this program: from there on the state is a guess. */
  readonly problem: () => string | undefined;
  /** Called after each new state; returns the way to stop. */
  readonly onChange: (listener: () => void) => () => void;
  /** Called with each event once all that it led to has been read and was what follows; returns the way to stop. */
  readonly onStep: (listener: (done: FollowedStep) => void) => () => void;
  readonly close: () => void;
}

export interface FollowerOptions {
  /** Followed, not written. This must be the first that listens to it: whoever hears of an entry then finds the state that holds it. */
  readonly journal: Pick<Journal, 'read' | 'head' | 'onAppended'>;
  /** Before the first entry. */
  readonly initial: EngineState;
  readonly canonical: (value: unknown) => string;
  readonly snapshot?: SnapshotPoint | undefined;
}

const PAGE = 2_000;

/** Reads the journal whole, or from a snapshot on, and goes on with it. Nothing is carried out. */
export async function followEngine({ journal, initial, canonical, snapshot }: FollowerOptions): Promise<Follower> {
  const changed = new Set<() => void>();
  const stepped = new Set<(done: FollowedStep) => void>();
  let state = snapshot?.state ?? initial;
  let at = snapshot?.seq ?? 0;
  let whole: FollowedStep[] = [];
  const onStep = ({ seq }: JournalEntry, event: EngineEvent, effects: Step['effects'], after: EngineState): void => {
    state = after;
    if (stepped.size > 0) whole.push({ seq, event, effects, state: after });
  };
  const replay = replayJournal(initial, canonical, snapshot, { onStep, withoutLives: true });
  const take = (entries: readonly JournalEntry[]): void => {
    const fresh = entries.filter(({ seq }) => seq > at);
    const last = fresh.at(-1);
    if (last === undefined) return;
    replay.take(fresh);
    at = last.seq;
    const ready = whole.filter(({ seq, effects }) => seq + effects.length <= at);
    whole = whole.filter(({ seq, effects }) => seq + effects.length > at);
    if (replay.problem() === undefined) for (const done of ready) for (const listener of stepped) listener(done);
    for (const listener of changed) listener();
  };
  const early: (readonly JournalEntry[])[] = [];
  let hear = (entries: readonly JournalEntry[]): void => void early.push(entries);
  const stop = journal.onAppended((entries) => hear(entries));
  const until = journal.head().seq;
  for (;;) {
    if (at >= until) break;
    const entries = await journal.read(at, PAGE);
    if (entries.length === 0) throw new Error(`The journal ends at entry ${at}, but its head is ${until}: verify it`);
    take(entries);
  }
  hear = take;
  early.forEach(take);
  const subscribe = <L>(listeners: Set<L>, listener: L): (() => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    state: () => state,
    seq: () => at,
    problem: () => {
      const problem = replay.problem();
      return problem === undefined ? undefined : `entry ${problem.seq}: ${problem.problem}`;
    },
    onChange: (listener) => subscribe(changed, listener),
    onStep: (listener) => subscribe(stepped, listener),
    close: stop,
  };
}
