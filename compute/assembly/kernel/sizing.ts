import { CLOSE, EQUITY, priceOf, recordOf, slice } from '../sdk/slice';
import { EXPOSURE, NOTIONAL, UNITS } from '../sdk/wishes';
import { affordable, fillPrice } from './costs';
import { equityAt } from './exposure';
import { EQUITY_AT_FILL, EQUITY_AT_SIGNAL, SIZE_UNITS, sizeKind, sizeValue } from './options';

/** Units that an amount comes to, not negative: fixed at the close in view. Not-a-number where they are only known at the fill. */
export function unitsAtSignal(symbol: i32, measure: i32, amount: f64): f64 {
  const size = Math.abs(amount);
  if (size == 0 || measure == UNITS) return size;
  const close = priceOf(recordOf(symbol), CLOSE);
  // Before its first bar a symbol has no price that could tell.
  if (close != close && !(measure == EXPOSURE && sizeKind != EQUITY_AT_SIGNAL)) return 0;
  if (measure == NOTIONAL) return size / close;
  const equity = load<f64>(slice + EQUITY);
  if (measure != EXPOSURE) return max(0, (equity * size) / close);
  if (sizeKind == SIZE_UNITS) return sizeValue * size;
  if (sizeKind == EQUITY_AT_FILL) return NaN;
  return max(0, (equity * sizeValue * size) / close);
}

/**
 * Units that an exposure comes to when it fills at `arrival`: what that part of equity then buys, costs included. `held`: units of the same side
 * that count towards it. Their costs are paid: said again, an exposure that was reached leads to nothing.
 */
export function unitsAtFill(symbol: i32, exposure: f64, arrival: f64, atLimit: bool, held: f64 = 0): f64 {
  const direction: f64 = exposure > 0 ? 1 : -1;
  const share = sizeValue * Math.abs(exposure);
  const worth = equityAt(symbol, arrival) * share;
  if (held > 0 && worth <= held * arrival) return max(0, worth / arrival);
  const first = atLimit ? arrival : fillPrice(symbol, arrival, direction, 0);
  const units = affordable(equityAt(symbol, first) * share - held * first, first);
  if (atLimit) return held + units;
  // The size moves the price, which changes the size: once more, at the price of the larger size, is on the safe side.
  const price = fillPrice(symbol, arrival, direction, units);
  return held + (price == first ? units : affordable(equityAt(symbol, price) * share - held * price, price));
}
