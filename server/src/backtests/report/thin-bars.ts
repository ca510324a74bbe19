import type { BacktestResult } from '@tidemark/compute/types';
import type { MarkedPrices } from './baselines/marked-prices.ts';

/** A fill of more than this share of its bar's volume is in a thin bar: the bar's price would not have stayed what it was. */
export const THIN_SHARE = 0.01;

export interface ThinBars {
  /** Fills whose bar is known. */
  readonly fills: number;
  /** Of those, the ones that took more than {@link THIN_SHARE} of the volume, or met a bar without any. */
  readonly thin: number;
  /** Largest share of a bar's volume; Infinity where a bar had none. */
  readonly largest: number;
}

/** `undefined` where no bar has a volume, or no fill's bar is known. */
export function thinBarsOf({ trades, equity }: BacktestResult, prices: readonly MarkedPrices[]): ThinBars | undefined {
  if (!prices.some(({ volume }) => volume.some((value) => value > 0))) return undefined;
  const indexOf = new Map(equity.map(({ time }, index) => [time, index]));
  const volumes = new Map(prices.map(({ symbol, volume }) => [symbol, volume]));
  let [fills, thin, largest] = [0, 0, 0];
  for (const { symbol, size, entryTime, exitTime } of trades) {
    for (const time of exitTime === null ? [entryTime] : [entryTime, exitTime]) {
      const volume = volumes.get(symbol)?.[indexOf.get(time) ?? -1] ?? Number.NaN;
      if (Number.isNaN(volume)) continue;
      const share = size / volume;
      fills += 1;
      if (share > THIN_SHARE) thin += 1;
      largest = Math.max(largest, share);
    }
  }
  return fills === 0 ? undefined : { fills, thin, largest };
}
