import type { PeerBars, PeerCall, PeerCalls, PeerParameters } from './peer.ts';

/** technicalindicators: JavaScript. Its classes have a static `calculate` for whole series. */
interface TechnicalIndicators {
  readonly [name: string]: { calculate(input: Readonly<Record<string, unknown>>): unknown } | undefined;
}

type Input = (bars: PeerBars, parameters: PeerParameters) => Readonly<Record<string, unknown>>;

const real: Input = ({ close }, { timeperiod }) => ({ values: close, period: timeperiod });
const range: Input = ({ high, low, close }, { timeperiod }) => ({ high, low, close, period: timeperiod });
const traded: Input = ({ high, low, close, volume }, { timeperiod }) => ({ high, low, close, volume, period: timeperiod });

const TABLE: Readonly<Record<string, readonly [string, Input]>> = {
  SMA: ['SMA', real],
  EMA: ['EMA', real],
  WMA: ['WMA', real],
  RSI: ['RSI', real],
  ROC: ['ROC', real],
  TRIX: ['TRIX', real],
  MIN: ['Lowest', real],
  MAX: ['Highest', real],
  STDDEV: ['SD', real],
  BBANDS: ['BollingerBands', (bars, parameters) => ({ ...real(bars, parameters), stdDev: parameters.nbdevup })],
  MACD: [
    'MACD',
    ({ close }, { fast, slow, signal }) => ({
      values: close,
      fastPeriod: fast,
      slowPeriod: slow,
      signalPeriod: signal,
      SimpleMAOscillator: false,
      SimpleMASignal: false,
    }),
  ],
  STOCH: ['Stochastic', ({ high, low, close }, { fastk, slowd }) => ({ high, low, close, period: fastk, signalPeriod: slowd })],
  STOCHRSI: [
    'StochasticRSI',
    ({ close }, { timeperiod, fastk, fastd }) => ({
      values: close,
      rsiPeriod: timeperiod,
      stochasticPeriod: fastk,
      kPeriod: fastd,
      dPeriod: fastd,
    }),
  ],
  ATR: ['ATR', range],
  TRANGE: ['TrueRange', range],
  ADX: ['ADX', range],
  PLUS_DI: ['ADX', range],
  MINUS_DI: ['ADX', range],
  CCI: ['CCI', range],
  WILLR: ['WilliamsR', range],
  MFI: ['MFI', traded],
  AD: ['ADL', traded],
  KELTNER: [
    'KeltnerChannels',
    ({ high, low, close }, { timeperiod, atrperiod, multiplier }) => ({
      high,
      low,
      close,
      maPeriod: timeperiod,
      atrPeriod: atrperiod,
      useSMA: false,
      multiplier,
    }),
  ],
  ICHIMOKU: [
    'IchimokuCloud',
    ({ high, low }, { tenkan, kijun, senkou, displacement }) => ({
      high,
      low,
      conversionPeriod: tenkan,
      basePeriod: kijun,
      spanPeriod: senkou,
      displacement,
    }),
  ],
  HEIKIN_ASHI: ['HeikinAshi', ({ open, high, low, close, volume }) => ({ open, high, low, close, volume, timestamp: volume })],
  CHANDELIER: ['ChandelierExit', (bars, parameters) => ({ ...range(bars, parameters), multiplier: parameters.multiplier })],
  OBV: ['OBV', ({ close, volume }) => ({ close, volume })],
  SAR: ['PSAR', ({ high, low }, { acceleration, maximum }) => ({ high, low, step: acceleration, max: maximum })],
};

export function technicalIndicatorsCalls(library: unknown): PeerCalls {
  const classes = library as TechnicalIndicators;
  const callOf =
    (name: string, input: Input): PeerCall =>
    (bars, parameters) => {
      const taken = input(bars, parameters);
      return () => classes[name]?.calculate(taken);
    };
  return Object.fromEntries(Object.entries(TABLE).map(([indicator, [name, input]]) => [indicator, callOf(name, input)]));
}
