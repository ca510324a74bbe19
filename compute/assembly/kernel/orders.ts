import { CASH, CLOSE, EQUITY, POSITION, PRESENT, recordOf, slice, symbolCount } from '../sdk/slice';
import { BELOW_ONE_UNIT, affordable, closeUnits, deny, fillPrice, openUnits, roundUnits } from './account';
import { EQUITY_AT_FILL, UNITS, sizeKind, sizeValue } from './options';

/** One waiting market order a symbol: a later target replaces it. */
const EXPOSURE: usize = 0;
/** Units wished for, not negative; not-a-number where they are only known at the fill. */
const WISHED: usize = 8;
const WAITING: usize = 16;
const ORDER_BYTES: usize = 32;

let pending: usize = 0;
let waiting: i32 = 0;

export function openOrders(symbols: i32): void {
  const bytes = usize(symbols) * ORDER_BYTES;
  pending = heap.alloc(bytes);
  memory.fill(pending, 0, bytes);
  waiting = 0;
}

function orderOf(symbol: i32): usize {
  return pending + usize(symbol) * ORDER_BYTES;
}

export function ordersWait(): bool {
  return waiting > 0;
}

/** Keep a target until it fills. Sizes that depend on the signal are fixed here. */
export function placeOrder(symbol: i32, exposure: f64): void {
  const order = orderOf(symbol);
  if (load<f64>(order + WAITING) == 0) waiting += 1;
  store<f64>(order + WAITING, 1);
  store<f64>(order + EXPOSURE, exposure);
  store<f64>(order + WISHED, wishAtSignal(symbol, Math.abs(exposure)));
}

function wishAtSignal(symbol: i32, size: f64): f64 {
  if (size == 0) return 0;
  if (sizeKind == UNITS) return sizeValue * size;
  if (sizeKind == EQUITY_AT_FILL) return NaN;
  return max(0, (load<f64>(slice + EQUITY) * sizeValue * size) / load<f64>(recordOf(symbol) + CLOSE));
}

/** Equity with this symbol at its fill price and the others at the same moment of the bar: never at a price still to come. */
function equityAtFill(symbol: i32, price: f64, priceField: usize): f64 {
  let equity = load<f64>(slice + CASH);
  for (let other = 0; other < symbolCount; other++) {
    const record = recordOf(other);
    const position = load<f64>(record + POSITION);
    if (position == 0) continue;
    const known = load<f64>(record + (load<f64>(record + PRESENT) != 0 ? priceField : CLOSE));
    equity += position * (other == symbol ? price : known);
  }
  return equity;
}

function wishAtFill(symbol: i32, exposure: f64, priceField: usize): f64 {
  const arrival = load<f64>(recordOf(symbol) + priceField);
  const price = fillPrice(arrival, exposure > 0 ? 1 : -1);
  return affordable(equityAtFill(symbol, price, priceField) * sizeValue * Math.abs(exposure), price);
}

/** First what closes, of all symbols, so that its cash can pay for what opens; then what opens. `priceField` is OPEN or CLOSE. */
export function fillOrders(bar: i32, priceField: usize): void {
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    if (isDue(symbol)) closeFirst(symbol, bar, load<f64>(recordOf(symbol) + priceField));
  }
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    if (!isDue(symbol)) continue;
    store<f64>(orderOf(symbol) + WAITING, 0);
    waiting -= 1;
    adjust(symbol, bar, priceField);
  }
}

function isDue(symbol: i32): bool {
  return load<f64>(orderOf(symbol) + WAITING) != 0 && load<f64>(recordOf(symbol) + PRESENT) != 0;
}

/** Close a position that the order turns away from, or the part that is already known to be too much. */
function closeFirst(symbol: i32, bar: i32, arrival: f64): void {
  const position = load<f64>(recordOf(symbol) + POSITION);
  if (position == 0) return;
  const exposure = load<f64>(orderOf(symbol) + EXPOSURE);
  const held = Math.abs(position);
  if (exposure * position <= 0) {
    closeUnits(symbol, bar, held, arrival);
    return;
  }
  const wished = load<f64>(orderOf(symbol) + WISHED);
  if (wished == wished && roundUnits(wished) < held) closeUnits(symbol, bar, held - roundUnits(wished), arrival);
}

/** Trade from what is held to what is wished for, which lies on the same side. */
function adjust(symbol: i32, bar: i32, priceField: usize): void {
  const order = orderOf(symbol);
  const arrival = load<f64>(recordOf(symbol) + priceField);
  const exposure = load<f64>(order + EXPOSURE);
  if (exposure == 0) return;
  const known = load<f64>(order + WISHED);
  const wished = known == known ? known : wishAtFill(symbol, exposure, priceField);
  const units = roundUnits(wished);
  const held = Math.abs(load<f64>(recordOf(symbol) + POSITION));
  if (units > held) openUnits(symbol, bar, exposure > 0 ? 1 : -1, units - held, arrival);
  else if (units < held) closeUnits(symbol, bar, held - units, arrival);
  else if (units == 0) deny(bar, BELOW_ONE_UNIT, symbol, 1, wished);
}
