import { DecimalTextError, price, quantity } from '../../money/fixed.ts';
import type { Price, Quantity } from '../../money/fixed.ts';
import type { OrderType, Side, TimeInForce } from '../../orders/order.ts';
import { unprocessable } from '../core/refusals.ts';
import type { NewOrder, OrderChange, Refusal } from '../core/types.ts';

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

class FieldError extends Error {}

type Fields = Readonly<Record<string, unknown>>;

const SIDES: readonly Side[] = ['buy', 'sell'];
const TYPES: readonly OrderType[] = ['market', 'limit', 'stop', 'stop_limit'];
const TIMES_IN_FORCE: readonly TimeInForce[] = ['day', 'gtc', 'ioc', 'fok', 'opg', 'cls'];
/** Later: until then refused by name, so that nobody believes to have a bracket. */
const UNSUPPORTED = ['notional', 'trail_price', 'trail_percent', 'trail', 'take_profit', 'stop_loss', 'legs'] as const;

const given = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

function fieldsOf(body: unknown): Fields {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw new FieldError('request body must be a JSON object');
  return { ...body };
}

function textOf(fields: Fields, name: string): string | undefined {
  const value = fields[name];
  if (!given(value)) return undefined;
  if (typeof value !== 'string') throw new FieldError(`${name} must be a string`);
  return value;
}

function chosen<T extends string>(fields: Fields, name: string, choices: readonly T[]): T | undefined {
  const value = textOf(fields, name);
  if (value === undefined) return undefined;
  const choice = choices.find((one) => one === value);
  if (choice === undefined) throw new FieldError(`invalid ${name}: ${value.slice(0, 40)}; expected one of ${choices.join(', ')}`);
  return choice;
}

/** Decimal text, or a JSON number as its shortest text: IEEE noise such as 0.30000000000000004 is kept and bounces as sub-penny. */
function decimal<T>(fields: Fields, name: string, parse: (text: string) => T): T | undefined {
  const value = fields[name];
  if (!given(value)) return undefined;
  if (typeof value !== 'string' && typeof value !== 'number') throw new FieldError(`${name} must be a decimal number in a string`);
  try {
    return parse(String(value));
  } catch (error) {
    if (error instanceof DecimalTextError) throw new FieldError(`invalid ${name}: ${error.message}`, { cause: error });
    throw error;
  }
}

const required = <T>(value: T | undefined, name: string): T => {
  if (value === undefined) throw new FieldError(`${name} is required`);
  return value;
};

function flag(fields: Fields, name: string): boolean {
  const value = fields[name];
  if (value === undefined || value === null) return false;
  if (typeof value !== 'boolean') throw new FieldError(`${name} must be true or false`);
  return value;
}

function parsing<T>(parse: () => T): Parsed<T> {
  try {
    return { ok: true, value: parse() };
  } catch (error) {
    if (error instanceof FieldError) return { ok: false, refusal: unprocessable(error.message) };
    throw error;
  }
}

function refuseUnsupported(fields: Fields): void {
  for (const name of UNSUPPORTED) if (given(fields[name])) throw new FieldError(`${name} is not supported by this exchange`);
  const orderClass = textOf(fields, 'order_class');
  if (orderClass !== undefined && orderClass !== 'simple')
    throw new FieldError(`order_class ${orderClass.slice(0, 20)} is not supported by this exchange`);
}

const priceField = (fields: Fields, name: string): Price | undefined => decimal(fields, name, price);
const quantityField = (fields: Fields, name: string): Quantity | undefined => decimal(fields, name, quantity);

/** The body of `POST /v2/orders`. A symbol may be an asset's id. */
export const parseNewOrder = (body: unknown, symbolOf: (symbolOrId: string) => string): Parsed<NewOrder> =>
  parsing(() => {
    const fields = fieldsOf(body);
    refuseUnsupported(fields);
    return {
      symbol: symbolOf(required(textOf(fields, 'symbol'), 'symbol')),
      side: required(chosen(fields, 'side', SIDES), 'side'),
      quantity: required(quantityField(fields, 'qty'), 'qty'),
      type: required(chosen(fields, 'type', TYPES), 'type'),
      timeInForce: required(chosen(fields, 'time_in_force', TIMES_IN_FORCE), 'time_in_force'),
      limitPrice: priceField(fields, 'limit_price'),
      stopPrice: priceField(fields, 'stop_price'),
      extendedHours: flag(fields, 'extended_hours'),
      clientOrderId: textOf(fields, 'client_order_id'),
    };
  });

/** The body of `PATCH /v2/orders/{id}`. */
export const parseOrderChange = (body: unknown): Parsed<OrderChange> =>
  parsing(() => {
    const fields = fieldsOf(body);
    refuseUnsupported(fields);
    return {
      quantity: quantityField(fields, 'qty'),
      limitPrice: priceField(fields, 'limit_price'),
      stopPrice: priceField(fields, 'stop_price'),
      timeInForce: chosen(fields, 'time_in_force', TIMES_IN_FORCE),
      clientOrderId: textOf(fields, 'client_order_id'),
    };
  });
