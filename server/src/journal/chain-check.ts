import { encode } from './codec.ts';
import { EMPTY_HEAD, entryText, linkProblem } from './chain.ts';
import type { Head } from './chain.ts';
import type { Journal } from './journal.ts';
import { JournalCorrupted } from './segments.ts';

/** What a check of a stretch of the chain has found. */
export interface ChainStretch {
  /** The first and the last entry that were looked at; the last is one before the first where there was none. */
  readonly from: number;
  readonly to: number;
  /** The hash that the stretch was to follow from, and its last entry's own. */
  readonly previousHash: string;
  readonly hash: string;
  /** The journal's newest entry when the check ended: what is left to look at. */
  readonly headSeq: number;
  /** The first entry that does not follow, and why. */
  readonly problem: { readonly seq: number; readonly problem: string } | undefined;
}

/** Entries that one call looks at: some tens of milliseconds, so that trading beside it does not wait. */
export const STRETCH_MAX = 5_000;
const READ = 500;

/**
 * Works the hashes out again for the entries after `after`. Joined end to end, stretches are the whole chain: each one's `previousHash` must
 * be the `hash` of the one before. It lets others go on between its reads.
 */
export async function checkStretch(journal: Pick<Journal, 'read' | 'head'>, after: number, count: number): Promise<ChainStretch> {
  const upTo = Math.min(journal.head().seq, after + Math.min(count, STRETCH_MAX));
  let head: Head = EMPTY_HEAD;
  let previousHash = EMPTY_HEAD.hash;
  let problem: ChainStretch['problem'];
  try {
    if (after > 0) head = await headAt(journal, after);
    previousHash = head.hash;
    while (head.seq < upTo && problem === undefined) {
      const entries = await journal.read(head.seq, Math.min(READ, upTo - head.seq));
      if (entries.length === 0) problem = { seq: head.seq + 1, problem: 'it is missing' };
      for (const entry of entries) {
        const found = linkProblem(head, entry, entryText(entry, encode(entry.payload)));
        if (found !== undefined) {
          problem = { seq: head.seq + 1, problem: found };
          break;
        }
        head = { seq: entry.seq, hash: entry.hash };
      }
    }
  } catch (error) {
    // Damage that is found while reading is an answer, too.
    if (!(error instanceof JournalCorrupted)) throw error;
    problem = { seq: error.seq, problem: error.problem };
  }
  return { from: after + 1, to: Math.max(after, head.seq), previousHash, hash: head.hash, headSeq: journal.head().seq, problem };
}

async function headAt(journal: Pick<Journal, 'read'>, seq: number): Promise<Head> {
  const [entry] = await journal.read(seq - 1, 1);
  if (entry === undefined) throw new JournalCorrupted({ seq, problem: 'it is missing' });
  return { seq: entry.seq, hash: entry.hash };
}
