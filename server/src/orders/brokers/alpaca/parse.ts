import { divide } from '../../../money/fixed.ts';
import type { Money, Price, Quantity } from '../../../money/fixed.ts';
import { instantFromMs } from '../../../money/instant.ts';
import type { Instant } from '../../../money/instant.ts';
import { abs, negate } from '../../../money/money.ts';
import type { BrokerAccount, BrokerClock, BrokerExecution, BrokerOrder, BrokerOrderUpdate, BrokerPosition } from '../../broker.ts';
import type { Side } from '../../order.ts';

/** The broker sent something that cannot be read: where, and what it was. */
export class BrokerMessageError extends Error {
  override readonly name = 'BrokerMessageError';
  constructor(where: string, value: unknown, expected: string) {
    super(`The broker's ${where} is ${describe(value)}; expected ${expected}`);
  }
}

const describe = (value: unknown): string =>
  value === undefined ? 'missing' : `"${(JSON.stringify(value) ?? typeof value).slice(0, 80)}"`;

export type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

export function fieldsOf(value: unknown, what: string): Fields {
  if (!isFields(value)) throw new BrokerMessageError(what, value, 'an object');
  return value;
}

const camelCase = (name: string): string => name.replaceAll(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase());

/** A field by the wire's name; some of the SDK's models keep only a name of their own. */
export const pick = (fields: Fields, name: string): unknown => fields[name] ?? fields[camelCase(name)];

export function text(fields: Fields, name: string): string {
  const value = pick(fields, name);
  if (typeof value !== 'string' || value === '') throw new BrokerMessageError(name, value, 'text');
  return value;
}

/** What we know ourselves, and the broker only repeats: an order is not lost for the want of it. */
export function textOrUnknown(fields: Fields, name: string): string {
  const value = pick(fields, name);
  return typeof value === 'string' && value !== '' ? value : 'unknown';
}

const DECIMAL = /^(-?)(\d{1,18})(?:\.(\d+))?$/;
const FRACTION_DIGITS = 9;

/** Decimal text, or a number where the broker sends one, at 1e-9; finer digits are rounded half-even. */
function units(value: unknown, name: string): bigint {
  const match = DECIMAL.exec(typeof value === 'number' ? String(value) : typeof value === 'string' ? value : '');
  if (match === null) throw new BrokerMessageError(name, value, 'a decimal number');
  const [, sign, whole = '0', fraction = ''] = match;
  const digits = Math.max(fraction.length, FRACTION_DIGITS);
  const scaled = BigInt(whole) * 10n ** BigInt(digits) + BigInt(fraction.padEnd(digits, '0'));
  const at9 = divide(scaled, 10n ** BigInt(digits - FRACTION_DIGITS), 'half-even');
  return sign === '-' ? -at9 : at9;
}

export const isAbsent = (value: unknown): boolean => value === undefined || value === null || value === '';
export const moneyOf = (fields: Fields, name: string): Money => units(pick(fields, name), name) as Money;
export const priceOf = (fields: Fields, name: string): Price => units(pick(fields, name), name) as Price;
export const quantityOf = (fields: Fields, name: string): Quantity => units(pick(fields, name), name) as Quantity;
const optionalPrice = (fields: Fields, name: string): Price | undefined =>
  isAbsent(pick(fields, name)) ? undefined : (units(pick(fields, name), name) as Price);

/** RFC-3339 text with any number of fractional digits and any offset, or a Date, at whole milliseconds. */
export function time(value: unknown, name: string): Instant {
  const milliseconds = value instanceof Date ? value.getTime() : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  if (!Number.isFinite(milliseconds)) throw new BrokerMessageError(name, value, 'a time');
  return instantFromMs(milliseconds);
}

export function side(fields: Fields): Side {
  const value = pick(fields, 'side');
  if (value === 'buy' || value === 'sell') return value;
  // Fills of short sales are told with a side of their own.
  if (value === 'sell_short') return 'sell';
  throw new BrokerMessageError('side', value, 'buy or sell');
}

/** An order as REST and the stream tell it, in the broker's own field names. Fields that we do not know are left alone. */
export function parseOrder(value: unknown): BrokerOrder {
  const fields = fieldsOf(value, 'order');
  const averagePrice = optionalPrice(fields, 'filled_avg_price');
  const limitPrice = optionalPrice(fields, 'limit_price');
  const stopPrice = optionalPrice(fields, 'stop_price');
  return {
    brokerOrderId: text(fields, 'id'),
    clientOrderId: text(fields, 'client_order_id'),
    symbol: text(fields, 'symbol'),
    side: side(fields),
    type: textOrUnknown(fields, 'type'),
    timeInForce: textOrUnknown(fields, 'time_in_force'),
    // Orders by notional have no quantity until they are filled; they are never ours.
    quantity: isAbsent(pick(fields, 'qty')) ? (0n as Quantity) : quantityOf(fields, 'qty'),
    filledQuantity: isAbsent(pick(fields, 'filled_qty')) ? (0n as Quantity) : quantityOf(fields, 'filled_qty'),
    ...(averagePrice === undefined ? {} : { averagePrice }),
    ...(limitPrice === undefined ? {} : { limitPrice }),
    ...(stopPrice === undefined ? {} : { stopPrice }),
    status: text(fields, 'status'),
    updatedAt: time(pick(fields, 'updated_at') ?? pick(fields, 'submitted_at') ?? pick(fields, 'created_at'), 'updated_at'),
    ...kinOf(fields),
  };
}

/** What an order hangs together with, where the broker tells it. */
function kinOf(fields: Fields): Pick<BrokerOrder, 'replaces' | 'replacedBy' | 'legs'> {
  const replaces = pick(fields, 'replaces');
  const replacedBy = pick(fields, 'replaced_by');
  const legs = pick(fields, 'legs');
  return {
    ...(typeof replaces === 'string' && replaces !== '' ? { replaces } : {}),
    ...(typeof replacedBy === 'string' && replacedBy !== '' ? { replacedBy } : {}),
    ...(Array.isArray(legs) && legs.length > 0 ? { legs: legs.map(parseOrder) } : {}),
  };
}

/** A message of the trade-update stream. Only fills carry an execution; other events' ids are not executions. */
export function parseUpdate(value: unknown): BrokerOrderUpdate {
  const fields = fieldsOf(value, 'trade update');
  const event = text(fields, 'event');
  const order = parseOrder(pick(fields, 'order'));
  if (event !== 'fill' && event !== 'partial_fill') return { event, order };
  const execution = {
    executionId: text(fields, 'execution_id'),
    quantity: quantityOf(fields, 'qty'),
    price: priceOf(fields, 'price'),
    at: time(pick(fields, 'timestamp') ?? pick(fields, 'at'), 'timestamp'),
  };
  return { event, order, execution };
}

const UUID_AT_END = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** The activity list names a fill `<time>::<execution id>`, with whatever in between. */
function executionIdOf(activityId: string): string {
  return UUID_AT_END.exec(activityId)?.[0] ?? activityId.slice(activityId.indexOf('::') + 2);
}

export function parseExecution(value: unknown): BrokerExecution {
  const fields = fieldsOf(value, 'activity');
  const cumulative = pick(fields, 'cum_qty');
  return {
    executionId: executionIdOf(text(fields, 'id')),
    brokerOrderId: text(fields, 'order_id'),
    symbol: text(fields, 'symbol'),
    side: side(fields),
    quantity: abs(quantityOf(fields, 'qty')),
    price: priceOf(fields, 'price'),
    at: time(pick(fields, 'transaction_time'), 'transaction_time'),
    ...(isAbsent(cumulative) ? {} : { cumulativeQuantity: abs(units(cumulative, 'cum_qty') as Quantity) }),
  };
}

/** A position; short ones are told with a negative quantity, a side, or both. */
export function parsePosition(value: unknown): BrokerPosition {
  const fields = fieldsOf(value, 'position');
  const size = abs(quantityOf(fields, 'qty'));
  const short = pick(fields, 'side') === 'short' || quantityOf(fields, 'qty') < 0n;
  return { symbol: text(fields, 'symbol'), quantity: short ? negate(size) : size, averagePrice: priceOf(fields, 'avg_entry_price') };
}

const BLOCKS = ['account_blocked', 'trading_blocked', 'trade_suspended_by_user'] as const;

export function parseAccount(value: unknown): BrokerAccount {
  const fields = fieldsOf(value, 'account');
  return {
    accountNumber: text(fields, 'account_number'),
    cash: moneyOf(fields, 'cash'),
    equity: moneyOf(fields, 'equity'),
    buyingPower: moneyOf(fields, 'buying_power'),
    tradable: pick(fields, 'status') === 'ACTIVE' && BLOCKS.every((block) => pick(fields, block) !== true),
    shortingEnabled: pick(fields, 'shorting_enabled') === true,
  };
}

export function parseClock(value: unknown): BrokerClock {
  const fields = fieldsOf(value, 'clock');
  const isOpen = pick(fields, 'is_open');
  if (typeof isOpen !== 'boolean') throw new BrokerMessageError('is_open', isOpen, 'true or false');
  return {
    now: time(pick(fields, 'timestamp'), 'timestamp'),
    isOpen,
    nextOpenAt: time(pick(fields, 'next_open'), 'next_open'),
    nextCloseAt: time(pick(fields, 'next_close'), 'next_close'),
  };
}
