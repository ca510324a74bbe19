/** Where snapshots are kept: files beside the journal, or a table of the same database. All of it can be lost. */
export interface Snapshots {
  /** What a place is called for people. */
  readonly describe: (seq: number) => string;
  /** Numbers of the entries that there are snapshots of, newest first. */
  readonly list: () => Promise<readonly number[]>;
  /** `undefined` where there is none. */
  readonly read: (seq: number) => Promise<Buffer | undefined>;
  /** All of it or nothing; durable when it resolves. */
  readonly write: (seq: number, bytes: Buffer) => Promise<void>;
  readonly remove: (seq: number) => Promise<void>;
}

const NEWEST_KEPT = 3;
/** Of older ones, the first of each so many entries stays: a past instant is never further than that from one. */
const OLD_EVERY = 100_000;

/** Which snapshots may go, of these numbers, newest first. */
export function expendable(seqs: readonly number[]): readonly number[] {
  const kept = new Set(seqs.slice(0, NEWEST_KEPT));
  const oldestOfStretch = new Map<number, number>();
  for (const seq of seqs) oldestOfStretch.set(Math.floor(seq / OLD_EVERY), seq);
  for (const [stretch, seq] of oldestOfStretch) if (stretch > 0) kept.add(seq);
  return seqs.filter((seq) => !kept.has(seq));
}
