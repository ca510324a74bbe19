import type { Feature } from './feature.ts';

const OWN = 'Tidemark';

const returnOver = (lag: number): Feature => ({
  name: `return_${lag}`,
  definition: `ln(close / close ${lag} bars before)`,
  parameters: { lag },
  source: OWN,
  version: 2,
  warmUp: lag,
});

const volatility = (period: number): Feature => ({
  name: `volatility_${period}`,
  definition: `√(mean of ln(close / close before)² over ${period} bars), of one bar`,
  parameters: { period },
  source: 'RiskMetrics Technical Document, 1996, with equal weights',
  version: 2,
  warmUp: period,
});

/** A figure of the last returns. */
const ofReturns = (name: string, period: number, definition: string, source: string): Feature => ({
  name: `${name}_${period}`,
  definition: `${definition} of ln(close / close before) over ${period} bars`,
  parameters: { period },
  source,
  version: 2,
  warmUp: period,
});

export const RETURN_FEATURES: readonly Feature[] = [
  ...[1, 2, 5, 10, 21, 63, 126, 252].map(returnOver),
  {
    name: 'momentum_252_21',
    definition: 'ln(close 21 bars before / close 252 bars before): the year without its last month',
    parameters: { from: 252, to: 21 },
    source: 'Jegadeesh and Titman, 1993',
    version: 2,
    warmUp: 252,
  },
  {
    name: 'gap',
    definition: 'ln(open / close before)',
    parameters: {},
    source: OWN,
    version: 2,
    warmUp: 1,
  },
  {
    name: 'body',
    definition: 'ln(close / open)',
    parameters: {},
    source: OWN,
    version: 2,
    warmUp: 0,
  },
];

export const VOLATILITY_FEATURES: readonly Feature[] = [
  ...[5, 21, 63].map(volatility),
  {
    name: 'volatility_ratio_5_63',
    definition: 'volatility_5 / volatility_63; 1 where nothing moves',
    parameters: { short: 5, long: 63 },
    source: OWN,
    version: 2,
    warmUp: 63,
  },
  {
    name: 'range_5',
    definition: 'mean of ln(high / low) over 5 bars',
    parameters: { period: 5 },
    source: 'after Parkinson, 1980',
    version: 2,
    warmUp: 4,
  },
  ofReturns('down_share', 21, 'squares of the negative part over all squares', 'Barndorff-Nielsen, Kinnebrock and Shephard, 2010'),
];

export const DISTRIBUTION_FEATURES: readonly Feature[] = [
  ofReturns('skew', 63, 'third standardised moment, 0 where nothing moves,', 'Harvey and Siddique, 2000'),
  ofReturns('kurtosis', 63, 'fourth standardised moment, 0 where nothing moves,', 'Pearson, 1905'),
  ofReturns('autocorrelation', 21, 'correlation with the one before', 'Lo and MacKinlay, 1988'),
  ofReturns('maximum', 21, 'largest', 'Bali, Cakici and Whitelaw, 2011'),
  ofReturns('minimum', 21, 'least', 'after Bali, Cakici and Whitelaw, 2011'),
];
