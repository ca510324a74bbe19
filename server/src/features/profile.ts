import type { BarColumns } from '../market-data/bar.ts';
import { moneyFromNumber, quantityFromNumber, ratioFromNumber } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { InstrumentProfile } from '../risk/types.ts';

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

/**
 * What risk controls need to know of an instrument, from its daily bars up to `length`: average volume (shares) and dollar volume over 20
 * days, and daily volatility over 60 returns. A figure that the history is too short for is `undefined`; nothing at all for no bars.
 */
export function profileInstrument(daily: BarColumns, length: number = daily.length): InstrumentProfile | undefined {
  if (length === 0) return undefined;
  const base = { symbol: daily.symbol, asOf: instantFromMs(daily.startAtMs[length - 1] ?? 0) };
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
  return Number.isFinite(deviation) ? { ...volumeFigures, dailyVolatility60: ratioFromNumber(deviation) } : volumeFigures;
}
