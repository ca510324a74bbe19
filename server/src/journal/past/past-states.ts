import { replayJournal } from '../../engine/replay-journal.ts';
import type { ReplayProblem } from '../../engine/replay-journal.ts';
import type { SnapshotPoint } from '../../engine/session.ts';
import type { EngineState } from '../../engine/state.ts';
import { encode } from '../codec.ts';
import { newestUsable, originOf } from '../snapshots/newest-usable.ts';
import { encodeSnapshot } from '../snapshots/snapshot.ts';
import { expendable } from '../snapshots/snapshots.ts';
import type { JournalReader } from './journal-reader.ts';

/** What the engine knew after an entry; with a problem, where the record does not lead to itself. */
export interface PastPoint extends SnapshotPoint {
  readonly hash: string;
  readonly problem: ReplayProblem | undefined;
}

export interface PastStates {
  /** From the nearest place that is known, and never from the live state: what is found is what the journal says. */
  readonly at: (seq: number) => Promise<PastPoint>;
  /** Writes a snapshot of this entry, unless the record does not lead to itself; tells which. Old ones go. */
  readonly keep: (seq: number) => Promise<ReplayProblem | undefined>;
}

/** Points of the past that stay in memory: a reader steps about one place. */
const KEPT = 4;

export interface PastStatesOptions {
  readonly reader: JournalReader;
  readonly initial: EngineState;
  readonly onIgnored: (message: string) => void;
}

export function pastStates({ reader, initial, onIgnored }: PastStatesOptions): PastStates {
  let kept: readonly PastPoint[] = [];
  const entry = async (seq: number) => {
    for await (const page of reader.pages(seq - 1, seq)) return page;
    return [];
  };
  const journal = { head: () => ({ seq: 0, hash: '' }), read: async (after: number) => await entry(after + 1) };

  const startFor = async (seq: number): Promise<PastPoint | undefined> => {
    const near = kept.filter((point) => point.seq <= seq).toSorted((left, right) => right.seq - left.seq)[0];
    // A place in memory is as good as a snapshot that is older.
    const newest = (await reader.snapshots.list()).find((known) => known <= seq);
    if (near !== undefined && near.seq >= (newest ?? 0)) return near;
    const found = await newestUsable({ snapshots: reader.snapshots, journal, initial, upTo: seq, onIgnored });
    if (found === undefined || (near !== undefined && near.seq >= found.seq)) return near;
    return { ...found, hash: (await entry(found.seq))[0]?.hash ?? '', problem: undefined };
  };
  const at = async (seq: number): Promise<PastPoint> => {
    const start = await startFor(seq);
    if (start?.seq === seq) return start;
    const replay = replayJournal(initial, encode, start);
    let hash = start?.hash ?? '';
    for await (const page of reader.pages(start?.seq ?? 0, seq)) {
      replay.take(page);
      hash = page.at(-1)?.hash ?? hash;
    }
    const found = replay.soFar();
    const point: PastPoint = { ...found, seq, hash, problem: start?.problem ?? found.problem };
    kept = [point, ...kept].slice(0, KEPT);
    return point;
  };
  return {
    at,
    keep: async (seq) => {
      const { hash, problem, ...point } = await at(seq);
      if (problem !== undefined) return problem;
      await reader.snapshots.write(seq, encodeSnapshot(point, originOf(hash, initial)));
      for (const old of expendable(await reader.snapshots.list())) await reader.snapshots.remove(old);
      return undefined;
    },
  };
}
