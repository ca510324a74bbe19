import type { PriceColumns } from '../indicators.ts';
import { at } from '../rows-input.ts';
import type { Feature } from './feature.ts';
import { fromBar, logChange, meanOf, overWindows, rootMeanSquare } from './series.ts';

const moneyOf = ({ close, volume }: PriceColumns): Float64Array => close.map((price, bar) => price * at(volume, bar));
/** Logarithms of one volume that differ by less are equal. */
const STILL = 1e-12;

/** How far the last value lies from the mean, in deviations of the population; 0 where a volume is 0 or none differs. */
function lastZ(volumes: Float64Array): number {
  if (volumes.some((volume) => volume <= 0)) return 0;
  const logs = volumes.map((volume) => Math.log(volume));
  const mean = meanOf(logs);
  const deviation = rootMeanSquare(logs.map((each) => each - mean));
  return deviation < STILL ? 0 : (at(logs, logs.length - 1) - mean) / deviation;
}

export const VOLUME_FEATURES: readonly Feature[] = [
  {
    name: 'volume_z_20',
    definition: 'ln(volume) less its mean over 20 bars, over its deviation there; 0 where a volume is 0 or none differs',
    parameters: { period: 20 },
    source: 'Tidemark',
    version: 1,
    warmUp: 19,
    compute: ({ volume }) => overWindows(volume, 20, 19, lastZ),
  },
  {
    name: 'turnover_ratio_5_63',
    definition: 'ln(mean of close · volume over 5 bars / the same over 63); 0 where one of them is 0',
    parameters: { short: 5, long: 63 },
    source: 'Tidemark',
    version: 1,
    warmUp: 62,
    compute: (bars) => {
      const money = moneyOf(bars);
      return fromBar(money.length, 62, (bar) => {
        const [short, long] = [5, 63].map((period) => meanOf(money.subarray(bar + 1 - period, bar + 1)));
        return short === undefined || long === undefined || !(short > 0 && long > 0) ? 0 : Math.log(short / long);
      });
    },
  },
  {
    name: 'illiquidity_21',
    definition:
      'mean of |ln(close / close before)| / (close · volume) over 21 bars, in 1e-6 of a unit of money; bars without volume count as 0',
    parameters: { period: 21 },
    source: 'Amihud, 2002',
    version: 1,
    warmUp: 21,
    compute: (bars) => {
      const money = moneyOf(bars);
      const parts = logChange(bars.close, 1).map((change, bar) =>
        at(money, bar) > 0 ? (1e6 * Math.abs(change)) / at(money, bar) : change * 0,
      );
      return overWindows(parts, 21, 21, meanOf);
    },
  },
];
