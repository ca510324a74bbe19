import type { PeerBars, PeerCall, PeerCalls, PeerParameters } from './peer.ts';

/** indicatorts: JavaScript functions of columns and a configuration. */
type Functions = Readonly<Record<string, (...values: readonly unknown[]) => unknown>>;
type Values = (bars: PeerBars, parameters: PeerParameters) => readonly unknown[];

const real: Values = ({ close }, { timeperiod }) => [close, { period: timeperiod }];
const range: Values = ({ high, low, close }, { timeperiod }) => [high, low, close, { period: timeperiod }];

const TABLE: Readonly<Record<string, readonly [string, Values]>> = {
  SMA: ['sma', real],
  EMA: ['ema', real],
  DEMA: ['dema', real],
  TEMA: ['tema', real],
  TRIMA: ['trima', real],
  RSI: ['rsi', real],
  ROC: ['roc', real],
  TRIX: ['trix', real],
  MIN: ['mmin', real],
  MAX: ['mmax', real],
  STDDEV: ['mstd', real],
  BBANDS: ['bb', real],
  MACD: ['macd', ({ close }, { fast, slow, signal }) => [close, { fast, slow, signal }]],
  PPO: ['ppo', ({ close }, { fast, slow }) => [close, { fast, slow, signal: 9 }]],
  LINEARREG: ['movingLinearRegressionUsingLeastSquare', (bars, { timeperiod }) => [timeperiod, positions(bars), bars.close]],
  LINEARREG_SLOPE: ['movingLeastSquare', (bars, { timeperiod }) => [timeperiod, positions(bars), bars.close]],
  STOCH: ['stoch', ({ high, low, close }, { fastk, slowd }) => [high, low, close, { kPeriod: fastk, dPeriod: slowd }]],
  ATR: ['atr', range],
  TRANGE: ['tr', ({ high, low, close }) => [high, low, close]],
  CCI: ['cci', range],
  WILLR: ['willr', range],
  MFI: ['mfi', ({ high, low, close, volume }, { timeperiod }) => [high, low, close, volume, { period: timeperiod }]],
  OBV: ['obv', ({ close, volume }) => [close, volume]],
  VWAP: ['vwap', ({ close, volume }, { timeperiod }) => [close, volume, { period: timeperiod }]],
  DONCHIAN: ['dc', real],
  ICHIMOKU: [
    'ichimokuCloud',
    ({ high, low, close }, { tenkan, kijun, senkou, displacement }) => [
      high,
      low,
      close,
      { short: tenkan, medium: kijun, long: senkou, close: displacement },
    ],
  ],
  CHANDELIER: ['ce', range],
  AD: ['ad', ({ high, low, close, volume }) => [high, low, close, volume]],
  AROON: ['aroon', ({ high, low }, { timeperiod }) => [high, low, { period: timeperiod }]],
  SAR: ['psar', ({ high, low, close }, { acceleration, maximum }) => [high, low, close, { step: acceleration, max: maximum }]],
};

function positions({ close }: PeerBars): readonly number[] {
  return close.map((_, index) => index);
}

export function indicatortsCalls(library: unknown): PeerCalls {
  const functions = library as Functions;
  const callOf =
    (name: string, values: Values): PeerCall =>
    (bars, parameters) => {
      const taken = values(bars, parameters);
      return () => functions[name]?.(...taken);
    };
  return Object.fromEntries(Object.entries(TABLE).map(([indicator, [name, values]]) => [indicator, callOf(name, values)]));
}
