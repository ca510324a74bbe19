import { batched } from '../graphql/batched.ts';
import type { Builder } from '../graphql/builder.ts';
import { badInput, pageOf, pageRequest } from '../graphql/connections.ts';
import type { Page, PageRequest } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import type { Enums } from '../graphql/enums.ts';
import { AS_OF, momentBehind, momentOf } from '../graphql/moment.ts';
import type { AsOfInput } from '../graphql/moment.ts';
import { nodeId } from '../graphql/node.ts';
import type { Instant } from '../money/instant.ts';
import type { RiskPreview } from '../risk/order-preview.ts';
import type { EngineState } from '../engine/state.ts';
import type { Fill, Order, OrderIntent } from './order.ts';
import { GROUP_STATES } from './service.ts';
import { slippageBps } from './slippage.ts';

/** A fill with the journal entry that booked it. */
export interface BookedFill extends Fill {
  readonly seq: number;
}

/** One step in the life of an order. */
export interface OrderMoment {
  readonly name: string;
  readonly at: Instant;
  readonly seq: number;
  readonly detail: string;
}

export interface MomentOfOrder extends OrderMoment {
  readonly orderId: string;
}

/** What the gate would say of an intent, without placing anything. */
export interface OrderPreview extends RiskPreview {
  readonly __typename: 'OrderPreview';
}

export const ORDER_GROUPS = ['working', 'filled', 'denied', 'rejected', 'canceled'] as const;
export type OrderGroup = (typeof ORDER_GROUPS)[number];

/** What the API reads of orders. */
export interface OrderReads {
  list(query: PageRequest & { readonly group: OrderGroup | undefined; readonly symbol: string | undefined }): Promise<Page<Order>>;
  byId(id: string): Promise<Order | undefined>;
  /** The order as it was first asked for: a market order before it became a marketable limit. */
  requestOf(id: string): Promise<OrderIntent | undefined>;
  /** The exits that hang on these orders. */
  legsOf(orderIds: readonly string[]): Promise<readonly Order[]>;
  /** The order that has taken the place of each. */
  successorsOf(orderIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  fillsOf(orderIds: readonly string[]): Promise<readonly BookedFill[]>;
  fillsOfSymbol(symbol: string): Promise<readonly BookedFill[]>;
  fillById(executionId: string): Promise<BookedFill | undefined>;
  momentsOf(orderIds: readonly string[]): Promise<readonly MomentOfOrder[]>;
}

const fillsOf = batched(async (ids, { orders }) => Map.groupBy(await orders.fillsOf(ids), ({ orderId }) => orderId));
const momentsOf = batched(async (ids, { orders }) => Map.groupBy(await orders.momentsOf(ids), ({ orderId }) => orderId));
const exitsOf = batched(async (ids, { orders }) => Map.groupBy(await orders.legsOf(ids), ({ intent }) => intent.leg?.parentId ?? ''));

const successorOf = batched(async (ids, { orders }) => await orders.successorsOf(ids));

/** The newest known state of an order: the engine's own where it still has it. */
export const findOrder = async (id: string, { session, orders }: Pick<Context, 'session' | 'orders'>): Promise<Order | undefined> =>
  session.state().orders.get(id) ?? (await orders.byId(id));

/** What of an order's records was written when the order was read. */
function known<T extends { readonly seq: number }>(records: readonly T[], order: Order, context: Context): T[] {
  const { seq, isPast } = momentBehind(order, context);
  return isPast ? records.filter((each) => each.seq <= seq) : [...records];
}

async function legsOf(order: Order, context: Context): Promise<readonly Order[]> {
  const { state, isPast } = momentBehind(order, context);
  if (isPast) return [...state.orders.values()].filter(({ intent }) => intent.leg?.parentId === order.id);
  return (await exitsOf(order.id, context)) ?? [];
}

/** The order that has taken this one's place; `undefined` while it stands in it. */
async function replacedBy(order: Order, context: Context): Promise<string | undefined> {
  if (order.state !== 'replaced') return undefined;
  const { state, isPast } = momentBehind(order, context);
  if (!isPast) return await successorOf(order.id, context);
  const came = [...state.orders.values()].filter(
    ({ intent, state: stands }) => intent.replaces === order.id && stands !== 'denied' && stands !== 'rejected',
  );
  return came.at(-1)?.id;
}

/** The orders that the engine knew then, newest first: those at work, and those that ended in that session or in the one before it. */
function ordersOf({ orders }: EngineState, group: OrderGroup | undefined, symbol: string | undefined): readonly Order[] {
  return [...orders.values()]
    .reverse()
    .filter(
      ({ state, intent }) => (group === undefined || GROUP_STATES[group].includes(state)) && (symbol ?? intent.symbol) === intent.symbol,
    );
}

const isGroup = (text: string): text is OrderGroup => ORDER_GROUPS.some((group) => group === text);

function addOrderParts(builder: Builder, enums: Enums): void {
  builder.objectType('Denial', {
    description: 'One violated control of the risk gate, with the figure that broke it.',
    fields: (t) => ({
      code: t.exposeString('code'),
      message: t.exposeString('message'),
      limit: t.exposeString('limit'),
      actual: t.exposeString('actual'),
      unit: t.exposeString('unit', { description: 'What limit and actual count: ratio, usd, count, ms, state, price or text.' }),
    }),
  });
  builder.objectType('OrderMoment', {
    fields: (t) => ({
      name: t.exposeString('name'),
      at: t.expose('at', { type: 'DateTime' }),
      seq: t.exposeInt('seq'),
      detail: t.exposeString('detail'),
    }),
  });
  builder.objectType('Fill', {
    description: 'One execution, booked once whatever the number of times the broker tells of it.',
    interfaces: ['Node'],
    fields: (t) => ({
      id: t.id({ resolve: (fill) => nodeId('Fill', fill.executionId) }),
      executionId: t.exposeString('executionId'),
      orderId: t.exposeID('orderId'),
      symbol: t.exposeString('symbol'),
      side: t.expose('side', { type: enums.side }),
      quantity: t.expose('quantity', { type: 'Decimal' }),
      price: t.expose('price', { type: 'Decimal' }),
      fee: t.expose('fee', { type: 'Decimal' }),
      filledAt: t.expose('filledAt', { type: 'DateTime' }),
      seq: t.exposeInt('seq', { description: 'The journal entry that booked it.' }),
    }),
  });
}

function addOrderType(builder: Builder, enums: Enums): void {
  builder.objectType('Order', {
    description: 'An order with its whole life. The id is also the client order id at the broker.',
    interfaces: ['Node'],
    fields: (t) => ({
      id: t.exposeID('id'),
      brokerOrderId: t.exposeString('brokerOrderId', { nullable: true }),
      symbol: t.string({ resolve: ({ intent }) => intent.symbol }),
      side: t.field({ type: enums.side, resolve: ({ intent }) => intent.side }),
      type: t.field({ type: enums.orderType, resolve: ({ intent }) => intent.type }),
      timeInForce: t.field({ type: enums.timeInForce, resolve: ({ intent }) => intent.timeInForce }),
      quantity: t.field({ type: 'Decimal', resolve: ({ intent }) => intent.quantity }),
      filledQuantity: t.expose('filledQuantity', { type: 'Decimal' }),
      limitPrice: t.field({ type: 'Decimal', nullable: true, resolve: ({ intent }) => intent.limitPrice }),
      stopPrice: t.field({ type: 'Decimal', nullable: true, resolve: ({ intent }) => intent.stopPrice }),
      averagePrice: t.expose('averagePrice', { type: 'Decimal', nullable: true }),
      arrivalPrice: t.expose('arrivalPrice', {
        type: 'Decimal',
        nullable: true,
        description: 'What the market showed when the order was wanted.',
      }),
      slippageBps: t.float({
        nullable: true,
        description: 'Signed against the arrival price, in basis points; positive is worse.',
        resolve: (order) => slippageBps(order),
      }),
      fees: t.expose('fees', { type: 'Decimal' }),
      state: t.expose('state', { type: enums.orderState }),
      reduceOnly: t.boolean({ resolve: ({ intent }) => intent.reduceOnly }),
      rejection: t.exposeString('rejection', { nullable: true, description: 'Why the broker refused.' }),
      riskDecisionId: t.string({ resolve: ({ decision }) => decision.id }),
      orderRisk: t.field({
        type: 'Decimal',
        description: 'What it could lose, as the gate saw it.',
        resolve: ({ decision }) => decision.orderRisk,
      }),
      orderRiskRatio: t.field({ type: 'Decimal', nullable: true, resolve: ({ decision }) => decision.orderRiskRatio }),
      denials: t.field({ type: ['Denial'], resolve: ({ decision }) => [...decision.denials] }),
    }),
  });
  addOrderFamily(builder, enums);
  addOrderLife(builder);
}

/** What hangs on an order, and what it hangs on. */
function addOrderFamily(builder: Builder, enums: Enums): void {
  builder.objectFields('Order', (t) => ({
    orderClass: t.field({ type: enums.orderClass, resolve: ({ intent }) => intent.orderClass ?? 'simple' }),
    trail: t.field({ type: 'Decimal', nullable: true, resolve: ({ intent }) => intent.trail }),
    trailRatio: t.field({ type: 'Decimal', nullable: true, resolve: ({ intent }) => intent.trailRatio }),
    takeProfitPrice: t.field({ type: 'Decimal', nullable: true, resolve: ({ intent }) => intent.takeProfit?.limitPrice }),
    stopLossPrice: t.field({ type: 'Decimal', nullable: true, resolve: ({ intent }) => intent.stopLoss?.stopPrice }),
    stopLossLimit: t.field({ type: 'Decimal', nullable: true, resolve: ({ intent }) => intent.stopLoss?.limitPrice }),
    extendedHours: t.boolean({ resolve: ({ intent }) => intent.extendedHours ?? false }),
    replaces: t.id({ nullable: true, description: 'The order whose place it took.', resolve: ({ intent }) => intent.replaces }),
    replacedBy: t.id({
      nullable: true,
      description: 'The order that has taken its place; null while it stands in it.',
      resolve: (order, _args, context) => replacedBy(order, context),
    }),
    parentId: t.id({ nullable: true, description: 'The order whose exit it is.', resolve: ({ intent }) => intent.leg?.parentId }),
    legRole: t.string({ nullable: true, description: 'take_profit or stop_loss.', resolve: ({ intent }) => intent.leg?.role }),
    legs: t.field({
      type: ['Order'],
      description: 'The exits that hang on it.',
      resolve: async (order, _args, context) => [...(await legsOf(order, context))],
    }),
  }));
}

function addOrderLife(builder: Builder): void {
  builder.objectFields('Order', (t) => ({
    origin: t.string({ description: 'strategy, ticket or flatten.', resolve: ({ intent }) => intent.origin.kind }),
    strategyName: t.string({
      nullable: true,
      resolve: (order, _args, context) => {
        const { origin } = order.intent;
        return origin.kind === 'strategy' ? momentBehind(order, context).state.strategies.get(origin.strategyId)?.config.name : undefined;
      },
    }),
    reason: t.string({ resolve: ({ intent }) => intent.reason }),
    createdAt: t.field({ type: 'DateTime', resolve: ({ intent }) => intent.createdAt }),
    sentAt: t.expose('sentAt', { type: 'DateTime', nullable: true }),
    acknowledgedAt: t.expose('acknowledgedAt', { type: 'DateTime', nullable: true }),
    closedAt: t.expose('closedAt', { type: 'DateTime', nullable: true }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime' }),
    fills: t.field({
      type: ['Fill'],
      resolve: async (order, _args, context) => known((await fillsOf(order.id, context)) ?? [], order, context),
    }),
    life: t.field({
      type: ['OrderMoment'],
      description: 'Every journal entry of this order, oldest first.',
      resolve: async (order, _args, context) => known((await momentsOf(order.id, context)) ?? [], order, context),
    }),
  }));
}

export function addOrders(builder: Builder, enums: Enums, asOf: AsOfInput): void {
  addOrderParts(builder, enums);
  addOrderType(builder, enums);
  const filter = builder.inputType('OrderFilter', {
    fields: (t) => ({
      group: t.string({ description: 'working, filled, denied, rejected, canceled; all where absent.' }),
      symbol: t.string(),
    }),
  });
  builder.queryFields((t) => ({
    orders: t.field({
      type: 'OrderConnection',
      description: 'Newest first. In the past: the orders at work then, and those that had ended in that session or in the one before it.',
      args: {
        first: t.arg.int(),
        after: t.arg.string(),
        filter: t.arg({ type: filter }),
        asOf: t.arg({ type: asOf, description: AS_OF }),
      },
      resolve: async (_root, args, context) => {
        const group = args.filter?.group ?? undefined;
        if (group !== undefined && !isGroup(group)) throw badInput(`group must be one of ${ORDER_GROUPS.join(', ')}`);
        const symbol = args.filter?.symbol ?? undefined;
        const { state, isPast } = await momentOf(args.asOf, context);
        if (isPast) return pageOf(ordersOf(state, group, symbol), ({ id }) => id, pageRequest(args));
        return await context.orders.list({ ...pageRequest(args), group, symbol });
      },
    }),
    order: t.field({
      type: 'Order',
      nullable: true,
      args: { id: t.arg.id({ required: true }), asOf: t.arg({ type: asOf, description: AS_OF }) },
      resolve: async (_root, { id, asOf: place }, context) => {
        const { state, isPast } = await momentOf(place, context);
        return (isPast ? state.orders.get(id) : await findOrder(id, context)) ?? null;
      },
    }),
  }));
}
