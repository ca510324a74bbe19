import { CASH, CLOSE, ENTRY_PRICE, OPEN, POSITION, PRESENT, priceOf, recordOf, slice } from '../sdk/slice';
import { held, heldSymbol } from './holdings';

/**
 * Whether the slice is over: then prices known are its closes, before that its opens. An order that fills inside a bar is measured at
 * prices that were known by then, never at a price still to come.
 */
let isClosed: bool = false;

export function atOpen(): void {
  isClosed = false;
}

export function atClose(): void {
  isClosed = true;
}

function knownPrice(record: usize): f64 {
  // A symbol without a bar in this slice stays at its last close.
  return priceOf(record, isClosed || load<f64>(record + PRESENT) == 0 ? CLOSE : OPEN);
}

/** Equity with this symbol at `price` and the others at the same moment of the bar. */
export function equityAt(symbol: i32, price: f64): f64 {
  let equity = load<f64>(slice + CASH);
  for (let i = 0; i < held; i++) {
    const other = heldSymbol(i);
    const record = recordOf(other);
    equity += load<f64>(record + POSITION) * (other == symbol ? price : knownPrice(record));
  }
  return equity;
}

/** Sum of absolute positions, this symbol at `price`. */
export function grossAt(symbol: i32, price: f64): f64 {
  let gross: f64 = 0;
  for (let i = 0; i < held; i++) {
    const other = heldSymbol(i);
    const record = recordOf(other);
    gross += Math.abs(load<f64>(record + POSITION)) * (other == symbol ? price : knownPrice(record));
  }
  return gross;
}

/** Sum of signed positions, this symbol at `price`. */
export function netAt(symbol: i32, price: f64): f64 {
  let net: f64 = 0;
  for (let i = 0; i < held; i++) {
    const other = heldSymbol(i);
    const record = recordOf(other);
    net += load<f64>(record + POSITION) * (other == symbol ? price : knownPrice(record));
  }
  return net;
}

/** Sum of what the positions cost. */
export function costOfPositions(): f64 {
  let cost: f64 = 0;
  for (let i = 0; i < held; i++) {
    const record = recordOf(heldSymbol(i));
    cost += Math.abs(load<f64>(record + POSITION)) * load<f64>(record + ENTRY_PRICE);
  }
  return cost;
}

/** Sum of absolute short positions, this symbol at `price`. */
export function shortAt(symbol: i32, price: f64): f64 {
  return (grossAt(symbol, price) - netAt(symbol, price)) / 2;
}
