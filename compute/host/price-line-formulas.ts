import type { PriceColumns } from './indicators.ts';
import { mean, rolling } from './reference-series.ts';

/** Lines over the price, each written from its formula, window by window: what tests hold the compute core against. For tests only. */
type Lines = readonly Float64Array[];

const at = (values: Float64Array, i: number): number => values[i] ?? NaN;

function typicalPrices({ high, low, close }: PriceColumns): Float64Array {
  return close.map((x, i) => (at(high, i) + at(low, i) + x) / 3);
}

export function vwap(bars: PriceColumns, period: number): Lines {
  const prices = typicalPrices(bars);
  return [
    rolling(prices.length, period, period - 1, (from, to) => {
      let turnover = 0;
      let volume = 0;
      for (let i = from; i < to; i++) {
        turnover += at(prices, i) * at(bars.volume, i);
        volume += at(bars.volume, i);
      }
      return volume === 0 ? mean(prices.subarray(from, to)) : turnover / volume;
    }),
  ];
}

export function donchian({ high, low }: PriceColumns, period: number): Lines {
  const upper = rolling(high.length, period, period - 1, (from, to) => Math.max(...high.subarray(from, to)));
  const lower = rolling(high.length, period, period - 1, (from, to) => Math.min(...low.subarray(from, to)));
  return [upper, upper.map((x, i) => x + (at(lower, i) - x) / 2), lower];
}

/** Wilder's average of true ranges: the mean of the first `period`, from bar 1 on, then one part in `period` of each. */
export function averageTrueRange({ high, low, close }: PriceColumns, period: number): Float64Array {
  const ranges = close.map((_, i) => {
    const before = at(close, i - 1);
    return Math.max(at(high, i) - at(low, i), Math.abs(at(high, i) - before), Math.abs(at(low, i) - before));
  });
  let average = NaN;
  return ranges.map((range, i) => {
    if (i < period) return NaN;
    average = i === period ? mean(ranges.subarray(1, period + 1)) : (average * (period - 1) + range) / period;
    return average;
  });
}

export function keltner(bars: PriceColumns, period: number, atrPeriod: number, multiplier: number): Lines {
  const ranges = averageTrueRange(bars, atrPeriod);
  let average = NaN;
  const averages = bars.close.map((x, i) => {
    if (i < period - 1) return NaN;
    average = i === period - 1 ? mean(bars.close.subarray(0, period)) : average + (2 / (period + 1)) * (x - average);
    return average;
  });
  return [multiplier, 0, -multiplier].map((times) => averages.map((x, i) => x + times * at(ranges, i)));
}

export function chandelier(bars: PriceColumns, period: number, multiplier: number): Lines {
  const ranges = averageTrueRange(bars, period);
  const [upper = ranges, , lower = ranges] = donchian(bars, period);
  return [upper.map((x, i) => x - multiplier * at(ranges, i)), lower.map((x, i) => x + multiplier * at(ranges, i))];
}

export function supertrend(bars: PriceColumns, period: number, multiplier: number): Lines {
  const { high, low, close } = bars;
  const ranges = averageTrueRange(bars, period);
  const value = new Float64Array(close.length).fill(NaN);
  const direction = new Float64Array(close.length).fill(NaN);
  let upper = NaN;
  let lower = NaN;
  for (let i = period; i < close.length; i++) {
    const middle = (at(high, i) + at(low, i)) / 2;
    const upperNow = middle + multiplier * at(ranges, i);
    const lowerNow = middle - multiplier * at(ranges, i);
    const first = i === period;
    if (first || upperNow < upper || at(close, i - 1) > upper) upper = upperNow;
    if (first || lowerNow > lower || at(close, i - 1) < lower) lower = lowerNow;
    const before = first ? -1 : at(direction, i - 1);
    if (before === -1) direction[i] = at(close, i) > upper ? 1 : -1;
    else direction[i] = at(close, i) < lower ? -1 : 1;
    value[i] = direction[i] === 1 ? lower : upper;
  }
  return [value, direction];
}

export function ichimoku(bars: PriceColumns, tenkan: number, kijun: number, senkou: number, displacement: number): Lines {
  const middle = (period: number): Float64Array => donchian(bars, period)[1] ?? new Float64Array(0);
  const [fast, slow, wide] = [middle(tenkan), middle(kijun), middle(senkou)];
  const first = Math.max(tenkan, kijun, senkou) - 1 + displacement;
  const shown = (value: (i: number) => number): Float64Array => bars.close.map((_, i) => (i < first ? NaN : value(i)));
  return [
    shown((i) => at(fast, i)),
    shown((i) => at(slow, i)),
    shown((i) => (at(fast, i - displacement) + at(slow, i - displacement)) / 2),
    shown((i) => at(wide, i - displacement)),
    shown((i) => at(bars.close, i - displacement)),
  ];
}

export function heikinAshi({ open, high, low, close }: PriceColumns): Lines {
  const closes = close.map((x, i) => (at(open, i) + at(high, i) + at(low, i) + x) / 4);
  const opens = new Float64Array(close.length);
  for (let i = 0; i < close.length; i++) {
    opens[i] = i === 0 ? (at(open, 0) + at(close, 0)) / 2 : (at(opens, i - 1) + at(closes, i - 1)) / 2;
  }
  const highs = high.map((x, i) => Math.max(x, at(opens, i), at(closes, i)));
  const lows = low.map((x, i) => Math.min(x, at(opens, i), at(closes, i)));
  return [opens, highs, lows, closes];
}

export function volumeProfile(bars: PriceColumns, period: number, bins: number, share: number): Lines {
  const prices = typicalPrices(bars);
  const profiles = Array.from(bars.close, (_, i) =>
    i < period - 1 ? [NaN, NaN, NaN] : profileOf(bars, prices, i + 1 - period, i + 1, bins, share),
  );
  return [0, 1, 2].map((k) => Float64Array.from(profiles, (profile) => profile[k] ?? NaN));
}

function profileOf(bars: PriceColumns, prices: Float64Array, from: number, to: number, bins: number, share: number): readonly number[] {
  const lowest = Math.min(...bars.low.subarray(from, to));
  const range = Math.max(...bars.high.subarray(from, to)) - lowest;
  if (range === 0) return [lowest, lowest, lowest];
  const traded = bars.volume.subarray(from, to).some((volume) => volume !== 0);
  const counts = Array.from({ length: bins }, () => 0);
  for (let i = from; i < to; i++) {
    const bin = Math.min(bins - 1, Math.floor(((at(prices, i) - lowest) * bins) / range));
    counts[bin] = (counts[bin] ?? 0) + (traded ? at(bars.volume, i) : 1);
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  const control = counts.indexOf(Math.max(...counts));
  const area = [control];
  const held = (): number => area.reduce((sum, bin) => sum + (counts[bin] ?? 0), 0);
  while (held() < share * total * (1 - 1e-12) && area.length < bins) {
    const [above, below] = [Math.max(...area) + 1, Math.min(...area) - 1];
    area.push(below < 0 || (above < bins && (counts[above] ?? 0) >= (counts[below] ?? 0)) ? above : below);
  }
  const edge = (bin: number): number => lowest + (bin * range) / bins;
  return [edge(control + 0.5), edge(Math.max(...area) + 1), edge(Math.min(...area))];
}
