import { POSITION, PRESENT, priceOf, recordOf, symbolCount } from '../sdk/slice';
import { charged, closeUnits, denyBelowOneUnit, isCrumb, openUnits, roundUnits } from './account';
import { VOLUME_SHARE, fillModel } from './options';
import { protectPosition, unprotect } from './protection';
import { unitsAtFill } from './sizing';
import { CLOSING, OPENING, TARGET_AMOUNT, TARGET_STOP_LOSS, TARGET_TAKE_PROFIT, WAITING, WISHED, setWaiting, targetOf } from './waiting-targets';

/**
 * First what closes, of all symbols, so that its cash can pay for what opens; then what opens. `column` is OPEN or CLOSE: where in its
 * bar the price is taken; `from`: the slice from which protective orders of what opens are live.
 */
export function fillTargets(bar: i32, column: usize, from: i32): void {
  if (symbolCount > 1) {
    for (let symbol = 0; symbol < symbolCount; symbol++) {
      if (isDue(symbol)) closeFirst(symbol, bar, priceOf(recordOf(symbol), column));
    }
  } else if (isDue(0)) closeFirst(0, bar, priceOf(recordOf(0), column));
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    if (isDue(symbol)) adjust(symbol, bar, priceOf(recordOf(symbol), column), from);
  }
}

function isDue(symbol: i32): bool {
  return load<f64>(targetOf(symbol) + WAITING) != 0 && load<f64>(recordOf(symbol) + PRESENT) != 0;
}

function closePart(symbol: i32, bar: i32, units: f64, arrival: f64): f64 {
  const target = targetOf(symbol);
  const closed = closeUnits(symbol, bar, units, arrival, false, load<f64>(target + CLOSING));
  store<f64>(target + CLOSING, charged);
  return closed;
}

/** Close a position that the target turns away from, or the part that is already known to be too much. */
function closeFirst(symbol: i32, bar: i32, arrival: f64): void {
  const position = load<f64>(recordOf(symbol) + POSITION);
  if (position == 0) return;
  const target = targetOf(symbol);
  const amount = load<f64>(target + TARGET_AMOUNT);
  const held = Math.abs(position);
  if (amount * position <= 0) {
    unprotect(symbol);
    closePart(symbol, bar, held, arrival);
    return;
  }
  const wished = load<f64>(target + WISHED);
  const surplus = held - roundUnits(wished);
  if (!(surplus > 0) || isCrumb(surplus, held)) return;
  // What is held is now what was wished for but for rounding, which is nothing to trade.
  if (closePart(symbol, bar, surplus, arrival) >= surplus) setWaiting(symbol, false);
}

/** Trade from what is held to what is wished for, which lies on the same side unless volume ran out. */
function adjust(symbol: i32, bar: i32, arrival: f64, from: i32): void {
  const target = targetOf(symbol);
  const amount = load<f64>(target + TARGET_AMOUNT);
  const position = load<f64>(recordOf(symbol) + POSITION);
  if (position != 0 && amount * position <= 0) return;
  setWaiting(symbol, false);
  if (amount == 0) return;
  const known = load<f64>(target + WISHED);
  const wished = known == known ? known : unitsAtFill(symbol, amount, arrival, false, Math.abs(position));
  const units = roundUnits(wished);
  const held = Math.abs(position);
  if (units == 0 && held == 0) {
    denyBelowOneUnit(symbol, bar, wished);
    return;
  }
  if (isCrumb(Math.abs(units - held), max(units, held))) return;
  if (units > held) {
    const stopLoss = load<f64>(target + TARGET_STOP_LOSS);
    const before = load<f64>(target + OPENING);
    const opened = openUnits(symbol, bar, amount > 0 ? 1 : -1, units - held, arrival, stopLoss, false, before);
    store<f64>(target + OPENING, charged);
    const takeProfit = load<f64>(target + TARGET_TAKE_PROFIT);
    if (opened > 0 && (stopLoss == stopLoss || takeProfit == takeProfit)) protectPosition(symbol, stopLoss, takeProfit, NaN, from);
    waitForRest(symbol, units, opened >= 0 && opened < units - held);
  } else if (units < held) {
    waitForRest(symbol, units, closePart(symbol, bar, held - units, arrival) < held - units);
  }
}

/** Where the bar's volume was not enough, the rest is traded in the next one. */
function waitForRest(symbol: i32, units: f64, isPartial: bool): void {
  if (!isPartial || fillModel != VOLUME_SHARE) return;
  store<f64>(targetOf(symbol) + WISHED, units);
  setWaiting(symbol, true);
}
