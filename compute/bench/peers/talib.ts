import type { PeerBars, PeerCall, PeerCalls, PeerParameters } from './peer.ts';

/** node-talib: TA-Lib in C. Its arrays are copied element by element on the way in and out, which counts: there is no other way to call it. */
interface Talib {
  execute(call: Readonly<Record<string, unknown>>): {
    readonly error?: string;
    readonly nbElement: number;
    readonly result: Readonly<Record<string, readonly number[]>>;
  };
}

type Inputs = (bars: PeerBars) => Readonly<Record<string, readonly number[]>>;
type Options = (parameters: PeerParameters) => Readonly<Record<string, number>>;

const real: Inputs = ({ close }) => ({ inReal: close });
const highLow: Inputs = ({ high, low }) => ({ high, low });
const range: Inputs = ({ high, low, close }) => ({ high, low, close });
const traded: Inputs = ({ high, low, close, volume }) => ({ high, low, close, volume });
const highAndLow: Inputs = ({ high, low }) => ({ inReal0: high, inReal1: low });
const closeAndVolume: Inputs = ({ close, volume }) => ({ inReal: close, volume });

const none: Options = () => ({});
const period: Options = ({ timeperiod }) => ({ optInTimePeriod: timeperiod });
const deviations: Options = ({ timeperiod, nbdev }) => ({ optInTimePeriod: timeperiod, optInNbDev: nbdev });
const bands: Options = ({ timeperiod, nbdevup, nbdevdn }) => ({
  optInTimePeriod: timeperiod,
  optInNbDevUp: nbdevup,
  optInNbDevDn: nbdevdn,
  optInMAType: 0,
});
const macd: Options = ({ fast, slow, signal }) => ({ optInFastPeriod: fast, optInSlowPeriod: slow, optInSignalPeriod: signal });
const ppo: Options = ({ fast, slow }) => ({ optInFastPeriod: fast, optInSlowPeriod: slow, optInMAType: 1 });
const stochastic: Options = ({ fastk, slowk, slowd }) => ({
  optInFastK_Period: fastk,
  optInSlowK_Period: slowk,
  optInSlowK_MAType: 0,
  optInSlowD_Period: slowd,
  optInSlowD_MAType: 0,
});
const stochasticRsi: Options = ({ timeperiod, fastk, fastd }) => ({
  optInTimePeriod: timeperiod,
  optInFastK_Period: fastk,
  optInFastD_Period: fastd,
  optInFastD_MAType: 0,
});
const ultimate: Options = ({ p1, p2, p3 }) => ({ optInTimePeriod1: p1, optInTimePeriod2: p2, optInTimePeriod3: p3 });
const sar: Options = ({ acceleration, maximum }) => ({ optInAcceleration: acceleration, optInMaximum: maximum });

const TABLE: Readonly<Record<string, readonly [Inputs, Options]>> = {
  SMA: [real, period],
  EMA: [real, period],
  WMA: [real, period],
  DEMA: [real, period],
  TEMA: [real, period],
  TRIMA: [real, period],
  KAMA: [real, period],
  RSI: [real, period],
  CMO: [real, period],
  ROC: [real, period],
  MOM: [real, period],
  TRIX: [real, period],
  LINEARREG: [real, period],
  LINEARREG_SLOPE: [real, period],
  MIN: [real, period],
  MAX: [real, period],
  STDDEV: [real, deviations],
  VAR: [real, deviations],
  BBANDS: [real, bands],
  MACD: [real, macd],
  PPO: [real, ppo],
  STOCHRSI: [real, stochasticRsi],
  STOCH: [range, stochastic],
  ATR: [range, period],
  NATR: [range, period],
  TRANGE: [range, none],
  ADX: [range, period],
  PLUS_DI: [range, period],
  MINUS_DI: [range, period],
  CCI: [range, period],
  WILLR: [range, period],
  ULTOSC: [range, ultimate],
  MFI: [traded, period],
  OBV: [closeAndVolume, none],
  AD: [traded, none],
  AROON: [highLow, period],
  AROONOSC: [highLow, period],
  SAR: [highLow, sar],
  CORREL: [highAndLow, period],
  BETA: [highAndLow, period],
};

function callOf(talib: Talib, name: string, [inputs, options]: readonly [Inputs, Options]): PeerCall {
  return (bars, parameters) => {
    const call = { name, startIdx: 0, endIdx: bars.close.length - 1, ...inputs(bars), ...options(parameters) };
    return () => {
      const { error, nbElement, result } = talib.execute(call);
      if (error !== undefined) throw new Error(`talib: ${name}: ${error}`);
      return Object.values(result).map((values) => values.slice(nbElement - 1, nbElement));
    };
  };
}

export function talibCalls(library: unknown): PeerCalls {
  const talib = library as Talib;
  return Object.fromEntries(Object.entries(TABLE).map(([name, entry]) => [name, callOf(talib, name, entry)]));
}
