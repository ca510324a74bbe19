import type { EngineState } from '../engine/state.ts';
import { riskContext } from '../engine/risk-context.ts';
import type { Builder } from '../graphql/builder.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { AS_OF, momentOf } from '../graphql/moment.ts';
import type { AsOfInput, Moment } from '../graphql/moment.ts';
import { nodeId } from '../graphql/node.ts';
import { UNITS_PER_ONE } from '../money/fixed.ts';
import type { Fixed, Money, Quantity, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { abs, notional } from '../money/money.ts';
import { TERMINAL_STATES } from '../orders/order.ts';
import type { Order, Side } from '../orders/order.ts';
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

export interface KillFlatten {
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: Quantity;
  readonly value: Money | undefined;
}
export interface KillPreview {
  readonly cancels: readonly Order[];
  readonly flattens: readonly KillFlatten[];
  readonly marketOpen: boolean;
  readonly note: string;
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

/** What engaging the kill switch would do now: exact orders and positions. */
export function killPreview(state: EngineState): KillPreview {
  const cancels = [...state.orders.values()].filter((order) => !TERMINAL_STATES.has(order.state));
  const flattens = [...state.positions.values()]
    .filter((position) => position.quantity !== 0n)
    .map((position): KillFlatten => {
      const mark = state.marks.get(position.symbol);
      const quantity = abs(position.quantity);
      return {
        symbol: position.symbol,
        side: position.quantity > 0n ? 'sell' : 'buy',
        quantity,
        value: mark === undefined ? undefined : notional(quantity, mark.price),
      };
    });
  const note = state.marketOpen
    ? 'The market is open: cancels and closing orders are sent at once.'
    : 'The market is closed: cancels are sent at once; closing orders are sent when it opens next, for what is held then.';
  return { cancels, flattens, marketOpen: state.marketOpen, note };
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
  builder.objectType('KillFlatten', {
    fields: (t) => ({
      symbol: t.exposeString('symbol'),
      side: t.expose('side', { type: enums.side }),
      quantity: t.expose('quantity', { type: 'Decimal' }),
      value: t.expose('value', { type: 'Decimal', nullable: true }),
    }),
  });
  builder.objectType('KillPreview', {
    description: 'What the kill switch would do now.',
    fields: (t) => ({
      cancels: t.field({ type: ['Order'], resolve: ({ cancels }) => [...cancels] }),
      flattens: t.field({ type: ['KillFlatten'], resolve: ({ flattens }) => [...flattens] }),
      marketOpen: t.exposeBoolean('marketOpen'),
      note: t.exposeString('note'),
    }),
  });
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
      openProposals: t.int({ description: 'Changes that wait for a second person.', resolve: ({ state }) => state.proposals.size }),
      breakers: t.field({ type: ['Breaker'], resolve: ({ state }) => breakerViews(state) }),
      killPreview: t.field({ type: 'KillPreview', resolve: ({ state }) => killPreview(state) }),
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
