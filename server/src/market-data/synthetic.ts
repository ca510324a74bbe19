import { sessionsBetween } from '../instruments/calendar.ts';
import type { BarColumns } from './bar.ts';

/**
 * Made-up prices from a seed: for portfolios and intraday tests, never mistaken for a market. The same seed gives the same bars everywhere,
 * because only additions, multiplications and divisions are used: `log` and `exp` differ between machines.
 */
export interface SyntheticRecipe {
  readonly symbol: string;
  readonly seed: number;
  readonly firstPrice: number;
  /** Mean daily return in the calm and in the troubled regime. */
  readonly drift: readonly [calm: number, troubled: number];
  /** Standard deviation of daily returns in both. */
  readonly volatility: readonly [calm: number, troubled: number];
  /** Mean shares a day. */
  readonly volume: number;
}

/** SplitMix32 (Steele, Lea, Flood 2014): uniform doubles in [0, 1) from a 32-bit state. */
function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x9e3779b9) >>> 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    mixed ^= mixed >>> 15;
    return (mixed >>> 0) / 4_294_967_296;
  };
}

/** Irwin–Hall: twelve uniforms less six have mean 0, variance 1, and no transcendental functions. */
function nearlyNormal(uniform: () => number): number {
  let total = -6;
  for (let draw = 0; draw < 12; draw += 1) total += uniform();
  return total;
}

const cents = (value: number): number => Math.max(0.01, Math.round(value * 100) / 100);

/** Chance a bar that the regime changes: calm lasts about 100 bars, trouble about 25. */
const SWITCH = [0.01, 0.04] as const;

function walk(recipe: SyntheticRecipe, startAtMs: Float64Array, timeframe: BarColumns['timeframe'], scale: number): BarColumns {
  const { length } = startAtMs;
  const uniform = uniforms(recipe.seed);
  const series = {
    open: new Float64Array(length),
    high: new Float64Array(length),
    low: new Float64Array(length),
    close: new Float64Array(length),
    volume: new Float64Array(length),
  };
  let regime: 0 | 1 = 0;
  let last = recipe.firstPrice;
  const step = Math.sqrt(scale);
  for (let bar = 0; bar < length; bar += 1) {
    if (uniform() < SWITCH[regime]) regime = regime === 0 ? 1 : 0;
    const deviation = recipe.volatility[regime] * step;
    const open = cents(last * (1 + 0.3 * deviation * nearlyNormal(uniform)));
    const close = cents(open * Math.max(0.5, 1 + recipe.drift[regime] * scale + deviation * nearlyNormal(uniform)));
    series.open[bar] = open;
    series.close[bar] = close;
    series.high[bar] = cents(Math.max(open, close) * (1 + 0.6 * deviation * uniform()));
    series.low[bar] = cents(Math.min(open, close) * (1 - 0.6 * deviation * uniform()));
    series.volume[bar] = Math.round(recipe.volume * scale * (0.6 + 0.8 * uniform()) * (regime === 0 ? 1 : 1.7));
    last = close;
  }
  return { symbol: recipe.symbol, timeframe, length, startAtMs, ...series };
}

/** Daily bars on the exchange's sessions from `from` to `to` (dates, both included). */
export function syntheticDaily(recipe: SyntheticRecipe, from: string, to: string): BarColumns {
  const dates = sessionsBetween(from, to).map((session) => Date.parse(`${session.date}T00:00:00Z`));
  return walk(recipe, Float64Array.from(dates), '1Day', 1);
}

const MINUTE_MS = 60_000;
/** Minutes in a regular session. */
const SESSION_MINUTES = 390;

/** Minute bars of the regular sessions from `from` to `to`. */
export function syntheticMinutes(recipe: SyntheticRecipe, from: string, to: string): BarColumns {
  const starts: number[] = [];
  for (const session of sessionsBetween(from, to)) {
    for (let at: number = session.openAt; at < session.closeAt; at += MINUTE_MS) starts.push(at);
  }
  return walk(recipe, Float64Array.from(starts), '1Min', 1 / SESSION_MINUTES);
}
