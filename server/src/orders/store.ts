import type { Kysely, Transaction } from 'kysely';
import type { OrderState, Undone } from './order.ts';
import type { FillRow, OrderMomentRow, OrderRequestRow, OrderRow, OrderTables, RiskDecisionRow } from './rows.ts';

/** Statements take at most 65,535 parameters. */
const ROWS = 500;

function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += ROWS) yield rows.slice(start, start + ROWS);
}

export async function insertDecisions(trx: Transaction<OrderTables>, rows: readonly RiskDecisionRow[]): Promise<void> {
  for (const some of chunks(rows)) {
    await trx
      .insertInto('risk_decisions')
      .values(some)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
}

/** One row an order; an order that is known keeps the entry that made it. */
export async function upsertOrders(trx: Transaction<OrderTables>, rows: readonly OrderRow[]): Promise<void> {
  for (const some of chunks(rows)) {
    await trx
      .insertInto('orders')
      .values(some)
      .onConflict((conflict) =>
        conflict.column('id').doUpdateSet((eb) => ({
          symbol: eb.ref('excluded.symbol'),
          side: eb.ref('excluded.side'),
          quantity: eb.ref('excluded.quantity'),
          reduce_only: eb.ref('excluded.reduce_only'),
          origin_kind: eb.ref('excluded.origin_kind'),
          origin_by: eb.ref('excluded.origin_by'),
          origin_version: eb.ref('excluded.origin_version'),
          created_at: eb.ref('excluded.created_at'),
          type: eb.ref('excluded.type'),
          time_in_force: eb.ref('excluded.time_in_force'),
          limit_price: eb.ref('excluded.limit_price'),
          stop_price: eb.ref('excluded.stop_price'),
          protective_stop: eb.ref('excluded.protective_stop'),
          trail: eb.ref('excluded.trail'),
          trail_ratio: eb.ref('excluded.trail_ratio'),
          order_class: eb.ref('excluded.order_class'),
          take_profit_price: eb.ref('excluded.take_profit_price'),
          stop_loss_price: eb.ref('excluded.stop_loss_price'),
          stop_loss_limit: eb.ref('excluded.stop_loss_limit'),
          extended_hours: eb.ref('excluded.extended_hours'),
          replaces: eb.ref('excluded.replaces'),
          parent_id: eb.ref('excluded.parent_id'),
          leg_role: eb.ref('excluded.leg_role'),
          protects: eb.ref('excluded.protects'),
          reason: eb.ref('excluded.reason'),
          risk_decision_id: eb.ref('excluded.risk_decision_id'),
          state: eb.ref('excluded.state'),
          broker_order_id: eb.ref('excluded.broker_order_id'),
          filled_quantity: eb.ref('excluded.filled_quantity'),
          undone_quantity: eb.ref('excluded.undone_quantity'),
          carried_quantity: eb.ref('excluded.carried_quantity'),
          average_price: eb.ref('excluded.average_price'),
          fees: eb.ref('excluded.fees'),
          arrival_price: eb.ref('excluded.arrival_price'),
          rejection: eb.ref('excluded.rejection'),
          sent_at: eb.ref('excluded.sent_at'),
          acknowledged_at: eb.ref('excluded.acknowledged_at'),
          closed_at: eb.ref('excluded.closed_at'),
          updated_at: eb.ref('excluded.updated_at'),
          seq: eb.ref('excluded.seq'),
        })),
      )
      .execute();
  }
}

/** An execution that is known stays as it was first booked. */
export async function insertFills(trx: Transaction<OrderTables>, rows: readonly FillRow[]): Promise<void> {
  for (const some of chunks(rows)) {
    await trx
      .insertInto('fills')
      .values(some)
      .onConflict((conflict) => conflict.column('execution_id').doNothing())
      .execute();
  }
}

/** Executions that no longer count. */
export async function undoFill(trx: Transaction<OrderTables>, executionId: string, undone: Undone): Promise<void> {
  await trx.updateTable('fills').set({ undone }).where('execution_id', '=', executionId).execute();
}

export async function insertMoments(trx: Transaction<OrderTables>, rows: readonly OrderMomentRow[]): Promise<void> {
  for (const some of chunks(rows)) await trx.insertInto('order_moments').values(some).execute();
}

export async function insertRequests(trx: Transaction<OrderTables>, rows: readonly OrderRequestRow[]): Promise<void> {
  for (const some of chunks(rows)) {
    await trx
      .insertInto('order_requests')
      .values(some)
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
}

export async function deleteOrders(trx: Transaction<OrderTables>): Promise<void> {
  await trx.deleteFrom('orders').execute();
  await trx.deleteFrom('risk_decisions').execute();
  await trx.deleteFrom('fills').execute();
  await trx.deleteFrom('order_moments').execute();
  await trx.deleteFrom('order_requests').execute();
}

const DECISION_COLUMNS = [
  'intent_id',
  'verdict',
  'denials',
  'order_risk',
  'order_risk_ratio',
  'equity',
  'reference_price',
  'fields_hash',
  'decided_at',
] as const;

const joined = (db: Kysely<OrderTables>) =>
  db
    .selectFrom('orders')
    .innerJoin('risk_decisions', 'risk_decisions.id', 'orders.risk_decision_id')
    .selectAll('orders')
    .select(DECISION_COLUMNS.map((column) => `risk_decisions.${column}` as const));

export type JoinedOrderRow = OrderRow & Omit<RiskDecisionRow, 'id'>;

export interface OrderQuery {
  readonly states: readonly OrderState[] | undefined;
  readonly symbol: string | undefined;
  /** Orders made before this entry. */
  readonly before: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function selectOrders(
  db: Kysely<OrderTables>,
  { states, symbol, before, limit }: OrderQuery,
): Promise<readonly JoinedOrderRow[]> {
  let query = joined(db).orderBy('orders.first_seq', 'desc').orderBy('orders.id').limit(limit);
  if (states !== undefined) query = query.where('orders.state', 'in', states);
  if (symbol !== undefined) query = query.where('orders.symbol', '=', symbol);
  if (before !== undefined) query = query.where('orders.first_seq', '<', before);
  return await query.execute();
}

export async function countOrders(
  db: Kysely<OrderTables>,
  states: readonly OrderState[] | undefined,
  symbol: string | undefined,
): Promise<number> {
  let query = db.selectFrom('orders').select((eb) => eb.fn.countAll<number>().as('count'));
  if (states !== undefined) query = query.where('state', 'in', states);
  if (symbol !== undefined) query = query.where('symbol', '=', symbol);
  return (await query.executeTakeFirstOrThrow()).count;
}

export const selectOrder = async (db: Kysely<OrderTables>, id: string): Promise<JoinedOrderRow | undefined> =>
  await joined(db).where('orders.id', '=', id).executeTakeFirst();

export const selectFirstSeqs = async (
  db: Kysely<OrderTables>,
  ids: readonly string[],
): Promise<readonly Pick<OrderRow, 'id' | 'first_seq'>[]> =>
  ids.length === 0 ? [] : await db.selectFrom('orders').select(['id', 'first_seq']).where('id', 'in', ids).execute();

export const selectRequest = async (db: Kysely<OrderTables>, id: string): Promise<OrderRequestRow | undefined> =>
  await db.selectFrom('order_requests').selectAll().where('id', '=', id).executeTakeFirst();

export const selectFillsOf = async (db: Kysely<OrderTables>, orderIds: readonly string[]): Promise<readonly FillRow[]> =>
  orderIds.length === 0 ? [] : await db.selectFrom('fills').selectAll().where('order_id', 'in', orderIds).orderBy('seq').execute();

export const selectFillsOfSymbol = async (db: Kysely<OrderTables>, symbol: string): Promise<readonly FillRow[]> =>
  await db.selectFrom('fills').selectAll().where('symbol', '=', symbol).orderBy('seq').execute();

/** The legs of these orders, oldest first. */
export const selectLegs = async (db: Kysely<OrderTables>, parentIds: readonly string[]): Promise<readonly JoinedOrderRow[]> =>
  parentIds.length === 0
    ? []
    : await joined(db).where('orders.parent_id', 'in', parentIds).orderBy('orders.first_seq').orderBy('orders.id').execute();

/** Orders that were to take the place of these, oldest first. The symbol is asked for because it has an index. */
export const selectSuccessors = async (
  db: Kysely<OrderTables>,
  orderIds: readonly string[],
): Promise<readonly Pick<OrderRow, 'id' | 'replaces' | 'state'>[]> =>
  orderIds.length === 0
    ? []
    : await db
        .selectFrom('orders')
        .select(['id', 'replaces', 'state'])
        .where('symbol', 'in', db.selectFrom('orders').select('symbol').where('id', 'in', orderIds))
        .where('replaces', 'in', orderIds)
        .orderBy('first_seq')
        .execute();

export const selectFill = async (db: Kysely<OrderTables>, executionId: string): Promise<FillRow | undefined> =>
  await db.selectFrom('fills').selectAll().where('execution_id', '=', executionId).executeTakeFirst();

export const selectMoments = async (db: Kysely<OrderTables>, orderIds: readonly string[]): Promise<readonly OrderMomentRow[]> =>
  orderIds.length === 0 ? [] : await db.selectFrom('order_moments').selectAll().where('order_id', 'in', orderIds).orderBy('seq').execute();
