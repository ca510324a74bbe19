import type { Builder } from '../graphql/builder.ts';
import { badInput } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import type { Instant } from '../money/instant.ts';
import { formatSize } from './configuration.ts';
import { parameterPairs } from './graphql.ts';
import type { StrategyConfig } from './strategy.ts';

/** What a strategy was given once, as the journal has it. */
export interface StrategyConfiguration {
  readonly seq: number;
  readonly at: Instant;
  readonly by: string;
  readonly config: StrategyConfig;
}

const LISTED = 20;
const LISTED_MAX = 100;
const KINDS = ['StrategyConfigured', 'StrategyCreated'] as const;

/** Newest first. The journal is looked up by the strategy's id, one kind after the other: a strategy is created once, before all else. */
async function listConfigurations(id: string, first: number, { journal }: Context): Promise<readonly StrategyConfiguration[]> {
  if (first < 1 || first > LISTED_MAX) throw badInput(`first must be 1 to ${LISTED_MAX}, got ${first}`);
  // Entries are looked up in a projection: who has just been told of a change must find it.
  await journal.projected(journal.head().seq);
  const found: StrategyConfiguration[] = [];
  for (const kind of KINDS) {
    const { nodes } = await journal.list({ kind, about: id, first: first - found.length, newestFirst: true });
    for (const { node } of nodes) {
      const { at, by, config } = node.payload as Omit<StrategyConfiguration, 'seq'>;
      if (config.id === id) found.push({ seq: node.seq, at, by, config });
    }
    if (found.length >= first) break;
  }
  return found;
}

/** What each strategy was given, from its first day on. */
export function addStrategyConfigurations(builder: Builder, enums: Enums): void {
  builder.objectType('StrategyConfiguration', {
    description: 'What a strategy was given once: the version that decided, its parameters, symbols and share.',
    fields: (t) => ({
      seq: t.exposeInt('seq', { description: 'The entry of the journal that says it.' }),
      at: t.expose('at', { type: 'DateTime', description: 'Venue time.' }),
      by: t.exposeString('by'),
      version: t.string({ description: 'SHA-256 of the WebAssembly module that decides.', resolve: ({ config }) => config.version }),
      parameters: t.field({ type: ['ParameterValue'], resolve: ({ config }) => parameterPairs(config.parameters) }),
      symbols: t.stringList({ resolve: ({ config }) => [...config.symbols] }),
      timeframe: t.field({ type: enums.timeframe, resolve: ({ config }) => config.timeframe }),
      allocation: t.field({
        type: 'Decimal',
        description: 'Share of equity that it may hold.',
        resolve: ({ config }) => config.allocation,
      }),
      size: t.string({
        description: 'How an exposure of 1 becomes units: "equity:0.08" or "units:100".',
        resolve: ({ config }) => formatSize(config.size),
      }),
    }),
  });
  builder.queryFields((t) => ({
    strategyConfigurations: t.field({
      type: ['StrategyConfiguration'],
      description: 'Everything that the strategy was given, the newest first: the first is what it has now, the last how it was created.',
      args: { id: t.arg.id({ required: true }), first: t.arg.int({ required: true, defaultValue: LISTED }) },
      resolve: async (_root, { id, first }, context) => [...(await listConfigurations(id, first, context))],
    }),
  }));
}
