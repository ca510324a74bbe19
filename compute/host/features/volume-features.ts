import type { Feature } from './feature.ts';

export const VOLUME_FEATURES: readonly Feature[] = [
  {
    name: 'volume_z_20',
    definition: 'ln(volume) less its mean over 20 bars, over its deviation there; 0 where a volume is 0 or none differs',
    parameters: { period: 20 },
    source: 'Tidemark',
    version: 2,
    warmUp: 19,
  },
  {
    name: 'turnover_ratio_5_63',
    definition: 'ln(mean of close · volume over 5 bars / the same over 63); 0 where one of them is 0',
    parameters: { short: 5, long: 63 },
    source: 'Tidemark',
    version: 2,
    warmUp: 62,
  },
  {
    name: 'illiquidity_21',
    definition:
      'mean of |ln(close / close before)| / (close · volume) over 21 bars, in 1e-6 of a unit of money; bars without volume count as 0',
    parameters: { period: 21 },
    source: 'Amihud, 2002',
    version: 2,
    warmUp: 21,
  },
];
