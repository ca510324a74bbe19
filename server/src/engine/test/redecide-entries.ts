import { encode } from '../../journal/codec.ts';
import type { JournalEntry } from '../../journal/journal.ts';
import { redecide } from '../redecide/redecide.ts';
import type { Redecided, RedecideOptions } from '../redecide/redecide.ts';

const PAGE = 7;

/** All of these entries decided again, read in pages that end anywhere, words for people compared too. */
export function redecideEntries(
  entries: readonly JournalEntry[],
  options: Pick<RedecideOptions, 'initial' | 'open'> & Partial<RedecideOptions>,
): Promise<Redecided> {
  async function* pages(after: number, upTo: number): AsyncGenerator<readonly JournalEntry[]> {
    await Promise.resolve();
    for (let start = after; start < upTo; start += PAGE) yield entries.slice(start, Math.min(start + PAGE, upTo));
  }
  return redecide({
    pages,
    first: 1,
    last: entries.length,
    head: entries.length,
    compareWords: true,
    canonical: encode,
    isWanted: () => true,
    onProgress: () => undefined,
    ...options,
  });
}
