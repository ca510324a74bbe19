import { Order } from './order';
import { symbolCount } from './slice';

/**
 * What the strategy wishes for in this slice, in plain memory that the kernel and the host read: rows of f64. At most one target a
 * symbol, the last one said, in the place of the first; orders, cancels and protections in the order in which they were said.
 */
export const KIND: usize = 0;
export const SYMBOL: usize = 8;
export const MEASURE: usize = 16;
/** Signed: above zero buys. */
export const AMOUNT: usize = 24;
export const LIMIT: usize = 32;
export const STOP: usize = 40;
/** Distance of a trailing stop in money, or as a fraction of the price: one of the two. */
export const TRAIL: usize = 48;
export const TRAIL_FRACTION: usize = 56;
/** 1 for a day order, 0 for one that is good until it is cancelled. */
export const DAY: usize = 64;
export const STOP_LOSS: usize = 72;
export const TAKE_PROFIT: usize = 80;
/** Orders of one group cancel each other; 0 for none. */
export const GROUP: usize = 88;
/** The order's number, which `cancel` names; 0 for all orders of the symbol. */
export const ORDER_ID: usize = 96;
export const REDUCE_ONLY: usize = 104;
/** Index of the reason. */
export const REASON: usize = 112;
export const WISH_BYTES: usize = 128;

/** Kinds of wishes. */
export const TARGET: i32 = 0;
export const MARKET_ORDER: i32 = 1;
export const LIMIT_ORDER: i32 = 2;
export const STOP_ORDER: i32 = 3;
export const STOP_LIMIT_ORDER: i32 = 4;
export const TRAILING_ORDER: i32 = 5;
export const CANCEL: i32 = 6;
export const PROTECT: i32 = 7;

/** What an amount is measured in. */
export const EXPOSURE: i32 = 0;
export const WEIGHT: i32 = 1;
export const UNITS: i32 = 2;
export const NOTIONAL: i32 = 3;

/** An author's loop must not fill the memory with wishes. */
const WISHES_MAX: i32 = 10000;

export let wishCount: i32 = 0;
let rows: usize = 0;
let capacity: i32 = 0;
let reasons: StaticArray<string> = [];
/** Place of a symbol's target, from 1; 0 when it has none. */
let places: StaticArray<i32> = [];
let lastId: i32 = 0;
let lastGroup: i32 = 0;

export function openWishes(symbols: i32): void {
  places = new StaticArray<i32>(symbols);
  wishCount = 0;
  lastId = 0;
  lastGroup = 0;
  if (capacity == 0) grow(16);
}

function grow(wanted: i32): void {
  const bytes = usize(wanted) * WISH_BYTES;
  rows = rows == 0 ? heap.alloc(bytes) : heap.realloc(rows, bytes);
  const more = new StaticArray<string>(wanted).fill('');
  for (let i = 0; i < capacity; i++) more[i] = reasons[i];
  reasons = more;
  capacity = wanted;
}

@inline
export function wishRow(index: i32): usize {
  return rows + usize(index) * WISH_BYTES;
}

export function wishReason(index: i32): string {
  return reasons[index];
}

export function clearWishes(): void {
  for (let i = 0; i < wishCount; i++) {
    if (load<f64>(wishRow(i) + KIND) == TARGET) unchecked((places[i32(load<f64>(wishRow(i) + SYMBOL))] = 0));
  }
  wishCount = 0;
}

function push(kind: i32, symbol: i32, reason: string): usize {
  if (u32(symbol) >= u32(symbolCount)) throw new RangeError('A target or an order names a symbol index that does not exist');
  if (wishCount >= WISHES_MAX) throw new RangeError('More than 10000 targets and orders in one slice');
  if (wishCount == capacity) grow(capacity * 2);
  const row = wishRow(wishCount);
  fill(row, kind, symbol, wishCount);
  unchecked((reasons[wishCount] = reason));
  wishCount += 1;
  return row;
}

function fill(row: usize, kind: i32, symbol: i32, reasonAt: i32): void {
  store<f64>(row + KIND, f64(kind));
  store<f64>(row + SYMBOL, f64(symbol));
  for (let field = MEASURE; field < WISH_BYTES; field += 8) store<f64>(row + field, 0);
  store<f64>(row + LIMIT, NaN);
  store<f64>(row + STOP, NaN);
  store<f64>(row + TRAIL, NaN);
  store<f64>(row + TRAIL_FRACTION, NaN);
  store<f64>(row + STOP_LOSS, NaN);
  store<f64>(row + TAKE_PROFIT, NaN);
  store<f64>(row + REASON, f64(reasonAt));
}

/** A price that may be left out: positive and finite, or not-a-number for none. */
function checkPrice(price: f64, what: string): void {
  if (price == price && !(price > 0 && price < Infinity)) throw new RangeError(what + ' must be a positive price, or NaN for none');
}

export function setTarget(symbol: i32, measure: i32, amount: f64, reason: string, stopLoss: f64, takeProfit: f64): void {
  if (u32(symbol) >= u32(symbolCount)) throw new RangeError('A target names a symbol index that does not exist');
  if (measure == EXPOSURE && !(amount >= -1 && amount <= 1)) throw new RangeError('A target exposure must be between -1 and 1');
  if (!(abs(amount) <= 1e15)) throw new RangeError('A target must be a finite number');
  checkPrice(stopLoss, 'A stop loss');
  checkPrice(takeProfit, 'A take profit');
  const place = unchecked(places[symbol]);
  let row: usize;
  if (place == 0) {
    row = push(TARGET, symbol, reason);
    unchecked((places[symbol] = wishCount));
  } else {
    row = wishRow(place - 1);
    unchecked((reasons[place - 1] = reason));
  }
  store<f64>(row + MEASURE, f64(measure));
  // Adding zero turns a negative zero into zero.
  store<f64>(row + AMOUNT, amount + 0.0);
  store<f64>(row + STOP_LOSS, stopLoss);
  store<f64>(row + TAKE_PROFIT, takeProfit);
}

/** An author can write every field of an order: without the price that its kind is about it would fill at no price at all. */
function checkOrder(order: Order): void {
  const kind = order.kind;
  if (kind < MARKET_ORDER || kind > TRAILING_ORDER) throw new RangeError('An order must be made by Order.market, limit, stop, stopLimit or trailing');
  if (order.measure < EXPOSURE || order.measure > NOTIONAL) throw new RangeError('An order must be in units, or by exposure, weight or notional');
  if (!(abs(order.amount) <= 1e15) || order.amount == 0) throw new RangeError('The amount of an order must be a finite number other than 0');
  if (order.measure == EXPOSURE && abs(order.amount) > 1) throw new RangeError('An exposure must be between -1 and 1');
  if (kind == LIMIT_ORDER || kind == STOP_LIMIT_ORDER) requirePrice(order.limitPrice, 'A limit');
  if (kind == STOP_ORDER || kind == STOP_LIMIT_ORDER) requirePrice(order.stopPrice, 'A stop');
  if (kind == TRAILING_ORDER) {
    const fraction = order.trailFraction;
    if (fraction == fraction ? !(fraction > 0 && fraction < 1) : !(order.trail > 0 && order.trail < Infinity)) {
      throw new RangeError('A trailing order needs a distance above 0, as a fraction below 1 or in money');
    }
  }
  checkPrice(order.stopLoss, 'A stop loss');
  checkPrice(order.takeProfit, 'A take profit');
}

function requirePrice(price: f64, what: string): void {
  if (!(price > 0 && price < Infinity)) throw new RangeError(what + ' must be a positive price');
}

/** Answers the order's number. */
export function addOrder(order: Order, reason: string): i32 {
  checkOrder(order);
  const row = push(order.kind, order.symbol, reason);
  store<f64>(row + MEASURE, f64(order.measure));
  store<f64>(row + AMOUNT, order.amount);
  store<f64>(row + LIMIT, order.limitPrice);
  store<f64>(row + STOP, order.stopPrice);
  store<f64>(row + TRAIL, order.trail);
  store<f64>(row + TRAIL_FRACTION, order.trailFraction);
  store<f64>(row + DAY, f64(order.isDay));
  store<f64>(row + STOP_LOSS, order.stopLoss);
  store<f64>(row + TAKE_PROFIT, order.takeProfit);
  store<f64>(row + GROUP, f64(order.group));
  store<f64>(row + REDUCE_ONLY, f64(order.isReduceOnly));
  order.isHandedIn = true;
  lastId += 1;
  store<f64>(row + ORDER_ID, f64(lastId));
  return lastId;
}

export function addCancel(symbol: i32, id: i32, reason: string): void {
  store<f64>(push(CANCEL, symbol, reason) + ORDER_ID, f64(id));
}

export function addProtection(symbol: i32, stopLoss: f64, takeProfit: f64, trailFraction: f64, reason: string): void {
  checkPrice(stopLoss, 'A stop loss');
  checkPrice(takeProfit, 'A take profit');
  if (trailFraction == trailFraction && !(trailFraction > 0 && trailFraction < 1)) {
    throw new RangeError('A trailing distance must be a fraction between 0 and 1, or NaN for none');
  }
  const row = push(PROTECT, symbol, reason);
  store<f64>(row + STOP_LOSS, stopLoss);
  store<f64>(row + TAKE_PROFIT, takeProfit);
  store<f64>(row + TRAIL_FRACTION, trailFraction);
}

export function nextGroup(): i32 {
  lastGroup += 1;
  return lastGroup;
}
