import { JournalDocument } from '@tidemark/schema/documents';
import type { EntryPartsFragment } from '@tidemark/schema/documents';
import type { Answer } from './client.ts';
import { live } from './live.svelte.ts';
import { newest } from './newest.ts';
import type { Newest } from './newest.ts';

export interface About {
  readonly kind?: string | undefined;
  readonly about?: string | undefined;
}

/** The newest `wanted` journal entries of a kind or about a thing, numbered below `before` (from the head where absent). */
export async function newestEntries(
  { kind, about }: About,
  wanted: number,
  before = live.seq + 1,
): Promise<Answer<Newest<EntryPartsFragment>>> {
  let failure: string | undefined;
  const data = await newest(
    async (after, first) => {
      const answer = await live.query(JournalDocument, { first, after: String(after), kind: kind ?? null, about: about ?? null });
      if (!answer.ok) {
        failure = answer.message;
        return { nodes: [], hasNextPage: false };
      }
      const { edges, pageInfo } = answer.data.journal;
      return { nodes: edges.map(({ node }) => node), hasNextPage: pageInfo.hasNextPage };
    },
    before,
    wanted,
  );
  return failure === undefined ? { ok: true, data } : { ok: false, message: failure };
}
