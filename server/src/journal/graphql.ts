import type { Builder } from '../graphql/builder.ts';
import { badInput, pageRequest } from '../graphql/connections.ts';
import type { Page } from '../graphql/connections.ts';
import { keyOfNodeId, nodeId } from '../graphql/node.ts';
import { instantFromMs } from '../money/instant.ts';
import type { ChainStretch } from './chain-check.ts';
import { STRETCH_MAX } from './chain-check.ts';
import { encode } from './codec.ts';
import type { JournalEntry } from './journal.ts';
import type { JournalListQuery } from './service.ts';

/** What the API reads of the journal. */
export interface JournalReads {
  head(): { readonly seq: number; readonly hash: string };
  /** Looks for what another process has written until now. */
  catchUp(): Promise<void>;
  read(after: number, limit: number): Promise<readonly JournalEntry[]>;
  onAppended(listener: () => void): () => void;
  /** Oldest first where nothing else is said. */
  list(query: JournalListQuery): Promise<Page<JournalEntry>>;
  /** Works the hashes of some entries out again. */
  check(after: number, count: number): Promise<ChainStretch>;
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
      actor: t.exposeString('actor', { description: 'strategy:<id>, user:<id>, agent:<id>, broker, feed or engine.' }),
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
      description: 'Oldest first, or newest first.',
      args: {
        first: t.arg.int(),
        after: t.arg.string(),
        kind: t.arg.string({ description: 'Only entries of this kind.' }),
        about: t.arg.string({ description: 'Only entries that mention this id.' }),
        actor: t.arg.string({
          description:
            'Only entries by this actor; with a colon at the end by every one of that sort, as in "user:". A page may then be short.',
        }),
        since: t.arg({ type: 'DateTime', description: 'Only entries of this venue time or later.' }),
        until: t.arg({ type: 'DateTime', description: 'Only entries of this venue time or before.' }),
        newestFirst: t.arg.boolean({ description: 'The newest come first; a cursor belongs to the order that made it.' }),
      },
      resolve: (_root, args, { journal }) =>
        journal.list({
          ...pageRequest(args),
          kind: args.kind ?? undefined,
          about: args.about === null || args.about === undefined ? undefined : keyOfNodeId(args.about),
          actor: args.actor ?? undefined,
          since: args.since ?? undefined,
          until: args.until ?? undefined,
          newestFirst: args.newestFirst ?? false,
        }),
    }),
  );
  addChainCheck(builder);
}

function addChainCheck(builder: Builder): void {
  const problem = builder.objectRef<NonNullable<ChainStretch['problem']>>('ChainProblem').implement({
    description: 'The first entry that does not follow from the one before, and why.',
    fields: (t) => ({ seq: t.exposeInt('seq'), problem: t.exposeString('problem') }),
  });
  const stretch = builder.objectRef<ChainStretch>('ChainStretch').implement({
    description: 'Some entries whose hashes were worked out again.',
    fields: (t) => ({
      from: t.exposeInt('from'),
      to: t.exposeInt('to', { description: 'The last that was looked at; one before `from` where there was none.' }),
      previousHash: t.exposeString('previousHash', { description: 'What the first had to follow from: the `hash` of the stretch before.' }),
      hash: t.exposeString('hash', { description: 'The hash of the last.' }),
      headSeq: t.exposeInt('headSeq', { description: 'The newest entry of the journal, to which stretches are left.' }),
      problem: t.field({ type: problem, nullable: true, resolve: (parent) => parent.problem }),
    }),
  });
  builder.queryField('journalCheck', (t) =>
    t.field({
      type: stretch,
      description: `Works the hash chain out again from entry \`after\` + 1 on, at most ${STRETCH_MAX} entries a call: ask for stretch after stretch.`,
      args: { after: t.arg.int({ required: true }), first: t.arg.int() },
      resolve: (_root, { after, first }, { journal }) => {
        const head = journal.head().seq;
        if (after < 0 || after > head) throw badInput(`after is the number of an entry of the journal, from 0 to ${head}; got ${after}`);
        const count = first ?? STRETCH_MAX;
        if (count < 1 || count > STRETCH_MAX) throw badInput(`first must be 1 to ${STRETCH_MAX}, got ${count}`);
        return journal.check(after, count);
      },
    }),
  );
}
