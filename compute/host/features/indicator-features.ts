import type { Feature } from './feature.ts';

/** A feature made of an indicator of the compute core. */
interface IndicatorFeature extends Omit<Feature, 'version'> {
  readonly indicator: string;
}

const built = ({ indicator, ...told }: IndicatorFeature): Feature => ({
  ...told,
  definition: `${told.definition}, of the indicator ${indicator}`,
  version: 1,
});

const smaGap = (period: number): IndicatorFeature => ({
  name: `sma_gap_${period}`,
  definition: `close / simple average of ${period} bars − 1`,
  indicator: 'SMA',
  parameters: { timeperiod: period },
  warmUp: period - 1,
  source: 'Brock, Lakonishok and LeBaron, 1992',
});

const rsi = (period: number): IndicatorFeature => ({
  name: `rsi_${period}`,
  definition: 'relative strength index / 100',
  indicator: 'RSI',
  parameters: { timeperiod: period },
  warmUp: period,
  source: 'Wilder, 1978',
});

/** Of one bar, not annualised. */
const realised = (name: string, indicator: string, warmUp: number, source: string): IndicatorFeature => ({
  name,
  definition: 'volatility of one bar from ranges',
  indicator,
  parameters: { timeperiod: 21, periods: 1 },
  warmUp,
  source,
});

const TREND: readonly IndicatorFeature[] = [
  smaGap(20),
  smaGap(50),
  smaGap(200),
  {
    name: 'macd_12_26_9',
    definition: 'histogram / close',
    indicator: 'MACD',
    parameters: { fast: 12, slow: 26, signal: 9 },
    warmUp: 33,
    source: 'Appel, 1979',
  },
  {
    name: 'adx_14',
    definition: 'average directional index / 100',
    indicator: 'ADX',
    parameters: { timeperiod: 14 },
    warmUp: 27,
    source: 'Wilder, 1978',
  },
  {
    name: 'aroon_25',
    definition: 'oscillator / 100',
    indicator: 'AROONOSC',
    parameters: { timeperiod: 25 },
    warmUp: 25,
    source: 'Chande, 1995',
  },
  {
    name: 'slope_21',
    definition: 'slope of the straight line through 21 closes / close',
    indicator: 'LINEARREG_SLOPE',
    parameters: { timeperiod: 21 },
    warmUp: 20,
    source: 'TA-Lib',
  },
  {
    name: 'below_high_252',
    definition: 'close / highest close of 252 bars − 1',
    indicator: 'MAX',
    parameters: { timeperiod: 252 },
    warmUp: 251,
    source: 'George and Hwang, 2004',
  },
  {
    name: 'above_low_252',
    definition: 'close / lowest close of 252 bars − 1',
    indicator: 'MIN',
    parameters: { timeperiod: 252 },
    warmUp: 251,
    source: 'after George and Hwang, 2004',
  },
  {
    name: 'fractional_100',
    definition: 'fractional difference of order 0.4 over 100 closes / close',
    indicator: 'FRACDIFF',
    parameters: { order: 0.4, timeperiod: 100 },
    warmUp: 99,
    source: 'López de Prado, 2018, chapter 5',
  },
  {
    name: 'hurst_100',
    definition: 'Hurst exponent of 100 closes',
    indicator: 'HURST',
    parameters: { timeperiod: 100 },
    warmUp: 99,
    source: 'Mandelbrot and Van Ness, 1968',
  },
];

const VOLATILITY: readonly IndicatorFeature[] = [
  realised('parkinson_21', 'RV_PARKINSON', 20, 'Parkinson, 1980'),
  realised('garman_klass_21', 'RV_GARMAN_KLASS', 20, 'Garman and Klass, 1980'),
  realised('yang_zhang_21', 'RV_YANG_ZHANG', 21, 'Yang and Zhang, 2000'),
  {
    name: 'natr_14',
    definition: 'average true range / close',
    indicator: 'NATR',
    parameters: { timeperiod: 14 },
    warmUp: 14,
    source: 'Wilder, 1978',
  },
  {
    name: 'band_width_20',
    definition: '(upper − lower) / middle, two deviations each way',
    indicator: 'BBANDS',
    parameters: { timeperiod: 20, nbdevup: 2, nbdevdn: 2 },
    warmUp: 19,
    source: 'Bollinger, 2001',
  },
];

const OSCILLATORS: readonly IndicatorFeature[] = [
  rsi(2),
  rsi(14),
  {
    name: 'stochastic_14',
    definition: 'slow %K / 100',
    indicator: 'STOCH',
    parameters: { fastk: 14, slowk: 3, slowd: 3 },
    warmUp: 17,
    source: 'Lane, 1984',
  },
  {
    name: 'cci_20',
    definition: 'commodity channel index / 100',
    indicator: 'CCI',
    parameters: { timeperiod: 20 },
    warmUp: 19,
    source: 'Lambert, 1980',
  },
  {
    name: 'close_z_20',
    definition: 'close less its mean over 20 bars, over its deviation there',
    indicator: 'ZSCORE',
    parameters: { timeperiod: 20 },
    warmUp: 19,
    source: 'Bollinger, 2001',
  },
  {
    name: 'money_flow_14',
    definition: 'money flow index / 100',
    indicator: 'MFI',
    parameters: { timeperiod: 14 },
    warmUp: 14,
    source: 'Quong and Soudack, 1989',
  },
];

export const INDICATOR_FEATURES: readonly Feature[] = [...TREND, ...VOLATILITY, ...OSCILLATORS].map(built);
