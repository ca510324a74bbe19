import { replayJournal } from '../engine/replay-journal.ts';
import type { JournalReplay } from '../engine/replay-journal.ts';
import type { SnapshotPoint } from '../engine/session.ts';
import type { EngineState } from '../engine/state.ts';
import { encode } from '../journal/codec.ts';
import type { Journal } from '../journal/journal.ts';
import { decodeSnapshot, encodeSnapshot } from '../journal/snapshots/snapshot.ts';
import type { Dice } from './dice.ts';

/** What a process that starts may recover from. */
export type SnapshotKeeper = (journal: Pick<Journal, 'read' | 'head'>, initial: EngineState) => Promise<SnapshotPoint | undefined>;

/** So many of the starts read the journal whole. */
const WHOLE_SHARE = 0.8;

/**
 * Snapshots as the product makes them: by a replay apart from the engine, as bytes that a later process reads. Each is of some entry between the one
 * before it and the journal's end, so that what follows it is read as well.
 */
export function openSnapshotKeeper(dice: Dice): SnapshotKeeper {
  let replay: JournalReplay | undefined;
  let seq = 0;
  let starts = 0;
  return async (journal, initial) => {
    starts += 1;
    if (dice.draw(`snapshot ${starts}`) < WHOLE_SHARE) return undefined;
    const upTo = dice.whole(`snapshot at ${starts}`, seq, journal.head().seq);
    replay ??= replayJournal(initial, encode);
    const entries = await journal.read(seq, upTo - seq);
    replay.take(entries);
    seq = upTo;
    const [last] = upTo === 0 ? [] : await journal.read(upTo - 1, 1);
    const { problem, ...point } = replay.soFar();
    if (last === undefined || problem !== undefined) return undefined;
    const origin = { journalHash: last.hash, program: 'simulated', initial: 'simulated' };
    return decodeSnapshot(encodeSnapshot({ seq, ...point }, origin), seq, origin);
  };
}
