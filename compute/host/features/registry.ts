import type { Indicators, PriceColumns } from '../indicators.ts';
import { ParameterError } from '../errors.ts';
import type { Feature } from './feature.ts';
import { INDICATOR_FEATURES } from './indicator-features.ts';
import { DISTRIBUTION_FEATURES, RETURN_FEATURES, VOLATILITY_FEATURES } from './price-features.ts';
import { VOLUME_FEATURES } from './volume-features.ts';

/**
 * The features of daily bars of a share. Laws over all of them: bars after t never change a value at t, nothing before the warm-up and a finite value from there
 * on, and a split changes nothing.
 */
export const FEATURES: readonly Feature[] = [
  ...RETURN_FEATURES,
  ...VOLATILITY_FEATURES,
  ...DISTRIBUTION_FEATURES,
  ...VOLUME_FEATURES,
  ...INDICATOR_FEATURES,
];

const byName = new Map(FEATURES.map((feature) => [feature.name, feature]));

/** Throws a {@link ParameterError} for an unknown name. */
export function featureNamed(name: string): Feature {
  const feature = byName.get(name);
  if (feature !== undefined) return feature;
  const known = [...byName.keys()].join(', ');
  throw new ParameterError('features', 'name', name, `one of ${known}`, `There is no feature ${name}; there is one of ${known}.`);
}

/**
 * A column a feature, each as long as the bars: bit for bit what a strategy computes bar by bar, for it is the same code. Throws a RangeError
 * for a price that is not above 0 or a volume below 0.
 */
export function computeFeatures(features: readonly Feature[], bars: PriceColumns, indicators: Indicators): readonly Float64Array[] {
  checkBars(bars);
  const loaded = indicators.load(bars);
  return features.map(({ name }) => loaded.feature(name).slice());
}

function checkBars(bars: PriceColumns): void {
  for (const name of ['open', 'high', 'low', 'close', 'volume'] as const) {
    const least = name === 'volume' ? 0 : Number.MIN_VALUE;
    const wrong = bars[name].findIndex((value) => !(value >= least && value < Infinity));
    if (wrong < 0) continue;
    const wanted = name === 'volume' ? 'a volume is at least 0' : 'features need prices above 0';
    throw new RangeError(`features: ${name}[${wrong}] is ${bars[name][wrong]}, but ${wanted}: mend the bars, or leave them out.`);
  }
}
