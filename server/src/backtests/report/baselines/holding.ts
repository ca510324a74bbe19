import type { EquityPoint } from '../equity-curve.ts';
import type { MarkedPrices } from './marked-prices.ts';

const YEAR_MS = 365 * 86_400_000;

/**
 * The cash in equal parts, each into one symbol at its first close, held to the end, without costs and without rebalancing: an equity curve
 * at the run's marks. The part of a symbol that is not there yet waits in cash. `undefined` where no symbol has a close at the first
 * mark, or a first close is not above 0.
 */
export function holdingOf(
  points: readonly EquityPoint[],
  cash: number,
  prices: readonly MarkedPrices[],
): readonly EquityPoint[] | undefined {
  const firsts = prices.map(({ close }) => close.find((price) => !Number.isNaN(price)));
  const known = firsts.every((first) => first === undefined || first > 0) && prices.some(({ close }) => (close[0] ?? Number.NaN) > 0);
  if (!known || points.length === 0) return undefined;
  const share = cash / prices.length;
  return points.map(({ time }, index) => ({
    time,
    equity: prices.reduce((total, { close }, symbol) => {
      const [price = Number.NaN, first = Number.NaN] = [close[index], firsts[symbol]];
      return total + (Number.isNaN(price) ? share : share * (price / first));
    }, 0),
  }));
}

/** All of it in cash, at the run's own rate on cash: simple interest by time, from mark to mark, as the kernel pays it. */
export function cashOf(points: readonly EquityPoint[], cash: number, rate: number): readonly EquityPoint[] {
  let equity = cash;
  let beforeMs = Number.NaN;
  return points.map(({ time }) => {
    const atMs = Date.parse(time);
    if (rate !== 0 && !Number.isNaN(beforeMs)) equity += equity * rate * ((atMs - beforeMs) / YEAR_MS);
    beforeMs = atMs;
    return { time, equity };
  });
}
