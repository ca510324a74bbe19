import type { EngineState } from '../engine/state.ts';
import { accountKillPreview } from '../engine/kill-preview.ts';
import { waitingRecommendations } from '../engine/recommending.ts';
import { riskContext } from '../engine/risk-context.ts';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { AS_OF, momentOf } from '../graphql/moment.ts';
import type { AsOfInput, Moment } from '../graphql/moment.ts';
import { nodeId } from '../graphql/node.ts';
import { UNITS_PER_ONE } from '../money/fixed.ts';
import type { Fixed, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { BreakerFigures } from './breakers.ts';
import { breakerFigures } from './breaker-figures.ts';
import type { BreakerFigure } from './breaker-figures.ts';
import { limitUse } from './limit-use.ts';
import type { LimitUse } from './limit-use.ts';
import { LIMIT_DEFINITIONS } from './limits.ts';
import type { LimitDefinition, LimitName } from './limits.ts';

/** A limit with its value and what of it is used now. */
export interface LimitView {
  readonly definition: LimitDefinition;
  readonly value: Fixed;
  readonly use: LimitUse | undefined;
  readonly changed: Change | undefined;
}

/** Who changed something, and when. */
export interface Change {
  readonly by: string;
  readonly at: Instant;
}

export interface BreakerView extends BreakerFigure {
  readonly trippedAt: Instant | undefined;
}

export interface Controls {
  readonly state: EngineState;
}

/** What the API reads of past changes. */
export interface LimitReads {
  /** Of each limit of the account that was ever changed; with `upTo`, as it stood after that entry of the journal. */
  lastChanges(upTo?: number): Promise<ReadonlyMap<LimitName, Change>>;
}

/** Counts and milliseconds travel as exact decimals too. */
const decimalOf = (value: bigint | number): Fixed => (typeof value === 'bigint' ? value : BigInt(value) * UNITS_PER_ONE) as Ratio;

const decimalText = (text: string): Fixed => {
  const [whole = '0', fraction = ''] = text.split('.');
  return (BigInt(whole) * UNITS_PER_ONE + BigInt(fraction.padEnd(9, '0'))) as Ratio;
};

const figuresOf = ({ equity }: EngineState): BreakerFigures => ({
  equity: equity?.equity,
  sessionStartEquity: equity?.sessionStartEquity,
  highWaterMark: equity?.highWaterMark,
});

/** Every limit now, in the order of the definitions. */
export const limitViews = (context: Pick<Context, 'session' | 'journal' | 'past' | 'limits'>): Promise<LimitView[]> =>
  momentOf(undefined, context).then((moment) => limitViewsAt(moment, context));

async function limitViewsAt({ state, seq, isPast }: Moment, { limits }: Pick<Context, 'limits'>): Promise<LimitView[]> {
  const uses = Map.groupBy(limitUse(riskContext(state), figuresOf(state)), (use) => use.name);
  const changes = await limits.lastChanges(isPast ? seq : undefined);
  return LIMIT_DEFINITIONS.map((definition) => ({
    definition,
    value: decimalOf(state.limits[definition.name]),
    use: uses.get(definition.name)?.toSorted((left, right) => (right.use ?? 0) - (left.use ?? 0))[0],
    changed: changes.get(definition.name),
  }));
}

function breakerViews(state: EngineState): BreakerView[] {
  return breakerFigures(figuresOf(state), state.limits).map((figure) => ({
    ...figure,
    trippedAt: [...state.alerts.values()].find((alert) => alert.code === figure.code)?.raisedAt,
  }));
}

function addLimitType(builder: Builder): void {
  builder.objectType('Limit', {
    description: 'One number that the risk gate or a breaker keeps to.',
    interfaces: ['Node'],
    fields: (t) => ({
      id: t.id({ resolve: ({ definition }) => nodeId('Limit', definition.name) }),
      name: t.string({ description: 'As in the docs and in `setLimit`: orderRiskRatioMax.', resolve: ({ definition }) => definition.name }),
      code: t.string({ description: 'Code of the denial or breaker it belongs to.', resolve: ({ definition }) => definition.code }),
      title: t.string({ resolve: ({ definition }) => definition.title }),
      description: t.string({ resolve: ({ definition }) => definition.description }),
      looser: t.string({
        description: 'higher or lower: the direction that takes a second person.',
        resolve: ({ definition }) => definition.looser,
      }),
      unit: t.string({ description: 'ratio, usd, count or ms.', resolve: ({ definition }) => definition.unit }),
      value: t.expose('value', { type: 'Decimal' }),
      default: t.field({ type: 'Decimal', resolve: ({ definition }) => decimalText(definition.default) }),
      ceiling: t.field({
        type: 'Decimal',
        nullable: true,
        description: 'Compiled in: nobody can go beyond it.',
        resolve: ({ definition }) => (definition.ceiling === undefined ? undefined : decimalText(definition.ceiling)),
      }),
      actual: t.field({
        type: 'Decimal',
        nullable: true,
        description: 'The figure now, where there is one.',
        resolve: ({ use }) => (use?.actual === undefined ? undefined : decimalOf(use.actual)),
      }),
      use: t.float({ nullable: true, description: 'The fraction of the limit in use.', resolve: ({ use }) => use?.use }),
      subject: t.string({ nullable: true, description: 'What the figure belongs to: a symbol, say.', resolve: ({ use }) => use?.subject }),
      changedBy: t.string({ nullable: true, resolve: ({ changed }) => changed?.by }),
      changedAt: t.field({ type: 'DateTime', nullable: true, resolve: ({ changed }) => changed?.at }),
    }),
  });
}

/** Nobody has changed the trading state yet: it stands since before the first event. */
const isAsAtFirst = ({ tradingStateAt }: EngineState): boolean => tradingStateAt === 0;

function addKillPreview(builder: Builder, enums: Enums): void {
  builder.objectType('KillFlatten', {
    description: 'The order that would close a position, exactly as it would be sent.',
    fields: (t) => ({
      symbol: t.string({ resolve: ({ intent }) => intent.symbol }),
      side: t.field({ type: enums.side, resolve: ({ intent }) => intent.side }),
      quantity: t.field({ type: 'Decimal', resolve: ({ intent }) => intent.quantity }),
      type: t.field({ type: enums.orderType, resolve: ({ intent }) => intent.type }),
      timeInForce: t.field({ type: enums.timeInForce, resolve: ({ intent }) => intent.timeInForce }),
      reference: t.expose('reference', { type: 'Decimal', nullable: true, description: 'The newest price.' }),
      value: t.expose('value', { type: 'Decimal', nullable: true }),
      collarPrice: t.expose('collarPrice', {
        type: 'Decimal',
        nullable: true,
        description: 'A way out is a market order and has no limit; a limit in its place could not be worse than this.',
      }),
      after: t.exposeInt('after', { description: 'Open orders of the symbol that must have ended before.' }),
      problems: t.stringList({ description: 'Why it would not be sent.', resolve: ({ problems }) => [...problems] }),
    }),
  });
  builder.objectType('KillPreview', {
    description: 'What the kill switch would do now.',
    fields: (t) => ({
      cancels: t.field({ type: ['Order'], resolve: ({ cancels }) => [...cancels] }),
      kept: t.field({
        type: ['Order'],
        description: 'Exits that stay where a strategy is frozen, and are cancelled where it is flattened.',
        resolve: ({ kept }) => [...kept],
      }),
      flattens: t.field({ type: ['KillFlatten'], resolve: ({ flattens }) => [...flattens] }),
      marketOpen: t.exposeBoolean('marketOpen'),
      sentAt: t.expose('sentAt', {
        type: 'DateTime',
        nullable: true,
        description: 'When closing orders would be sent, where the market is closed: its next open.',
      }),
      note: t.exposeString('note'),
    }),
  });
}

function addControlTypes(builder: Builder, enums: Enums): void {
  builder.objectType('Breaker', {
    description: 'Watches the account and moves the trading state by itself.',
    fields: (t) => ({
      code: t.exposeString('code'),
      title: t.exposeString('title'),
      state: t.exposeString('state', { description: 'armed or tripped.' }),
      actual: t.expose('actual', { type: 'Decimal', nullable: true, description: 'As a fraction; a loss is positive.' }),
      thresholds: t.stringList({ resolve: ({ thresholds }) => [...thresholds] }),
      trippedAt: t.expose('trippedAt', { type: 'DateTime', nullable: true }),
    }),
  });
  addKillPreview(builder, enums);
  builder.objectType('Controls', {
    fields: (t) => ({
      tradingState: t.field({ type: enums.tradingState, resolve: ({ state }) => state.tradingState }),
      because: t.string({ resolve: ({ state }) => state.tradingStateBecause }),
      changedBy: t.string({ nullable: true, resolve: ({ state }) => (isAsAtFirst(state) ? undefined : state.tradingStateBy) }),
      changedAt: t.field({
        type: 'DateTime',
        nullable: true,
        resolve: ({ state }) => (isAsAtFirst(state) ? undefined : state.tradingStateAt),
      }),
      waitingRecommendations: t.int({
        description: 'Orders of strategies that wait for a person.',
        resolve: ({ state }) => waitingRecommendations(state).length,
      }),
      openProposals: t.int({ description: 'Changes that wait for a second person.', resolve: ({ state }) => state.proposals.size }),
      breakers: t.field({ type: ['Breaker'], resolve: ({ state }) => breakerViews(state) }),
      killPreview: t.field({ type: 'KillPreview', resolve: ({ state }) => accountKillPreview(state) }),
      restrictions: t.field({ type: 'Restrictions', resolve: ({ state }) => state.restrictions }),
    }),
  });
}

export function addRisk(builder: Builder, enums: Enums, asOf: AsOfInput): void {
  addLimitType(builder);
  addControlTypes(builder, enums);
  builder.queryFields((t) => ({
    limits: t.field({
      type: ['Limit'],
      args: { asOf: t.arg({ type: asOf, description: AS_OF }) },
      resolve: async (_root, args, context) => await limitViewsAt(await momentOf(args.asOf, context), context),
    }),
    controls: t.field({
      type: 'Controls',
      args: { asOf: t.arg({ type: asOf, description: AS_OF }) },
      resolve: async (_root, args, context) => await momentOf(args.asOf, context),
    }),
  }));
}
