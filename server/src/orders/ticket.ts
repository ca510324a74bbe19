import { createHash } from 'node:crypto';
import { isOptionSymbol } from '../instruments/option-symbol.ts';
import { DecimalTextError, price, quantity, ratio } from '../money/fixed.ts';
import type { Price, Quantity, Ratio } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import type { OrderClass, OrderIntent, OrderType, Side, StopLoss, TakeProfit, TimeInForce } from './order.ts';
import { CLASS_RULES, isFractional, isOfFamily, TYPE_RULES } from './order-rules.ts';

/** A manual order as it was typed. */
export interface TicketText {
  readonly idempotencyKey: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: string;
  readonly type: OrderType;
  readonly timeInForce: TimeInForce;
  readonly limitPrice?: string | null | undefined;
  readonly stopPrice?: string | null | undefined;
  readonly protectiveStop?: string | null | undefined;
  /** Distance of a trailing stop in money, or as a fraction of the price. */
  readonly trail?: string | null | undefined;
  readonly trailRatio?: string | null | undefined;
  readonly orderClass?: OrderClass | null | undefined;
  readonly takeProfit?: { readonly limitPrice: string } | null | undefined;
  readonly stopLoss?: { readonly stopPrice: string; readonly limitPrice?: string | null | undefined } | null | undefined;
  readonly extendedHours?: boolean | null | undefined;
  readonly reduceOnly: boolean;
  readonly reason?: string | null | undefined;
}

/** What is wrong with one field, and what to do. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
  readonly hint: string;
}

export type ParsedTicket = { readonly ok: true; readonly intent: OrderIntent } | { readonly ok: false; readonly problem: FieldProblem };

const KEY = /^[\x21-\x7e]{1,128}$/;
const SYMBOL = /^[A-Z0-9.]{1,12}$/;
const REASON_LENGTH_MAX = 500;
/** Control characters, and marks that hide or turn text. */
// eslint-disable-next-line no-control-regex
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/;

export const isSymbol = (text: string): boolean => SYMBOL.test(text);
export const isPrintable = (text: string): boolean => !UNPRINTABLE.test(text);

class BadField extends Error {
  readonly problem: FieldProblem;
  constructor(field: string, message: string, hint: string) {
    super(message);
    this.problem = { field, message, hint };
  }
}

function positive<T extends bigint>(field: string, text: string, parse: (text: string) => T): T {
  let value: T;
  try {
    value = parse(text);
  } catch (error) {
    if (error instanceof DecimalTextError) throw new BadField(field, error.message, 'Write digits with at most one point, like 12.5.');
    throw error;
  }
  if (value <= 0n) throw new BadField(field, `${field} must be above zero, got ${text}`, 'The side says whether it buys or sells.');
  return value;
}

function optionalPrice(
  field: string,
  text: string | null | undefined,
  needed: boolean,
  allowed: boolean,
  type: OrderType,
): Price | undefined {
  if (text === null || text === undefined) {
    if (needed) throw new BadField(field, `An order of type ${type} needs ${field}`, `Give ${field}, or choose another type.`);
    return undefined;
  }
  if (!allowed) throw new BadField(field, `An order of type ${type} takes no ${field}`, `Leave ${field} out, or choose another type.`);
  return positive(field, text, price);
}

/** Same principal and same key give the same id for ever: the second request finds the first one's order. */
export const ticketIntentId = (principal: string, idempotencyKey: string): string =>
  `ticket-${createHash('sha256')
    .update(JSON.stringify([principal, idempotencyKey]))
    .digest('hex')
    .slice(0, 40)}`;

/** Who asks, and when the log-in behind it was last confirmed; a program's key has none. */
export interface Asking {
  readonly principal: string;
  readonly confirmedAt?: Instant | undefined;
  readonly at: Instant;
}

const ticketOf = ({ principal, confirmedAt }: Asking): OrderIntent['origin'] => ({
  kind: 'ticket',
  principal,
  ...(confirmedAt === undefined ? {} : { confirmedAt }),
});

/** Reads a manual order; the gate judges it later. `knows` tells listed symbols. */
export function parseTicket(text: TicketText, from: Asking & { readonly knows: (symbol: string) => boolean }): ParsedTicket {
  try {
    return { ok: true, intent: intentOf(text, from) };
  } catch (error) {
    if (error instanceof BadField) return { ok: false, problem: error.problem };
    throw error;
  }
}

function checkSymbol(symbol: string, knows: (symbol: string) => boolean): void {
  const isOption = isOptionSymbol(symbol);
  if (!isOption && !isSymbol(symbol))
    throw new BadField(
      'symbol',
      'symbol must be 1 to 12 of A–Z, 0–9 and the point, or the compact symbol of an option',
      'Write it as in the list of instruments, or as in the option chain.',
    );
  if (knows(symbol)) return;
  const hint = isOption
    ? 'Refresh the option chain of its underlying: `refreshOptionChain`.'
    : 'The query `instruments` lists the symbols that can be traded.';
  throw new BadField('symbol', `${symbol} is not listed here`, hint);
}

function intentOf(text: TicketText, from: Asking & { readonly knows: (symbol: string) => boolean }): OrderIntent {
  if (!KEY.test(text.idempotencyKey)) {
    throw new BadField(
      'idempotencyKey',
      'idempotencyKey must be 1 to 128 printable ASCII characters',
      'Use a fresh random text for each order, and the same one to try again.',
    );
  }
  checkSymbol(text.symbol, from.knows);
  const reason = text.reason ?? 'manual ticket';
  if (reason.length > REASON_LENGTH_MAX || !isPrintable(reason)) {
    throw new BadField('reason', `reason must be at most ${REASON_LENGTH_MAX} printable characters`, 'Shorten it and remove line breaks.');
  }
  const size: Quantity = positive('quantity', text.quantity, quantity);
  const rule = TYPE_RULES[text.type];
  const limitPrice = optionalPrice('limitPrice', text.limitPrice, rule.limit, rule.limit, text.type);
  const stopPrice = optionalPrice('stopPrice', text.stopPrice, rule.stop, rule.stop, text.type);
  return {
    id: ticketIntentId(from.principal, text.idempotencyKey),
    symbol: text.symbol,
    side: text.side,
    quantity: size,
    type: text.type,
    timeInForce: text.timeInForce,
    ...(limitPrice === undefined ? {} : { limitPrice }),
    ...(stopPrice === undefined ? {} : { stopPrice }),
    ...trailOf(text),
    ...exitsOf(text, !isFractional(size)),
    ...(text.extendedHours === true ? { extendedHours: true } : {}),
    reduceOnly: text.reduceOnly || text.orderClass === 'oco',
    origin: ticketOf(from),
    reason,
    createdAt: from.at,
  };
}

/** A trailing stop's distance: exactly one way to say it. */
function trailOf({ type, trail, trailRatio }: TicketText): { readonly trail?: Price; readonly trailRatio?: Ratio } {
  const { trail: trails } = TYPE_RULES[type];
  const distance = optionalPrice('trail', trail, trails && (trailRatio ?? undefined) === undefined, trails, type);
  if (trailRatio === null || trailRatio === undefined) return distance === undefined ? {} : { trail: distance };
  if (!trails)
    throw new BadField('trailRatio', `An order of type ${type} takes no trailRatio`, 'Leave trailRatio out, or choose another type.');
  if (distance !== undefined) throw new BadField('trailRatio', 'trail and trailRatio say the same in two ways', 'Give one of them.');
  const fraction = positive('trailRatio', trailRatio, ratio);
  if (fraction >= ratio('1')) throw new BadField('trailRatio', `trailRatio must be below 1, got ${trailRatio}`, 'Write 5 % as 0.05.');
  return { trailRatio: fraction };
}

interface Exits {
  readonly orderClass?: OrderClass;
  readonly takeProfit?: TakeProfit;
  readonly stopLoss?: StopLoss;
  readonly protectiveStop?: Price;
}

/** The exits that hang on the order. A protective stop alone is an OTO: the broker holds it from the fill on. */
function exitsOf(
  { type, orderClass: asked, takeProfit: profit, stopLoss: loss, protectiveStop: stop, reduceOnly }: TicketText,
  whole: boolean,
): Exits {
  const protectiveStop = optionalPrice('protectiveStop', stop, false, true, type);
  if (protectiveStop !== undefined && (profit ?? loss ?? asked ?? undefined) !== undefined)
    throw new BadField('protectiveStop', 'protectiveStop stands alone', 'Say it as stopLoss where the order has a class or a take profit.');
  const takeProfit = profit === null || profit === undefined ? undefined : { limitPrice: positive('takeProfit', profit.limitPrice, price) };
  const stopLoss = protectiveStop === undefined ? stopLossOf(loss) : { stopPrice: protectiveStop };
  const orderClass = asked ?? familyFor(takeProfit, stopLoss, whole);
  const opens = !CLASS_RULES[orderClass ?? 'simple'].exitOnly && !reduceOnly;
  return {
    ...(orderClass === undefined || orderClass === 'simple' ? {} : { orderClass }),
    ...(takeProfit === undefined ? {} : { takeProfit }),
    ...(stopLoss === undefined ? {} : { stopLoss }),
    ...(stopLoss !== undefined && opens ? { protectiveStop: stopLoss.stopPrice } : {}),
  };
}

/** Brokers hold the exits of whole shares only; those of a fraction are kept here. */
function familyFor(takeProfit: TakeProfit | undefined, stopLoss: StopLoss | undefined, whole: boolean): OrderClass | undefined {
  if (!whole || (takeProfit === undefined && stopLoss === undefined)) return undefined;
  return takeProfit !== undefined && stopLoss !== undefined ? 'bracket' : 'oto';
}

function stopLossOf(loss: TicketText['stopLoss']): StopLoss | undefined {
  if (loss === null || loss === undefined) return undefined;
  const stopPrice = positive('stopLoss', loss.stopPrice, price);
  const { limitPrice } = loss;
  return limitPrice === null || limitPrice === undefined
    ? { stopPrice }
    : { stopPrice, limitPrice: positive('stopLoss', limitPrice, price) };
}

/** Two requests under one key ask for the same order; when they asked does not matter. */
export function sameRequest(left: OrderIntent, right: OrderIntent): boolean {
  return (
    left.symbol === right.symbol &&
    left.side === right.side &&
    left.quantity === right.quantity &&
    left.type === right.type &&
    left.timeInForce === right.timeInForce &&
    left.limitPrice === right.limitPrice &&
    left.stopPrice === right.stopPrice &&
    left.protectiveStop === right.protectiveStop &&
    left.trail === right.trail &&
    left.trailRatio === right.trailRatio &&
    left.orderClass === right.orderClass &&
    left.takeProfit?.limitPrice === right.takeProfit?.limitPrice &&
    left.stopLoss?.stopPrice === right.stopLoss?.stopPrice &&
    left.stopLoss?.limitPrice === right.stopLoss?.limitPrice &&
    left.extendedHours === right.extendedHours &&
    left.replaces === right.replaces &&
    left.reduceOnly === right.reduceOnly &&
    left.reason === right.reason
  );
}

/** What is to be otherwise of an open order, as it was typed. */
export interface ReplacementText {
  readonly id: string;
  readonly idempotencyKey: string;
  readonly quantity?: string | null | undefined;
  readonly limitPrice?: string | null | undefined;
  readonly stopPrice?: string | null | undefined;
  readonly trail?: string | null | undefined;
  readonly trailRatio?: string | null | undefined;
  readonly timeInForce?: TimeInForce | null | undefined;
  readonly reason?: string | null | undefined;
}

/** Reads what is to take an order's place: the old one with the fields that are given. The gate judges it anew. */
export function parseReplacement(text: ReplacementText, old: OrderIntent, from: Asking): ParsedTicket {
  try {
    if (!KEY.test(text.idempotencyKey))
      throw new BadField('idempotencyKey', 'idempotencyKey must be 1 to 128 printable ASCII characters', 'Use a fresh random text.');
    const changes = replacedFields(text, old.type);
    checkFamily(changes, old);
    const reason = text.reason ?? old.reason;
    if (reason.length > REASON_LENGTH_MAX || !isPrintable(reason))
      throw new BadField(
        'reason',
        `reason must be at most ${REASON_LENGTH_MAX} printable characters`,
        'Shorten it and remove line breaks.',
      );
    const { trail: _trail, trailRatio: _ratio, ...rest } = old;
    const distance = changes.trail === undefined && changes.trailRatio === undefined ? trailed(old) : {};
    const id = ticketIntentId(from.principal, text.idempotencyKey);
    const origin = old.origin.kind === 'ticket' ? ticketOf(from) : old.origin;
    return { ok: true, intent: { ...rest, ...distance, ...changes, origin, id, replaces: text.id, reason, createdAt: from.at } };
  } catch (error) {
    if (error instanceof BadField) return { ok: false, problem: error.problem };
    throw error;
  }
}

/** Brokers change the prices of orders that hang together, and nothing else of them. */
function checkFamily({ quantity: size, timeInForce }: Partial<OrderIntent>, old: OrderIntent): void {
  if (!isOfFamily(old)) return;
  const hint = 'Cancel them, and place others.';
  if (size !== undefined && size !== old.quantity) throw new BadField('quantity', 'Orders that hang together keep their quantity', hint);
  if (timeInForce !== undefined && timeInForce !== old.timeInForce)
    throw new BadField('timeInForce', 'Orders that hang together keep their time in force', hint);
}

const trailed = ({ trail, trailRatio }: OrderIntent): Pick<OrderIntent, 'trail' | 'trailRatio'> => ({
  ...(trail === undefined ? {} : { trail }),
  ...(trailRatio === undefined ? {} : { trailRatio }),
});

function replacedFields(text: ReplacementText, type: OrderType): Partial<OrderIntent> {
  const rule = TYPE_RULES[type];
  const limitPrice = optionalPrice('limitPrice', text.limitPrice, false, rule.limit, type);
  const stopPrice = optionalPrice('stopPrice', text.stopPrice, false, rule.stop, type);
  const trail = optionalPrice('trail', text.trail, false, rule.trail, type);
  const ratioText = text.trailRatio ?? undefined;
  if (ratioText !== undefined && !rule.trail)
    throw new BadField('trailRatio', `An order of type ${type} takes no trailRatio`, 'Leave trailRatio out.');
  return {
    ...(text.quantity === null || text.quantity === undefined ? {} : { quantity: positive('quantity', text.quantity, quantity) }),
    ...(limitPrice === undefined ? {} : { limitPrice }),
    ...(stopPrice === undefined ? {} : { stopPrice }),
    ...(trail === undefined ? {} : { trail }),
    ...(ratioText === undefined ? {} : { trailRatio: positive('trailRatio', ratioText, ratio) }),
    ...(text.timeInForce === null || text.timeInForce === undefined ? {} : { timeInForce: text.timeInForce }),
  };
}
