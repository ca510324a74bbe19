import { hash } from 'node:crypto';
import { plainState } from '../../engine/plain-state.ts';
import type { SnapshotPoint } from '../../engine/session.ts';
import type { EngineState } from '../../engine/state.ts';
import { encode } from '../codec.ts';
import type { Journal } from '../journal.ts';
import { programHash } from './program.ts';
import { decodeSnapshot, SnapshotUnusable } from './snapshot.ts';
import type { SnapshotOrigin } from './snapshot.ts';
import type { Snapshots } from './snapshots.ts';

/** What a snapshot made now of this entry belongs to. */
export const originOf = (journalHash: string, initial: EngineState): SnapshotOrigin => ({
  journalHash,
  program: programHash(),
  initial: hash('sha256', encode(plainState(initial)), 'hex'),
});

export interface UsableOptions {
  readonly snapshots: Snapshots;
  readonly journal: Pick<Journal, 'read' | 'head'>;
  readonly initial: EngineState;
  /** No later than this entry; the newest where absent. */
  readonly upTo?: number;
  /** Told of each one that is passed over, and why. */
  readonly onIgnored: (message: string) => void;
}

/** The newest snapshot that belongs to this journal, this program and this account, and is whole; `undefined` where none is. */
export async function newestUsable({ snapshots, journal, initial, upTo, onIgnored }: UsableOptions): Promise<SnapshotPoint | undefined> {
  const last = upTo ?? journal.head().seq;
  for (const seq of await snapshots.list()) {
    if (upTo !== undefined && seq > last) continue;
    try {
      const bytes = await snapshots.read(seq);
      if (bytes === undefined) continue;
      const [entry] = seq > last ? [] : await journal.read(seq - 1, 1);
      return decodeSnapshot(bytes, seq, originOf(entry?.hash ?? '', initial));
    } catch (error) {
      if (!(error instanceof SnapshotUnusable)) throw error;
      onIgnored(`The snapshot ${snapshots.describe(seq)} is not used: ${error.message}. The journal is read from further back.`);
    }
  }
  return undefined;
}
