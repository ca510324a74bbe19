import { at } from '../rows-input.ts';

/** Of each bar from `warmUp` on; not-a-number before. */
export function fromBar(length: number, warmUp: number, of: (bar: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, bar) => (bar < warmUp ? Number.NaN : of(bar)));
}

/** The windows of so many values that end at each bar, from the first whole one without not-a-number at `warmUp`. Each is worked out anew: nothing drifts. */
export function overWindows(values: Float64Array, period: number, warmUp: number, of: (window: Float64Array) => number): Float64Array {
  return fromBar(values.length, warmUp, (bar) => of(values.subarray(bar + 1 - period, bar + 1)));
}

/** ln(price / the price `lag` bars before). */
export const logChange = (prices: Float64Array, lag: number): Float64Array =>
  fromBar(prices.length, lag, (bar) => Math.log(at(prices, bar) / at(prices, bar - lag)));

export const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

export const rootMeanSquare = (values: Float64Array): number =>
  Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

/** Deviations below this are the rounding of returns that are all the same. */
const STILL = 1e-12;

/** Mean power of the distance from the mean, in deviations; 0 where the window does not move. */
export function standardMoment(values: Float64Array, power: number): number {
  const mean = meanOf(values);
  const deviation = rootMeanSquare(values.map((value) => value - mean));
  return deviation < STILL ? 0 : meanOf(values.map((value) => ((value - mean) / deviation) ** power));
}

/** Correlation of each value with the one before; 0 where the window does not move. */
export function lagCorrelation(values: Float64Array): number {
  const mean = meanOf(values);
  const distances = values.map((value) => value - mean);
  if (rootMeanSquare(distances) < STILL) return 0;
  let shared = 0;
  for (let place = 1; place < distances.length; place += 1) shared += at(distances, place) * at(distances, place - 1);
  return shared / distances.reduce((sum, value) => sum + value * value, 0);
}

/** a/b bar by bar; `none` where b is 0. */
export const ratioOf = (a: Float64Array, b: Float64Array, none: number): Float64Array =>
  a.map((value, bar) => (at(b, bar) === 0 ? none : value / at(b, bar)));
