import { DecimalTextError, money, price, quantity, ratio, UNITS_PER_ONE } from '../../money/fixed.ts';
import type { Price, Quantity } from '../../money/fixed.ts';
import { ZERO_QUANTITY } from '../../money/money.ts';
import type { Side, TimeInForce } from '../../orders/order.ts';
import { unprocessable } from '../core/refusals.ts';
import { fractionOf } from '../core/requests.ts';
import type {
  NewOrder,
  OptionLeg,
  OrderChange,
  OrderClass,
  PositionIntent,
  Refusal,
  StopLoss,
  TakeProfit,
  VenueOrderType,
} from '../core/types.ts';

export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: Refusal };

class FieldError extends Error {}

type Fields = Readonly<Record<string, unknown>>;

const SIDES: readonly Side[] = ['buy', 'sell'];
const TYPES: readonly VenueOrderType[] = ['market', 'limit', 'stop', 'stop_limit', 'trailing_stop'];
const CLASSES: readonly OrderClass[] = ['simple', 'bracket', 'oco', 'oto'];
const INTENTS: readonly PositionIntent[] = ['buy_to_open', 'buy_to_close', 'sell_to_open', 'sell_to_close'];
const TIMES_IN_FORCE: readonly TimeInForce[] = ['day', 'gtc', 'ioc', 'fok', 'opg', 'cls'];
/** Refused by name, so that nobody believes to have what this exchange does not do. */
const UNSUPPORTED = ['advanced_instructions'] as const;

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
}

const priceField = (fields: Fields, name: string): Price | undefined => decimal(fields, name, price);
const quantityField = (fields: Fields, name: string): Quantity | undefined => decimal(fields, name, quantity);

/** An object inside the body, its fields named as the errors name them. */
function inner(fields: Fields, name: string): Fields | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw new FieldError(`${name} must be an object`);
  return Object.fromEntries(Object.entries(value).map(([field, member]) => [`${name}.${field}`, member]));
}

function takeProfitOf(fields: Fields): TakeProfit | undefined {
  const exit = inner(fields, 'take_profit');
  if (exit === undefined) return undefined;
  return { limitPrice: required(priceField(exit, 'take_profit.limit_price'), 'take_profit.limit_price') };
}

function stopLossOf(fields: Fields): StopLoss | undefined {
  const exit = inner(fields, 'stop_loss');
  if (exit === undefined) return undefined;
  return {
    stopPrice: required(priceField(exit, 'stop_loss.stop_price'), 'stop_loss.stop_price'),
    limitPrice: priceField(exit, 'stop_loss.limit_price'),
  };
}

/** How much: shares or dollars, never both, never neither. */
function sizeOf(fields: Fields): Pick<NewOrder, 'quantity' | 'notional'> {
  const notional = decimal(fields, 'notional', money);
  const size = quantityField(fields, 'qty');
  if (notional !== undefined && size !== undefined) throw new FieldError('only one of qty or notional is accepted');
  if (notional === undefined && size === undefined) throw new FieldError('qty or notional is required');
  return { quantity: size ?? ZERO_QUANTITY, notional };
}

function trailOf(fields: Fields): Pick<NewOrder, 'trailPrice' | 'trailPercent'> {
  const percent = decimal(fields, 'trail_percent', ratio);
  return { trailPrice: priceField(fields, 'trail_price'), trailPercent: percent === undefined ? undefined : fractionOf(percent) };
}

/** The limit of an oco is its take-profit's, wherever it is told. */
function limitOf(fields: Fields, orderClass: OrderClass | undefined, takeProfit: TakeProfit | undefined): Price | undefined {
  const limit = priceField(fields, 'limit_price');
  return orderClass === 'oco' && limit === undefined ? takeProfit?.limitPrice : limit;
}

function legOf(value: unknown, at: number): OptionLeg {
  const name = `legs[${at}]`;
  const leg = inner({ [name]: value }, name);
  if (leg === undefined) throw new FieldError(`${name} must be an object`);
  const ratio = required(quantityField(leg, `${name}.ratio_qty`), `${name}.ratio_qty`);
  if (ratio % UNITS_PER_ONE !== 0n) throw new FieldError(`${name}.ratio_qty must be a whole number > 0`);
  return {
    symbol: required(textOf(leg, `${name}.symbol`), `${name}.symbol`),
    side: required(chosen(leg, `${name}.side`, SIDES), `${name}.side`),
    ratio: ratio / UNITS_PER_ONE,
    positionIntent: chosen(leg, `${name}.position_intent`, INTENTS),
  };
}

/** An order in several options: its limit is a debit, below zero a credit. */
function multiLeg(fields: Fields): NewOrder {
  const { legs } = fields;
  if (!Array.isArray(legs)) throw new FieldError('mleg orders require legs');
  for (const name of ['symbol', 'side', 'stop_price', 'take_profit', 'stop_loss', 'trail_price', 'trail_percent', 'position_intent'])
    if (given(fields[name])) throw new FieldError(`mleg orders must not have ${name}`);
  return {
    symbol: '',
    side: 'buy',
    ...sizeOf(fields),
    type: required(chosen(fields, 'type', TYPES), 'type'),
    timeInForce: required(chosen(fields, 'time_in_force', TIMES_IN_FORCE), 'time_in_force'),
    limitPrice: priceField(fields, 'limit_price'),
    legs: legs.map(legOf),
    extendedHours: flag(fields, 'extended_hours'),
    clientOrderId: textOf(fields, 'client_order_id'),
  };
}

/** The body of `POST /v2/orders`. A symbol may be an asset's id. */
export const parseNewOrder = (body: unknown, symbolOf: (symbolOrId: string) => string): Parsed<NewOrder> =>
  parsing(() => {
    const fields = fieldsOf(body);
    refuseUnsupported(fields);
    if (textOf(fields, 'order_class') === 'mleg') return multiLeg(fields);
    if (given(fields['legs'])) throw new FieldError('legs are for orders of order_class mleg');
    const orderClass = chosen(fields, 'order_class', CLASSES);
    const takeProfit = takeProfitOf(fields);
    return {
      symbol: symbolOf(required(textOf(fields, 'symbol'), 'symbol')),
      side: required(chosen(fields, 'side', SIDES), 'side'),
      ...sizeOf(fields),
      type: required(chosen(fields, 'type', TYPES), 'type'),
      timeInForce: required(chosen(fields, 'time_in_force', TIMES_IN_FORCE), 'time_in_force'),
      limitPrice: limitOf(fields, orderClass, takeProfit),
      stopPrice: priceField(fields, 'stop_price'),
      ...trailOf(fields),
      orderClass,
      takeProfit,
      stopLoss: stopLossOf(fields),
      positionIntent: chosen(fields, 'position_intent', INTENTS),
      extendedHours: flag(fields, 'extended_hours'),
      clientOrderId: textOf(fields, 'client_order_id'),
    };
  });

/** The body of `PATCH /v2/orders/{id}`. */
export const parseOrderChange = (body: unknown): Parsed<OrderChange> =>
  parsing(() => {
    const fields = fieldsOf(body);
    refuseUnsupported(fields);
    if (given(fields['notional'])) throw new FieldError('notional can be changed of ipo orders only');
    return {
      quantity: quantityField(fields, 'qty'),
      limitPrice: priceField(fields, 'limit_price'),
      stopPrice: priceField(fields, 'stop_price'),
      trail: priceField(fields, 'trail'),
      timeInForce: chosen(fields, 'time_in_force', TIMES_IN_FORCE),
      clientOrderId: textOf(fields, 'client_order_id'),
    };
  });
