import type { OrderPartsFragment } from '@tidemark/schema/documents';
import { csvOf } from '#lib/ui/table/csv.ts';

const COLUMNS: readonly { readonly name: string; readonly read: (order: OrderPartsFragment) => string | number | boolean | null }[] = [
  { name: 'id', read: (o) => o.id },
  { name: 'broker_order_id', read: (o) => o.brokerOrderId },
  { name: 'created_at', read: (o) => o.createdAt },
  { name: 'symbol', read: (o) => o.symbol },
  { name: 'side', read: (o) => o.side },
  { name: 'type', read: (o) => o.type },
  { name: 'time_in_force', read: (o) => o.timeInForce },
  { name: 'quantity', read: (o) => o.quantity },
  { name: 'filled_quantity', read: (o) => o.filledQuantity },
  { name: 'limit_price', read: (o) => o.limitPrice },
  { name: 'stop_price', read: (o) => o.stopPrice },
  { name: 'arrival_price', read: (o) => o.arrivalPrice },
  { name: 'average_price', read: (o) => o.averagePrice },
  { name: 'slippage_bps', read: (o) => o.slippageBps },
  { name: 'fees', read: (o) => o.fees },
  { name: 'state', read: (o) => o.state },
  { name: 'origin', read: (o) => o.origin },
  { name: 'strategy', read: (o) => o.strategyName },
  { name: 'reduce_only', read: (o) => o.reduceOnly },
  { name: 'reason', read: (o) => o.reason },
  { name: 'rejection', read: (o) => o.rejection },
  { name: 'denials', read: (o) => o.denials.map((one) => `${one.code} ${one.actual} of ${one.limit}`).join('; ') },
  { name: 'order_risk', read: (o) => o.orderRisk },
  { name: 'sent_at', read: (o) => o.sentAt },
  { name: 'acknowledged_at', read: (o) => o.acknowledgedAt },
  { name: 'closed_at', read: (o) => o.closedAt },
];

/** Orders as CSV with a header line; decimals as the exact text they have. */
export const ordersCsv = (orders: readonly OrderPartsFragment[]): string =>
  csvOf(
    COLUMNS.map((column) => column.name),
    orders.map((order) => COLUMNS.map((column) => column.read(order))),
  );
