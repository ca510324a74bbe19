import type { PeerBars, PeerCall, PeerCalls, PeerParameters } from './peer.ts';

/**
 * Tulip's functions, which two libraries have with the same names: tulind (C, arrays copied in and out) and `@ixjb94/indicators`
 * (JavaScript). Each names the inputs and options that a function takes.
 */
type Inputs = (bars: PeerBars) => readonly (readonly number[])[];
type Options = (parameters: PeerParameters) => readonly number[];
interface Function {
  readonly name: string;
  readonly inputs: Inputs;
  readonly options: Options;
}

const real: Inputs = ({ close }) => [close];
const highLow: Inputs = ({ high, low }) => [high, low];
const range: Inputs = ({ high, low, close }) => [high, low, close];
const traded: Inputs = ({ high, low, close, volume }) => [high, low, close, volume];
const closeAndVolume: Inputs = ({ close, volume }) => [close, volume];
const none: Options = () => [];
const period: Options = ({ timeperiod }) => [timeperiod];

const of = (name: string, inputs: Inputs, options: Options): Function => ({ name, inputs, options });

const FUNCTIONS: Readonly<Record<string, Function>> = {
  SMA: of('sma', real, period),
  EMA: of('ema', real, period),
  WMA: of('wma', real, period),
  DEMA: of('dema', real, period),
  TEMA: of('tema', real, period),
  TRIMA: of('trima', real, period),
  KAMA: of('kama', real, period),
  RSI: of('rsi', real, period),
  CMO: of('cmo', real, period),
  ROC: of('roc', real, period),
  MOM: of('mom', real, period),
  TRIX: of('trix', real, period),
  LINEARREG: of('linreg', real, period),
  LINEARREG_SLOPE: of('linregslope', real, period),
  MIN: of('min', real, period),
  MAX: of('max', real, period),
  STDDEV: of('stddev', real, period),
  VAR: of('var', real, period),
  BBANDS: of('bbands', real, ({ timeperiod, nbdevup }) => [timeperiod, nbdevup]),
  MACD: of('macd', real, ({ fast, slow, signal }) => [fast, slow, signal]),
  PPO: of('ppo', real, ({ fast, slow }) => [fast, slow]),
  STOCHRSI: of('stochrsi', real, period),
  STOCH: of('stoch', range, ({ fastk, slowk, slowd }) => [fastk, slowk, slowd]),
  ATR: of('atr', range, period),
  NATR: of('natr', range, period),
  TRANGE: of('tr', range, none),
  ADX: of('adx', range, period),
  PLUS_DI: of('di', range, period),
  MINUS_DI: of('di', range, period),
  CCI: of('cci', range, period),
  WILLR: of('willr', range, period),
  ULTOSC: of('ultosc', range, ({ p1, p2, p3 }) => [p1, p2, p3]),
  MFI: of('mfi', traded, period),
  OBV: of('obv', closeAndVolume, none),
  AD: of('ad', traded, none),
  AROON: of('aroon', highLow, period),
  AROONOSC: of('aroonosc', highLow, period),
  SAR: of('psar', highLow, ({ acceleration, maximum }) => [acceleration, maximum]),
};

interface Tulind {
  readonly indicators: Readonly<
    Record<
      string,
      {
        indicator(
          inputs: unknown,
          options: unknown,
          callback: (error: Error | string | null, results: readonly (readonly number[])[]) => void,
        ): void;
      }
    >
  >;
}

/** With a callback, which is called at once: without one each call makes a promise too. */
function tulindCall({ indicators }: Tulind, { name, inputs, options }: Function): PeerCall {
  return (bars, parameters) => {
    const taken = inputs(bars);
    const chosen = options(parameters);
    return () => {
      let last: unknown;
      indicators[name]?.indicator(taken, chosen, (error, results) => {
        if (error !== null) throw new Error(`tulind: ${name}: ${error instanceof Error ? error.message : error}`);
        last = results.map((result) => result.slice(-1));
      });
      return last;
    };
  };
}

export function tulindCalls(library: unknown): PeerCalls {
  const tulind = library as Tulind;
  return Object.fromEntries(Object.entries(FUNCTIONS).map(([name, entry]) => [name, tulindCall(tulind, entry)]));
}

interface Ixjb94 {
  readonly IndicatorsSync: new () => Readonly<Record<string, (...values: readonly unknown[]) => unknown>>;
}

/** There the directional movement takes no close, and there are more. */
const IXJB94_FUNCTIONS: Readonly<Record<string, Function>> = {
  ...FUNCTIONS,
  ADX: of('adx', highLow, period),
  VWAP: of('vwap', traded, period),
  KELTNER: of('kc', range, ({ timeperiod, multiplier }) => [timeperiod, multiplier]),
  DONCHIAN: of('dc', highLow, period),
  CHANDELIER: of('ce', range, ({ timeperiod, multiplier }) => [timeperiod, multiplier]),
};

/** The class whose methods answer at once: those of the other one answer with promises. */
export function ixjb94Calls(library: unknown): PeerCalls {
  const indicators = new (library as Ixjb94).IndicatorsSync();
  const callOf =
    ({ name, inputs, options }: Function): PeerCall =>
    (bars, parameters) => {
      const values = [...inputs(bars), ...options(parameters)];
      return () => indicators[name]?.(...values);
    };
  return Object.fromEntries(Object.entries(IXJB94_FUNCTIONS).map(([name, entry]) => [name, callOf(entry)]));
}
