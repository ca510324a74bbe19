import { philoxUniform } from '../../philox.ts';
import type { SymbolSeries } from '../../timeline.ts';
import type { BarSeries } from '../../types.ts';

const PRICES = ['open', 'high', 'low', 'close'] as const;

/** The factor by which a price of a bar changes. `scale` is that of the close before, which was `before`. */
type FactorOf = (bar: number, price: number, before: number, scale: number) => number;

/** Bars whose prices change by factors, from the first to the last; the first bar has nothing before it and stays. */
function repriced(bars: BarSeries, factorOf: FactorOf): BarSeries {
  const made = { open: bars.open.slice(), high: bars.high.slice(), low: bars.low.slice(), close: bars.close.slice() };
  let scale = 1;
  for (let bar = 1; bar < bars.length; bar += 1) {
    const before = bars.close[bar - 1] ?? Number.NaN;
    const factors = PRICES.map((name) => factorOf(bar, bars[name][bar] ?? Number.NaN, before, scale));
    for (const [place, name] of PRICES.entries()) made[name][bar] = (bars[name][bar] ?? Number.NaN) * (factors[place] ?? Number.NaN);
    scale = factors.at(-1) ?? Number.NaN;
  }
  return { ...bars, ...made };
}

const each = (series: readonly SymbolSeries[], change: (bars: BarSeries) => BarSeries): readonly SymbolSeries[] =>
  series.map(({ symbol, bars }) => ({ symbol, bars: change(bars) }));

/** From `fromMs` to `toMs`, both included, every move from the close before is taken to the power of `factor`: its logarithm is that much larger. Later bars move as they did. */
export function volatilitySpike(series: readonly SymbolSeries[], fromMs: number, toMs: number, factor: number): readonly SymbolSeries[] {
  return each(series, (bars) =>
    repriced(bars, (bar, price, before, scale) => {
      const at = bars.startAtMs[bar] ?? Number.NaN;
      return at >= fromMs && at <= toMs ? scale * (price / before) ** (factor - 1) : scale;
    }),
  );
}

/** The first bar from `atMs` on opens with a gap of `size` (−0.1 is ten percent down); all later prices keep their moves. */
export function priceGap(series: readonly SymbolSeries[], atMs: number, size: number): readonly SymbolSeries[] {
  return each(series, (bars) => {
    const first = bars.startAtMs.findIndex((at) => at >= atMs);
    const scaled = (column: Float64Array): Float64Array =>
      column.map((price, bar) => (first >= 0 && bar >= first ? price * (1 + size) : price));
    return { ...bars, open: scaled(bars.open), high: scaled(bars.high), low: scaled(bars.low), close: scaled(bars.close) };
  });
}

/** The bars that start at instants which are kept. */
export function keptBars(series: readonly SymbolSeries[], isKept: (atMs: number) => boolean): readonly SymbolSeries[] {
  return each(series, (bars) => {
    const kept = Array.from(bars.startAtMs.keys()).filter((bar) => isKept(bars.startAtMs[bar] ?? Number.NaN));
    const pick = (column: Float64Array): Float64Array => Float64Array.from(kept, (bar) => column[bar] ?? Number.NaN);
    return {
      length: kept.length,
      startAtMs: pick(bars.startAtMs),
      open: pick(bars.open),
      high: pick(bars.high),
      low: pick(bars.low),
      close: pick(bars.close),
      volume: pick(bars.volume),
    };
  });
}

/** Without about this share of instants, drawn by the seed: the same for all symbols, whatever other bars there are. */
export function missingBars(series: readonly SymbolSeries[], share: number, seed: number): readonly SymbolSeries[] {
  return keptBars(series, (atMs) => {
    const seconds = Math.floor(atMs / 1000);
    return philoxUniform(seconds, Math.floor(seconds / 2 ** 32), seed) >= share;
  });
}
