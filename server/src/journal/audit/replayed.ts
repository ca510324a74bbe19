import { replayJournal } from '../../engine/replay-journal.ts';
import type { EngineState } from '../../engine/state.ts';
import { assertState } from '../../engine/invariants.ts';
import { encode } from '../codec.ts';
import { originOf } from '../snapshots/newest-usable.ts';
import { decodeSnapshot, livesHash, readHeader, SnapshotUnusable, stateHash } from '../snapshots/snapshot.ts';
import type { Snapshots } from '../snapshots/snapshots.ts';
import type { JournalEntry } from '../journal.ts';
import { findings } from './findings.ts';
import type { CheckResult } from './findings.ts';

export interface ReplayAudit {
  readonly take: (entries: readonly JournalEntry[]) => Promise<void>;
  readonly finish: () => readonly [replay: CheckResult, snapshots: CheckResult];
}

/** Decides the whole record again, from its first entry, and compares each snapshot with what is known at its place. */
export async function replayAudit(initial: EngineState, snapshots: Snapshots, assumed: boolean): Promise<ReplayAudit> {
  const replay = replayJournal(initial, encode);
  const replayFindings = findings('replay');
  const snapshotFindings = findings('snapshots');
  const waiting = (await snapshots.list()).toReversed();
  let [compared, foreign, entries] = [0, 0, 0];

  const compare = async (seq: number, hash: string): Promise<void> => {
    const where = snapshots.describe(seq);
    try {
      const bytes = await snapshots.read(seq);
      if (bytes === undefined) return;
      const header = readHeader(bytes);
      const origin = originOf(hash, initial);
      if (header.journalHash === hash && (header.program !== origin.program || header.initial !== origin.initial)) {
        foreign += 1;
        return;
      }
      decodeSnapshot(bytes, seq, origin);
      compared += 1;
      const { state, lives, problem } = replay.soFar();
      // A record that does not lead to itself has been reported; what was known at its places is a guess.
      if (problem !== undefined) return;
      if (header.state !== stateHash(state)) snapshotFindings.add(where, 'its state is not what the journal leads to');
      if (header.lives !== livesHash(lives))
        snapshotFindings.add(where, 'what it says that strategies were fed is not what the journal says');
    } catch (error) {
      if (!(error instanceof SnapshotUnusable)) throw error;
      snapshotFindings.add(where, `${error.message}. It can be deleted: a start does without`);
    }
  };
  return {
    take: async (page) => {
      let rest = page;
      for (;;) {
        const at = rest.findIndex(({ seq }) => seq === waiting[0]);
        const part = at === -1 ? rest : rest.slice(0, at + 1);
        replay.take(part);
        entries += part.length;
        if (at === -1) return;
        await compare(waiting.shift() ?? 0, part.at(-1)?.hash ?? '');
        rest = rest.slice(at + 1);
      }
    },
    finish: () => {
      const { state, events, problem } = replay.finish();
      if (problem !== undefined) replayFindings.add(`entry ${problem.seq}`, problem.problem);
      else brokenBooks(state, (what) => replayFindings.add('the state after the last entry', what));
      for (const seq of waiting) snapshotFindings.add(snapshots.describe(seq), `it is of entry ${seq}, which the journal does not have`);
      const note = assumed ? '; with what limits it began is not written down, and today’s defaults were assumed' : '';
      return [
        replayFindings.result(`${events} events decided again, with every fact and action of ${entries} entries${note}`),
        snapshotFindings.result(
          `${compared} snapshots compared${foreign === 0 ? '' : `, ${foreign} of another version or account passed over`}`,
        ),
      ];
    },
  };
}

function brokenBooks(state: EngineState, found: (what: string) => void): void {
  try {
    assertState(state);
  } catch (error) {
    found(error instanceof Error ? error.message : String(error));
  }
}
