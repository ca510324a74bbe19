import type { Builder } from '../graphql/builder.ts';
import { pageRequest } from '../graphql/connections.ts';
import type { Page, PageRequest } from '../graphql/connections.ts';
import { keyOfNodeId, nodeId } from '../graphql/node.ts';
import { instantFromMs } from '../money/instant.ts';
import { encode } from './codec.ts';
import type { JournalEntry } from './journal.ts';

/** What the API reads of the journal. */
export interface JournalReads {
  head(): { readonly seq: number; readonly hash: string };
  read(after: number, limit: number): Promise<readonly JournalEntry[]>;
  onAppended(listener: () => void): () => void;
  /** Oldest first; by kind, or by an id that the entry mentions. */
  list(query: PageRequest & { readonly kind: string | undefined; readonly about: string | undefined }): Promise<Page<JournalEntry>>;
  bySeq(seq: number): Promise<JournalEntry | undefined>;
  /** Resolves when the projections hold everything up to this entry. */
  projected(seq: number): Promise<void>;
}

export function addJournal(builder: Builder): void {
  builder.objectType('JournalEntry', {
    description: 'One thing that happened, chained by hash to the one before.',
    interfaces: ['Node'],
    fields: (t) => ({
      id: t.id({ resolve: ({ seq }) => nodeId('JournalEntry', seq) }),
      seq: t.exposeInt('seq'),
      kind: t.exposeString('kind'),
      type: t.exposeString('type', { description: 'event, fact or action.' }),
      at: t.expose('at', { type: 'DateTime', description: 'Venue time of what happened.' }),
      writtenAt: t.field({
        type: 'DateTime',
        description: 'Wall clock when it was written.',
        resolve: ({ writtenAtMs }) => instantFromMs(writtenAtMs),
      }),
      actor: t.exposeString('actor', { description: 'strategy:<id>, user:<id>, broker, feed or engine.' }),
      cause: t.int({
        nullable: true,
        description: 'The entry that caused this one; null for causes from outside.',
        resolve: ({ cause }) => cause,
      }),
      hash: t.exposeString('hash'),
      previousHash: t.exposeString('previousHash'),
      payload: t.string({ description: 'Canonical JSON.', resolve: ({ payload }) => encode(payload) }),
    }),
  });
  builder.queryField('journal', (t) =>
    t.field({
      type: 'JournalConnection',
      description: 'Oldest first.',
      args: {
        first: t.arg.int(),
        after: t.arg.string(),
        kind: t.arg.string({ description: 'Only entries of this kind.' }),
        about: t.arg.string({ description: 'Only entries that mention this id.' }),
      },
      resolve: (_root, args, { journal }) =>
        journal.list({
          ...pageRequest(args),
          kind: args.kind ?? undefined,
          about: args.about === null || args.about === undefined ? undefined : keyOfNodeId(args.about),
        }),
    }),
  );
}
