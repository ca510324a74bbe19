import { at, checkLength } from '../rows-input.ts';

/**
 * What came of each bar, seen from its close. A value is known at the close of the bar `ends`; where it is not known (the data end before, or the bar has none) value,
 * end and return are not-a-number. All as long as the bars.
 */
export interface Labels {
  readonly values: Float64Array;
  /** The last bar that the label looks at. It never looks at one after it. */
  readonly ends: Float64Array;
  /** Simple return from the bar's close to the label's end, of the side that is taken: what a perfect guess would have been paid. */
  readonly returns: Float64Array;
}

export interface LabelBars {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** Labels without a value anywhere yet. */
export function unknownLabels(length: number): Labels {
  const unknown = (): Float64Array => new Float64Array(length).fill(Number.NaN);
  return { values: unknown(), ends: unknown(), returns: unknown() };
}

/** Prices that returns can be taken of: finite and above 0. Throws a RangeError that names the first that is not. */
export function checkPrices(what: string, bars: LabelBars): void {
  for (const name of ['open', 'high', 'low', 'close'] as const) {
    checkLength(what, name, bars[name], bars.close.length);
    const wrong = bars[name].findIndex((price) => !(price > 0 && price < Infinity));
    if (wrong < 0) continue;
    throw new RangeError(
      `${what}: ${name}[${wrong}] is ${bars[name][wrong]}, but a return needs prices above 0: mend the bars, or leave them out.`,
    );
  }
}

export const simpleReturn = (prices: Float64Array, from: number, to: number): number => at(prices, to) / at(prices, from) - 1;
