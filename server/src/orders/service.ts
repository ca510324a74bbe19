import type { Kysely, Transaction } from 'kysely';
import type { Instant } from '../money/instant.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Fill, Order, OrderIntent, OrderState, Undone } from './order.ts';
import { ORDER_STATES, TERMINAL_STATES } from './order.ts';
import { numberCursor, pageOfRows } from './page.ts';
import type { Page, PageQuery } from './page.ts';
import { decisionRow, fillOf, fillRow, intentOf, orderOf, orderRow, requestRow } from './rows.ts';
import type { BookedFill, OrderTables } from './rows.ts';
import { firstOfEach } from './first-of-each.ts';
import * as store from './store.ts';
import type { JoinedOrderRow } from './store.ts';

export type { BookedFill, OrderTables } from './rows.ts';

/** One step in the life of an order: a journal entry that names it. */
export interface OrderMoment {
  /** The order's state after a change (`approved`), `fill`, or the kind of the event or action (`OrderAcknowledged`). */
  readonly name: string;
  readonly at: Instant;
  readonly seq: number;
  readonly detail: string;
}

export type OrderGroup = 'working' | 'filled' | 'denied' | 'rejected' | 'canceled';

/** The states that each group of a list holds. */
export const GROUP_STATES: Record<OrderGroup, readonly OrderState[]> = {
  working: ORDER_STATES.filter((state) => !TERMINAL_STATES.has(state)),
  filled: ['filled'],
  denied: ['denied'],
  rejected: ['rejected'],
  canceled: ['canceled', 'expired', 'replaced'],
};

export interface OrderListQuery extends PageQuery {
  readonly group?: OrderGroup | undefined;
  readonly symbol?: string | undefined;
}

const fromJoined = (row: JoinedOrderRow): Order => orderOf(row, { ...row, id: row.risk_decision_id });

/** Newest first. Throws `CursorError`. */
export async function listOrders(db: Kysely<OrderTables>, { first, after, group, symbol }: OrderListQuery): Promise<Page<Order>> {
  const states = group === undefined ? undefined : GROUP_STATES[group];
  const rows = await store.selectOrders(db, { states, symbol, before: numberCursor(after), limit: first + 1 });
  const page = pageOfRows(rows, first, (row) => String(row.first_seq), fromJoined);
  return { ...page, countAll: () => store.countOrders(db, states, symbol) };
}

export async function orderById(db: Kysely<OrderTables>, id: string): Promise<Order | undefined> {
  const row = await store.selectOrder(db, id);
  return row === undefined ? undefined : fromJoined(row);
}

/** The exits that hang on these orders, oldest first. */
export const legsOf = async (db: Kysely<OrderTables>, parentIds: readonly string[]): Promise<readonly Order[]> =>
  (await store.selectLegs(db, parentIds)).map(fromJoined);

/** Which order has taken the place of each of these, by the id of the replaced one: the last that came to life. */
export async function successorsOf(db: Kysely<OrderTables>, orderIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const came = (await store.selectSuccessors(db, orderIds)).filter(({ state }) => state !== 'denied' && state !== 'rejected');
  return new Map(came.flatMap(({ id, replaces }) => (replaces === null ? [] : [[replaces, id]])));
}

/** The order as it was first asked for by ticket; `undefined` for orders that were never requested. */
export async function requestOf(db: Kysely<OrderTables>, id: string): Promise<OrderIntent | undefined> {
  const row = await store.selectRequest(db, id);
  return row === undefined ? undefined : intentOf(row);
}

/** Fills of these orders, oldest first. */
export const fillsOf = async (db: Kysely<OrderTables>, orderIds: readonly string[]): Promise<readonly BookedFill[]> =>
  (await store.selectFillsOf(db, orderIds)).map(fillOf);

export const fillsBySymbol = async (db: Kysely<OrderTables>, symbol: string): Promise<readonly BookedFill[]> =>
  (await store.selectFillsOfSymbol(db, symbol)).map(fillOf);

export async function fillById(db: Kysely<OrderTables>, executionId: string): Promise<BookedFill | undefined> {
  const row = await store.selectFill(db, executionId);
  return row === undefined ? undefined : fillOf(row);
}

/** A step with the order whose it is. */
export interface MomentOfOrder extends OrderMoment {
  readonly orderId: string;
}

/** Every journal entry of these orders, oldest first. */
export const momentsOf = async (db: Kysely<OrderTables>, orderIds: readonly string[]): Promise<readonly MomentOfOrder[]> =>
  (await store.selectMoments(db, orderIds)).map(({ order_id: orderId, name, at, seq, detail }) => ({
    orderId,
    name,
    at: instantFromMs(at.getTime()),
    seq,
    detail,
  }));

/** What a stretch of the journal says of orders, in journal order. */
export interface OrderChanges {
  readonly orders: readonly { readonly order: Order; readonly seq: number }[];
  readonly fills: readonly { readonly fill: Fill; readonly strategyId: string | undefined; readonly late: boolean; readonly seq: number }[];
  readonly undone: readonly { readonly executionId: string; readonly undone: Undone }[];
  readonly moments: readonly MomentOfOrder[];
  readonly requests: readonly { readonly intent: OrderIntent; readonly seq: number }[];
}

/** Brings the tables up to date with the changes. */
export async function projectOrders(
  trx: Transaction<OrderTables>,
  { orders, fills, undone, moments, requests }: OrderChanges,
): Promise<void> {
  await store.insertDecisions(
    trx,
    firstOfEach(orders, ({ order }) => order.decision.id).map(({ order }) => decisionRow(order.decision)),
  );
  const firstSeqs = new Map(firstOfEach(orders, ({ order }) => order.id).map(({ order, seq }) => [order.id, seq]));
  const newest = new Map(orders.map(({ order, seq }) => [order.id, orderRow(order, firstSeqs.get(order.id) ?? seq, seq)]));
  await store.upsertOrders(trx, [...newest.values()]);
  const booked = firstOfEach(fills, ({ fill }) => fill.executionId);
  await store.insertFills(
    trx,
    booked.map(({ fill, strategyId, late, seq }) => fillRow(fill, strategyId, late, seq)),
  );
  for (const fill of undone) await store.undoFill(trx, fill.executionId, fill.undone);
  await store.insertMoments(
    trx,
    moments.map(({ orderId, at, ...moment }) => ({ ...moment, order_id: orderId, at: new Date(at) })),
  );
  const requested = firstOfEach(requests, ({ intent }) => intent.id);
  await store.insertRequests(
    trx,
    requested.map(({ intent, seq }) => requestRow(intent, seq)),
  );
}

/** Empties the tables before they are built anew. */
export const clearOrders = store.deleteOrders;
