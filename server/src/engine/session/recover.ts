import type { Journal } from '../../journal/journal.ts';
import { assertState } from '../invariants.ts';
import { replayJournal } from '../replay-journal.ts';
import type { ReplayPoint } from '../replay-journal.ts';
import type { RecordedLives } from '../recorded-lives.ts';
import type { EngineState } from '../state.ts';

export interface Recovered {
  readonly state: EngineState;
  readonly events: number;
  /** Why the record could not be confirmed; `undefined` where it was. */
  readonly problem: string | undefined;
  readonly lives: RecordedLives;
}

/** What was known after entry `seq`: recovery reads only what came later. */
export interface SnapshotPoint extends ReplayPoint {
  readonly seq: number;
}

/** Why the broker counts as gone after a start: in a journal this is where one process ended and the next began. */
export const STARTED_AGAIN = 'The engine has started again.';

const PAGE = 2_000;

/** The state that the journal leads to: read whole, or from a snapshot on. Nothing is carried out. */
export async function recover(
  journal: Pick<Journal, 'read' | 'head'>,
  initial: EngineState,
  canonical: (value: unknown) => string,
  snapshot?: SnapshotPoint,
): Promise<Recovered> {
  const replay = replayJournal(initial, canonical, snapshot);
  const head = journal.head().seq;
  for (let after = snapshot?.seq ?? 0; after < head;) {
    const entries = await journal.read(after, PAGE);
    const last = entries.at(-1);
    if (last === undefined) throw new Error(`The journal ends at entry ${after}, but its head is ${head}: verify it before trading`);
    replay.take(entries);
    after = last.seq;
  }
  const { state, events, problem, lives } = replay.finish();
  return { state, events, lives, problem: problem === undefined ? brokenBooks(state) : `entry ${problem.seq}: ${problem.problem}` };
}

function brokenBooks(state: EngineState): string | undefined {
  try {
    assertState(state);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
