import { GraphQLError } from 'graphql';
import type { Page } from '../orders/page.ts';
import type { Builder } from './builder.ts';

export type { Page };

export interface PageRequest {
  readonly first: number;
  readonly after: string | undefined;
}

const PAGE_SIZE_DEFAULT = 50;
export const PAGE_SIZE_MAX = 500;
const CURSOR_LENGTH_MAX = 300;

/** Reads `first` and `after`; throws what the caller is told when they are out of bounds. */
export function pageRequest(args: { readonly first?: number | null | undefined; readonly after?: string | null | undefined }): PageRequest {
  const first = args.first ?? PAGE_SIZE_DEFAULT;
  if (first < 0 || first > PAGE_SIZE_MAX) throw badInput(`first must be 0 to ${PAGE_SIZE_MAX}, got ${first}`);
  const after = args.after ?? undefined;
  if (after !== undefined && (after === '' || after.length > CURSOR_LENGTH_MAX)) throw badInput('after is not a cursor of this list');
  return { first, after };
}

export const badInput = (message: string): GraphQLError =>
  new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } });

/** A page of a list that is in memory, in its own order; the cursor is the item's id. */
export function pageOf<T>(items: readonly T[], idOf: (item: T) => string, { first, after }: PageRequest): Page<T> {
  let start = 0;
  if (after !== undefined) {
    const at = items.findIndex((item) => idOf(item) === after);
    if (at === -1) throw badInput('after is not a cursor of this list');
    start = at + 1;
  }
  return {
    nodes: items.slice(start, start + first).map((node) => ({ cursor: idOf(node), node })),
    hasNextPage: start + first < items.length,
    countAll: () => Promise.resolve(items.length),
  };
}

const CONNECTED = [
  'Strategy',
  'Position',
  'Order',
  'Run',
  'Sweep',
  'WalkForward',
  'Model',
  'Training',
  'Retraining',
  'Alert',
  'Proposal',
  'Prediction',
  'Recommendation',
  'AgentCall',
  'AgentMemory',
  'AgentRun',
  'ChangeProposal',
] as const;

/** Relay's connection types of every list that has pages. */
export function addConnections(builder: Builder): void {
  builder.objectType('PageInfo', {
    fields: (t) => ({
      hasNextPage: t.exposeBoolean('hasNextPage'),
      hasPreviousPage: t.exposeBoolean('hasPreviousPage'),
      startCursor: t.exposeString('startCursor', { nullable: true }),
      endCursor: t.exposeString('endCursor', { nullable: true }),
    }),
  });
  for (const name of CONNECTED) addConnection(builder, name, name);
  addConnection(builder, 'Journal', 'JournalEntry');
}

export interface PageInfo {
  readonly hasNextPage: boolean;
  readonly hasPreviousPage: boolean;
  readonly startCursor: string | undefined;
  readonly endCursor: string | undefined;
}

type Connected = (typeof CONNECTED)[number];

function addConnection(builder: Builder, prefix: Connected | 'Journal', nodeType: Connected | 'JournalEntry'): void {
  const edge = builder.objectRef<{ readonly cursor: string; readonly node: object }>(`${prefix}Edge`).implement({
    fields: (t) => ({
      cursor: t.exposeString('cursor'),
      // The list's own type says which node it holds; the cast only joins the six instances of this one function.
      node: t.field({ type: nodeType, resolve: (parent) => parent.node as never }),
    }),
  });
  builder.objectType(`${prefix}Connection`, {
    fields: (t) => ({
      edges: t.field({ type: [edge], resolve: (page) => [...page.nodes] }),
      pageInfo: t.field({
        type: 'PageInfo',
        resolve: ({ nodes, hasNextPage, endCursor }) => ({
          hasNextPage,
          hasPreviousPage: false,
          startCursor: nodes[0]?.cursor,
          endCursor: endCursor ?? nodes.at(-1)?.cursor,
        }),
      }),
      ...(prefix === 'Order' ? { totalCount: t.int({ resolve: (page) => page.countAll?.() ?? page.nodes.length }) } : {}),
    }),
  });
}
