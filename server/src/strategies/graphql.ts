import type { CompileResult, ParameterSpec, StrategyModule } from '@tidemark/compute/types';
import type { EngineState, StrategySlot } from '../engine/state.ts';
import { batched } from '../graphql/batched.ts';
import type { Builder } from '../graphql/builder.ts';
import { pageOf, pageRequest } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { AS_OF, momentBehind, momentOf } from '../graphql/moment.ts';
import type { AsOfInput, Moment } from '../graphql/moment.ts';
import { worthOf } from '../instruments/worth.ts';
import type { Money, Quantity } from '../money/fixed.ts';
import { formatSize } from './configuration.ts';
import { strategyResults } from '../engine/strategy-results.ts';
import type { StrategyResult } from '../engine/strategy-results.ts';
import type { KeptVersion } from './service.ts';
import type { ParameterValues } from './strategy.ts';

export interface StrategyTemplate {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly version: string;
  readonly parameters: readonly ParameterSpec[];
  readonly source: string;
}

export interface ParameterPair {
  readonly name: string;
  readonly value: string;
}

export interface Holding {
  readonly symbol: string;
  readonly quantity: Quantity;
  readonly value: Money | undefined;
}

/** What the API needs of the strategies that can run. */
export interface StrategyLibrary {
  templates(): Promise<readonly StrategyTemplate[]>;
  /** A built-in's module by its name. */
  builtIn(name: string): Promise<{ readonly module: StrategyModule; readonly source: string } | undefined>;
  compile(source: string, name: string): Promise<CompileResult>;
  /** Opens the module once with these parameters, in a sandbox; says what is wrong with them. */
  check(module: StrategyModule, parameters: ParameterValues, symbols: readonly string[]): Promise<ParameterProblem | undefined>;
  /** Keeps a version, so that it can be run and shown for ever; false where it is kept already. */
  save(module: StrategyModule, source: string, name: string, by?: string): Promise<boolean>;
  /** Those that name themselves so, the newest first. */
  versions(name: string, limit: number): Promise<readonly KeptVersion[]>;
  /** Source of these versions, by version. */
  sourcesOf(versions: readonly string[]): Promise<ReadonlyMap<string, string>>;
  byVersion(version: string): Promise<(Omit<KeptVersion, 'version' | 'description'> & { readonly module: StrategyModule }) | undefined>;
}

export interface ParameterProblem {
  readonly parameter: string;
  readonly message: string;
  readonly bounds: string;
}

export const parameterPairs = (values: ParameterValues): ParameterPair[] =>
  Object.entries(values).map(([name, value]) => ({ name, value: String(value) }));

/** Oldest first, as they were created. */
export const strategiesOf = (state: EngineState): readonly StrategySlot[] => [...state.strategies.values()];

const results = new WeakMap<EngineState, Promise<ReadonlyMap<string, StrategyResult>>>();

/** Profit and loss of every strategy, worked out once for each state of the engine, whoever asks. */
function resultOf(slot: StrategySlot, context: Context): Promise<StrategyResult | undefined> {
  const moment = momentBehind(slot, context);
  const { state } = moment;
  let all = results.get(state);
  if (all === undefined) {
    all = readResults(moment, context);
    results.set(state, all);
    all.catch(() => results.delete(state));
  }
  return all.then((byId) => byId.get(slot.config.id));
}

async function readResults(
  { state, seq, isPast }: Moment,
  { trades, marketData, journal }: Context,
): Promise<ReadonlyMap<string, StrategyResult>> {
  await journal.projected(journal.head().seq);
  const upTo = isPast ? seq : undefined;
  const [closed, fills] = await Promise.all([trades.all(upTo), trades.strategyFills(upTo)]);
  const held = new Set(strategiesOf(state).flatMap(({ holdings }) => [...holdings.keys()]));
  const before = new Map<string, number>();
  for (const symbol of held) {
    const close = await marketData.closeBeforeSession(symbol, state.sessionDate);
    if (close !== undefined) before.set(symbol, close);
  }
  return strategyResults(state, closed, fills, before);
}

function holdingsOf(slot: StrategySlot, state: EngineState): Holding[] {
  return [...slot.holdings]
    .filter(([, quantity]) => quantity !== 0n)
    .map(([symbol, quantity]) => {
      const mark = state.marks.get(symbol);
      return { symbol, quantity, value: mark === undefined ? undefined : worthOf(symbol, quantity, mark.price) };
    });
}

const sourceOf = batched((versions, { strategies }) => strategies.sourcesOf(versions));

function addStrategyType(builder: Builder, enums: Enums): void {
  builder.objectType('Strategy', {
    description: 'A strategy on the account: which version runs, on what, how large, and how it does.',
    interfaces: ['Node'],
    fields: (t) => ({
      id: t.id({ resolve: ({ config }) => config.id }),
      name: t.string({ resolve: ({ config }) => config.name }),
      version: t.string({ description: 'SHA-256 of the WebAssembly module that decides.', resolve: ({ config }) => config.version }),
      template: t.string({ description: 'The built-in or the source it was made from.', resolve: ({ config }) => config.source }),
      state: t.expose('state', { type: enums.strategyState }),
      pausedBecause: t.exposeString('pausedBecause', { nullable: true }),
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
      lastDecision: t.exposeString('lastDecision', { nullable: true }),
      lastDecisionAt: t.expose('lastDecisionAt', { type: 'DateTime', nullable: true }),
      holdings: t.field({ type: ['Holding'], resolve: (slot, _args, context) => holdingsOf(slot, momentBehind(slot, context).state) }),
      source: t.string({
        description: 'AssemblyScript; empty where only the module is kept.',
        resolve: async ({ config }, _args, context) => (await sourceOf(config.version, context)) ?? '',
      }),
    }),
  });
}

function addStrategyResults(builder: Builder): void {
  builder.objectFields('Strategy', (t) => ({
    dayPnl: t.field({
      type: 'Decimal',
      nullable: true,
      description: "Since the previous session's close, after fees; null where a price is missing.",
      resolve: async (slot, _args, context) => (await resultOf(slot, context))?.dayPnl,
    }),
    totalPnl: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Since it was created, open and closed, after fees.',
      resolve: async (slot, _args, context) => (await resultOf(slot, context))?.totalPnl,
    }),
    drawdown: t.field({
      type: 'Decimal',
      nullable: true,
      description: 'Of its P&L from its own high-water mark, as a fraction of the equity allotted to it.',
      resolve: async (slot, _args, context) => (await resultOf(slot, context))?.drawdown,
    }),
    sparkline: t.floatList({
      description: "Closed round trips' P&L added up over time, then the P&L now; newest last.",
      resolve: async (slot, _args, context) => [...((await resultOf(slot, context))?.sparkline ?? [])],
    }),
    trades: t.int({
      description: 'Closed round trips.',
      resolve: async (slot, _args, context) => (await resultOf(slot, context))?.trades ?? 0,
    }),
  }));
}

export function addStrategies(builder: Builder, enums: Enums, asOf: AsOfInput): void {
  builder.objectType('ParameterValue', { fields: (t) => ({ name: t.exposeString('name'), value: t.exposeString('value') }) });
  builder.objectType('Holding', {
    fields: (t) => ({
      symbol: t.exposeString('symbol'),
      quantity: t.expose('quantity', { type: 'Decimal', description: 'Signed; negative is short.' }),
      value: t.expose('value', { type: 'Decimal', nullable: true }),
    }),
  });
  builder.objectType('StrategyTemplate', {
    description: 'A built-in strategy or one compiled from source: what can be created.',
    fields: (t) => ({
      name: t.exposeString('name'),
      title: t.exposeString('title'),
      description: t.exposeString('description'),
      version: t.exposeString('version'),
      parameters: t.field({ type: ['ParameterSpec'], resolve: ({ parameters }) => [...parameters] }),
      source: t.exposeString('source'),
    }),
  });
  addStrategyType(builder, enums);
  addStrategyResults(builder);
  builder.queryFields((t) => ({
    strategies: t.field({
      type: 'StrategyConnection',
      args: { first: t.arg.int(), after: t.arg.string(), asOf: t.arg({ type: asOf, description: AS_OF }) },
      resolve: async (_root, args, context) => {
        const { state } = await momentOf(args.asOf, context);
        return pageOf(strategiesOf(state), ({ config }) => config.id, pageRequest(args));
      },
    }),
    strategy: t.field({
      type: 'Strategy',
      nullable: true,
      args: { id: t.arg.id({ required: true }), asOf: t.arg({ type: asOf, description: AS_OF }) },
      resolve: async (_root, { id, asOf: place }, context) => (await momentOf(place, context)).state.strategies.get(id) ?? null,
    }),
    strategyTemplates: t.field({
      type: ['StrategyTemplate'],
      resolve: async (_root, _args, { strategies }) => [...(await strategies.templates())],
    }),
  }));
}
