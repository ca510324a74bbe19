import type { OrderPartsFragment } from '@tidemark/schema/documents';

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

const FORMULA = /^[=+\-@\t\r]/;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** One field of RFC 4180. Text that a spreadsheet would run as a formula is given a leading apostrophe. */
export function csvField(value: string | number | boolean | null): string {
  if (value === null) return '';
  const text = String(value);
  const safe = FORMULA.test(text) && !NUMBER.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Orders as CSV with a header line; decimals as the exact text they have. */
export function ordersCsv(orders: readonly OrderPartsFragment[]): string {
  const lines = orders.map((order) => COLUMNS.map((column) => csvField(column.read(order))).join(','));
  return `${[COLUMNS.map((column) => column.name).join(','), ...lines].join('\r\n')}\r\n`;
}

export function download(name: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
