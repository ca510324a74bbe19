import type { BarColumns } from '../market-data/bar.ts';
import { moneyFromNumber, quantityFromNumber, ratioFromNumber } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { DailyReturns, InstrumentProfile } from '../risk/types.ts';

const VOLUME_DAYS = 20;
const VOLATILITY_DAYS = 60;
/** Money is kept to 1e-9 dollars and volumes to 1e-9 shares; averages need no more than this. */
const DECIMALS = 1e6;

const rounded = (value: number): number => Math.round(value * DECIMALS) / DECIMALS;

function mean(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total / values.length;
}

/** Sample standard deviation (ddof 1) of the simple returns between `closes`. */
function volatility(closes: Float64Array): number {
  const returns = new Float64Array(closes.length - 1);
  for (let bar = 1; bar < closes.length; bar += 1) returns[bar - 1] = (closes[bar] ?? Number.NaN) / (closes[bar - 1] ?? Number.NaN) - 1;
  const centre = mean(returns);
  let squares = 0;
  for (const value of returns) squares += (value - centre) ** 2;
  return Math.sqrt(squares / (returns.length - 1));
}

const MILLION = 1e6;
const DAY_MS = 86_400_000;
const RETURN_DAYS = 250;

/** Simple returns of the last 250 days, in whole millionths; a day without a sound price has none. */
function returnsOf(daily: BarColumns, length: number): DailyReturns {
  const days: number[] = [];
  const millionths: number[] = [];
  for (let bar = Math.max(1, length - RETURN_DAYS); bar < length; bar += 1) {
    const move = Math.round(((daily.close[bar] ?? Number.NaN) / (daily.close[bar - 1] ?? Number.NaN) - 1) * MILLION);
    if (!Number.isFinite(move)) continue;
    days.push(Math.floor((daily.startAtMs[bar] ?? 0) / DAY_MS));
    // A journal holds no -0.
    millionths.push(move === 0 ? 0 : move);
  }
  return { days, millionths };
}

/** Median over 60 days of high less low as a share of the close before. */
function medianRange(daily: BarColumns, length: number): number {
  const ranges: number[] = [];
  for (let bar = length - VOLATILITY_DAYS; bar < length; bar += 1) {
    ranges.push(((daily.high[bar] ?? Number.NaN) - (daily.low[bar] ?? Number.NaN)) / (daily.close[bar - 1] ?? Number.NaN));
  }
  ranges.sort((left, right) => left - right);
  const middle = VOLATILITY_DAYS / 2;
  return ((ranges[middle - 1] ?? Number.NaN) + (ranges[middle] ?? Number.NaN)) / 2;
}

/**
 * What risk controls need to know of an instrument, from its daily bars up to `length`: average volume (shares) and dollar volume over 20
 * days, daily volatility and the usual range over 60, and the returns of 250. A figure that the history is too short for is `undefined`; nothing at all for no bars.
 */
export function profileInstrument(daily: BarColumns, length: number = daily.length): InstrumentProfile | undefined {
  if (length === 0) return undefined;
  const dailyReturns = returnsOf(daily, length);
  const named = { symbol: daily.symbol, asOf: instantFromMs(daily.startAtMs[length - 1] ?? 0) };
  const base = dailyReturns.days.length === 0 ? named : { ...named, dailyReturns };
  if (length < VOLUME_DAYS) return base;
  const volumes = daily.volume.subarray(length - VOLUME_DAYS, length);
  const dollars = volumes.map((volume, day) => volume * (daily.close[length - VOLUME_DAYS + day] ?? Number.NaN));
  const volumeFigures = {
    ...base,
    averageVolume20: quantityFromNumber(rounded(mean(volumes))),
    averageDollarVolume20: moneyFromNumber(rounded(mean(dollars))),
  };
  if (length < VOLATILITY_DAYS + 1) return volumeFigures;
  const deviation = volatility(daily.close.subarray(length - VOLATILITY_DAYS - 1, length));
  const range = medianRange(daily, length);
  return {
    ...volumeFigures,
    ...(Number.isFinite(deviation) ? { dailyVolatility60: ratioFromNumber(deviation) } : {}),
    ...(Number.isFinite(range) && range > 0 ? { medianRange60: ratioFromNumber(range) } : {}),
  };
}
