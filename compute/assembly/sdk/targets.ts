import { symbolCount } from './slice';

/** The targets set in this slice: at most one a symbol, the last one said, in the order in which symbols were first named. */
export let targetCount: i32 = 0;
let exposures: StaticArray<f64> = [];
let reasons: StaticArray<string> = [];
let order: StaticArray<i32> = [];
/** Place of a symbol in `order`, from 1; 0 when it has no target. */
let places: StaticArray<i32> = [];

export function openTargets(symbols: i32): void {
  exposures = new StaticArray<f64>(symbols);
  reasons = new StaticArray<string>(symbols).fill('');
  order = new StaticArray<i32>(symbols);
  places = new StaticArray<i32>(symbols);
  targetCount = 0;
}

export function clearTargets(): void {
  for (let i = 0; i < targetCount; i++) unchecked((places[order[i]] = 0));
  targetCount = 0;
}

export function setTarget(symbol: i32, exposure: f64, reason: string): void {
  if (u32(symbol) >= u32(symbolCount)) throw new RangeError('A target names a symbol index that does not exist');
  if (!(exposure >= -1 && exposure <= 1)) throw new RangeError('A target exposure must be between -1 and 1');
  let place = unchecked(places[symbol]);
  if (place == 0) {
    unchecked((order[targetCount] = symbol));
    targetCount += 1;
    place = targetCount;
    unchecked((places[symbol] = place));
  }
  // Adding zero turns a negative zero into zero.
  unchecked((exposures[place - 1] = exposure + 0.0));
  unchecked((reasons[place - 1] = reason));
}

export function targetSymbol(index: i32): i32 {
  return order[index];
}

export function targetExposure(index: i32): f64 {
  return exposures[index];
}

export function targetReason(index: i32): string {
  return reasons[index];
}
