import { at } from '../rows-input.ts';
import type { Feature } from './feature.ts';
import { fromBar, lagCorrelation, logChange, meanOf, overWindows, ratioOf, rootMeanSquare, standardMoment } from './series.ts';

const OWN = 'Tidemark';

const returnOver = (lag: number): Feature => ({
  name: `return_${lag}`,
  definition: `ln(close / close ${lag} bars before)`,
  parameters: { lag },
  source: OWN,
  version: 1,
  warmUp: lag,
  compute: ({ close }) => logChange(close, lag),
});

const volatility = (period: number): Feature => ({
  name: `volatility_${period}`,
  definition: `√(mean of ln(close / close before)² over ${period} bars), of one bar`,
  parameters: { period },
  source: 'RiskMetrics Technical Document, 1996, with equal weights',
  version: 1,
  warmUp: period,
  compute: ({ close }) => overWindows(logChange(close, 1), period, period, rootMeanSquare),
});

/** A figure of the last returns. */
const ofReturns = (name: string, period: number, definition: string, source: string, of: (returns: Float64Array) => number): Feature => ({
  name: `${name}_${period}`,
  definition: `${definition} of ln(close / close before) over ${period} bars`,
  parameters: { period },
  source,
  version: 1,
  warmUp: period,
  compute: ({ close }) => overWindows(logChange(close, 1), period, period, of),
});

/** The part of the movement that went down; one half where nothing moves. */
function downShare(returns: Float64Array): number {
  const [all, down] = [returns, returns.map((each) => Math.min(0, each))].map((each) =>
    each.reduce((sum, value) => sum + value * value, 0),
  );
  return all === undefined || down === undefined || all === 0 ? 0.5 : down / all;
}

export const RETURN_FEATURES: readonly Feature[] = [
  ...[1, 2, 5, 10, 21, 63, 126, 252].map(returnOver),
  {
    name: 'momentum_252_21',
    definition: 'ln(close 21 bars before / close 252 bars before): the year without its last month',
    parameters: { from: 252, to: 21 },
    source: 'Jegadeesh and Titman, 1993',
    version: 1,
    warmUp: 252,
    compute: ({ close }) => fromBar(close.length, 252, (bar) => Math.log(at(close, bar - 21) / at(close, bar - 252))),
  },
  {
    name: 'gap',
    definition: 'ln(open / close before)',
    parameters: {},
    source: OWN,
    version: 1,
    warmUp: 1,
    compute: ({ open, close }) => fromBar(close.length, 1, (bar) => Math.log(at(open, bar) / at(close, bar - 1))),
  },
  {
    name: 'body',
    definition: 'ln(close / open)',
    parameters: {},
    source: OWN,
    version: 1,
    warmUp: 0,
    compute: ({ open, close }) => fromBar(close.length, 0, (bar) => Math.log(at(close, bar) / at(open, bar))),
  },
];

export const VOLATILITY_FEATURES: readonly Feature[] = [
  ...[5, 21, 63].map(volatility),
  {
    name: 'volatility_ratio_5_63',
    definition: 'volatility_5 / volatility_63; 1 where nothing moves',
    parameters: { short: 5, long: 63 },
    source: OWN,
    version: 1,
    warmUp: 63,
    compute: ({ close }) => {
      const returns = logChange(close, 1);
      const [short, long] = [overWindows(returns, 5, 63, rootMeanSquare), overWindows(returns, 63, 63, rootMeanSquare)];
      return ratioOf(short, long, 1);
    },
  },
  {
    name: 'range_5',
    definition: 'mean of ln(high / low) over 5 bars',
    parameters: { period: 5 },
    source: 'after Parkinson, 1980',
    version: 1,
    warmUp: 4,
    compute: ({ high, low }) =>
      overWindows(
        high.map((price, bar) => Math.log(price / at(low, bar))),
        5,
        4,
        meanOf,
      ),
  },
  ofReturns(
    'down_share',
    21,
    'squares of the negative part over all squares',
    'Barndorff-Nielsen, Kinnebrock and Shephard, 2010',
    downShare,
  ),
];

export const DISTRIBUTION_FEATURES: readonly Feature[] = [
  ofReturns('skew', 63, 'third standardised moment, 0 where nothing moves,', 'Harvey and Siddique, 2000', (each) =>
    standardMoment(each, 3),
  ),
  ofReturns('kurtosis', 63, 'fourth standardised moment, 0 where nothing moves,', 'Pearson, 1905', (each) => standardMoment(each, 4)),
  ofReturns('autocorrelation', 21, 'correlation with the one before', 'Lo and MacKinlay, 1988', lagCorrelation),
  ofReturns('maximum', 21, 'largest', 'Bali, Cakici and Whitelaw, 2011', (each) =>
    each.reduce((most, value) => Math.max(most, value), -Infinity),
  ),
  ofReturns('minimum', 21, 'least', 'after Bali, Cakici and Whitelaw, 2011', (each) =>
    each.reduce((least, value) => Math.min(least, value), Infinity),
  ),
];
