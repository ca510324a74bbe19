import type { Money, Quantity } from '../../../money/fixed.ts';
import type { Instant } from '../../../money/instant.ts';
import { abs, add } from '../../../money/money.ts';
import type { BrokerActivity, BrokerAmendment, OptionEnd } from '../../broker.ts';
import { conversionsOf, CONVERSIONS } from './conversion-rows.ts';
import type { GroupedRow } from './conversion-rows.ts';
import { BrokerMessageError, fieldsOf, isAbsent, moneyOf, pick, priceOf, quantityOf, side, text, textOrUnknown, time } from './parse.ts';
import type { Fields } from './parse.ts';

type Base = Pick<BrokerActivity, 'id' | 'at' | 'date' | 'words'>;
type CashKind = Extract<BrokerActivity['kind'], 'dividend' | 'interest' | 'fee' | 'transfer' | 'other-cash'>;

/** The broker's types of activity that move cash alone; of dividends and interest by how they begin. */
const CASH_KINDS: readonly (readonly [type: RegExp, kind: CashKind])[] = [
  [/^DIV/, 'dividend'],
  [/^INT/, 'interest'],
  [/^(?:FEE|PTC|CFEE)$/, 'fee'],
  [/^(?:CSD|CSW|JNLC|JNL|TRANS|ACATC)$/, 'transfer'],
];

const OPTION_ENDS: Readonly<Record<string, OptionEnd>> = { OPEXP: 'expired', OPEXC: 'exercised', OPASN: 'assigned' };

const DATE = /^\d{4}-\d{2}-\d{2}/;

/** A New York date; a row that has none belongs to the day on which it was written. */
function dateOf(fields: Fields): string {
  const value = pick(fields, 'date');
  const found = typeof value === 'string' ? DATE.exec(value)?.[0] : undefined;
  if (found !== undefined) return found;
  const written = time(pick(fields, 'created_at') ?? pick(fields, 'at'), 'created_at');
  return Temporal.Instant.fromEpochMilliseconds(written).toZonedDateTimeISO('America/New_York').toPlainDate().toString();
}

/** When the row was written; where the broker does not say it, the beginning of its day. */
function writtenAt(fields: Fields, date: string): Instant {
  const written = pick(fields, 'created_at');
  if (!isAbsent(written)) return time(written, 'created_at');
  return Temporal.PlainDate.from(date).toZonedDateTime('America/New_York').epochMilliseconds as Instant;
}

function wordsOf(fields: Fields): string {
  const description = pick(fields, 'description');
  const said = typeof description === 'string' && description !== '' ? `: ${description.slice(0, 200)}` : '';
  return `${text(fields, 'activity_type')}${said}`;
}

const optional = <T extends bigint>(fields: Fields, name: string, read: (fields: Fields, name: string) => T): T =>
  isAbsent(pick(fields, name)) ? (0n as T) : read(fields, name);

/**
 * Shares of an exercise or an assignment. What a share cost follows from the amount: the row's own price is the market's. Its id may be that of the row which ends the
 * contracts, so that it gets one of its own.
 */
function deliveryOf(base: Base, fields: Fields, quantity: Quantity, amount: Money): BrokerActivity {
  if (amount === 0n || amount < 0n === quantity < 0n)
    throw new BrokerMessageError('net_amount', pick(fields, 'net_amount'), 'what shares cost, below zero where they are bought');
  return { ...base, id: `${base.id}:OPTRD`, kind: 'option-delivery', symbol: text(fields, 'symbol'), quantity, amount };
}

/** One row of the list of activities that is no trade; `undefined` for one that did not come about. */
export function parseActivity(value: unknown): BrokerActivity | undefined {
  const fields = fieldsOf(value, 'activity');
  const type = text(fields, 'activity_type');
  const status = pick(fields, 'status');
  if (status === 'canceled' || status === 'pending') return undefined;
  const date = dateOf(fields);
  const base: Base = { id: text(fields, 'id'), at: writtenAt(fields, date), date, words: wordsOf(fields) };
  const amount: Money = optional(fields, 'net_amount', moneyOf);
  const quantity: Quantity = optional(fields, 'qty', quantityOf);
  const symbol = pick(fields, 'symbol');
  const named = typeof symbol === 'string' && symbol !== '' ? symbol : undefined;
  if (type === 'SPLIT') return { ...base, kind: 'split', symbol: text(fields, 'symbol'), quantity, amount };
  const end = OPTION_ENDS[type];
  if (end !== undefined && quantity !== 0n) return { ...base, kind: 'option-end', end, symbol: text(fields, 'symbol'), quantity, amount };
  if (type === 'OPTRD' && quantity !== 0n) return deliveryOf(base, fields, quantity, amount);
  const kind = CASH_KINDS.find(([pattern]) => pattern.test(type))?.[1];
  const of = named === undefined ? {} : { symbol: named };
  if (kind !== undefined) return { ...base, kind, amount, ...of };
  if (quantity !== 0n) return { ...base, kind: 'other-units', symbol: named ?? 'unknown', quantity, amount };
  return { ...base, kind: 'other-cash', amount, ...of };
}

function readRow(row: unknown, unread: (error: BrokerMessageError, row: unknown) => void): BrokerActivity | undefined {
  try {
    return parseActivity(row);
  } catch (error) {
    if (!(error instanceof BrokerMessageError)) throw error;
    unread(error, row);
    return undefined;
  }
}

/** What rows have in common that tell of one split, or of one conversion; `undefined` for a row that stands alone. */
function groupOf(row: unknown, activity: BrokerActivity): string | undefined {
  const fields = fieldsOf(row, 'activity');
  const group = pick(fields, 'group_id');
  const named = typeof group === 'string' && group !== '' ? group : undefined;
  if (activity.kind === 'split') return named === undefined ? undefined : `${named} ${activity.symbol}`;
  const type = text(fields, 'activity_type');
  // Rows without a group that are of one type and date are taken for one conversion; where they are more than that they do not add up to one.
  return CONVERSIONS.has(type) ? `${type} ${named ?? activity.date}` : undefined;
}

/** Rows of one split are one: brokers write the old units off and the new ones on. It has the id of its first row. */
function splitOf(rows: readonly BrokerActivity[]): readonly BrokerActivity[] {
  const [first, ...others] = rows;
  if (first?.kind !== 'split') return rows;
  const later = others.filter((each) => each.kind === 'split');
  const quantity = later.reduce((total, row) => add(total, row.quantity), first.quantity);
  return [{ ...first, quantity, amount: later.reduce((total, row) => add(total, row.amount), first.amount) }];
}

/**
 * Rows that belong together are one activity, in the place of the first of them. A row that cannot be read is given to `unread`, and left out: what it moved
 * shows as a difference.
 */
export function parseActivities(
  rows: readonly unknown[],
  unread: (error: BrokerMessageError, row: unknown) => void,
): readonly BrokerActivity[] {
  const groups = new Map<string, GroupedRow[]>();
  for (const [index, row] of rows.entries()) {
    const activity = readRow(row, unread);
    if (activity === undefined) continue;
    const key = groupOf(row, activity) ?? `alone ${index}`;
    const fields = fieldsOf(row, 'activity');
    const grouped = { activity, type: text(fields, 'activity_type'), subType: pick(fields, 'activity_sub_type') };
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [grouped]);
    else group.push(grouped);
  }
  return [...groups.values()].flatMap((group) => {
    const activities = group.map(({ activity }) => activity);
    return CONVERSIONS.has(group[0]?.type ?? '') ? conversionsOf(group) : splitOf(activities);
  });
}

/** An event of the stream of activities that takes an execution back or puts it right; `undefined` for every other. */
export function parseAmendment(value: unknown): BrokerAmendment | undefined {
  const fields = fieldsOf(value, 'activity event');
  const details = pick(fields, 'details');
  if (typeof details !== 'object' || details === null) return undefined;
  const trade = fieldsOf(details, 'activity event’s details');
  const type = pick(trade, 'execution_type');
  if (type !== 'trade_bust' && type !== 'trade_correct') return undefined;
  const previousId = text(fields, 'previous_id');
  const at = time(pick(fields, 'at') ?? pick(fields, 'executed_at'), 'at');
  const brokerOrderId = text(trade, 'order_id');
  if (type === 'trade_bust') return { kind: 'bust', previousId, brokerOrderId, at };
  const quantity = abs(quantityOf(fields, 'qty'));
  const price = priceOf(fields, 'price');
  if (quantity === 0n || price <= 0n)
    throw new BrokerMessageError('correction', textOrUnknown(fields, 'qty'), 'a positive quantity and price');
  const execution = {
    executionId: text(fields, 'ref_id'),
    brokerOrderId,
    symbol: text(trade, 'symbol'),
    side: side(trade),
    quantity,
    price,
    at,
  };
  return { kind: 'correction', previousId, execution, at };
}
