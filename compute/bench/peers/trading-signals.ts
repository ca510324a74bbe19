import type { PeerBars, PeerCall, PeerCalls, PeerParameters } from './peer.ts';

/** trading-signals: JavaScript classes that are fed, and take whole series with `updates`. A run begins with a new one. */
interface Fed {
  updates(inputs: readonly unknown[]): unknown;
}
type Classes = Readonly<Record<string, new (...values: readonly unknown[]) => Fed>>;
type Make = (create: (name: string, ...values: readonly unknown[]) => Fed, parameters: PeerParameters) => Fed;

const closes = ({ close }: PeerBars): readonly unknown[] => close;
const candles = (bars: PeerBars): readonly unknown[] => bars.candles();
const period =
  (name: string): Make =>
  (create, { timeperiod }) =>
    create(name, timeperiod);
const plain =
  (name: string): Make =>
  (create) =>
    create(name);

const OF_CLOSES: Readonly<Record<string, Make>> = {
  SMA: period('SMA'),
  EMA: period('EMA'),
  WMA: period('WMA'),
  DEMA: period('DEMA'),
  TEMA: period('TEMA'),
  TRIMA: period('TRIMA'),
  KAMA: period('KAMA'),
  RSI: period('RSI'),
  CMO: period('CMO'),
  ROC: period('ROC'),
  MOM: period('MOM'),
  TRIX: period('TRIX'),
  LINEARREG: period('LinearRegression'),
  LINEARREG_SLOPE: period('LinearRegression'),
  BBANDS: (create, { timeperiod, nbdevup }) => create('BollingerBands', timeperiod, nbdevup),
  MACD: (create, { fast, slow, signal }) => create('MACD', create('EMA', fast), create('EMA', slow), create('EMA', signal)),
  PPO: (create, { fast, slow }) => create('PPO', { fastPeriod: fast, slowPeriod: slow }),
  STOCHRSI: period('StochasticRSI'),
};

const OF_CANDLES: Readonly<Record<string, Make>> = {
  STOCH: (create, { fastk, slowk, slowd }) => create('StochasticOscillator', { kPeriod: fastk, kSlowingPeriod: slowk, dPeriod: slowd }),
  ATR: period('ATR'),
  NATR: period('NATR'),
  TRANGE: plain('TR'),
  ADX: period('ADX'),
  PLUS_DI: period('DX'),
  MINUS_DI: period('DX'),
  CCI: period('CCI'),
  WILLR: period('WilliamsR'),
  ULTOSC: (create, { p1, p2, p3 }) => create('UltimateOscillator', { shortPeriod: p1, mediumPeriod: p2, longPeriod: p3 }),
  MFI: period('MFI'),
  // Its interval is how many candles it waits for: two are the least.
  OBV: (create) => create('OBV', 2),
  AD: plain('AD'),
  KELTNER: (create, { timeperiod, atrperiod, multiplier }) =>
    create('KeltnerChannels', { emaInterval: timeperiod, atrInterval: atrperiod, multiplier }),
  DONCHIAN: period('DonchianChannels'),
  SUPERTREND: (create, { timeperiod, multiplier }) => create('SuperTrend', { interval: timeperiod, multiplier }),
  ICHIMOKU: (create, { tenkan, kijun, senkou }) =>
    create('IchimokuCloud', { conversionInterval: tenkan, baseInterval: kijun, spanBInterval: senkou }),
  CHANDELIER: (create, { timeperiod, multiplier }) => create('ChandelierExit', { interval: timeperiod, multiplier }),
  AROON: period('Aroon'),
  SAR: (create, { acceleration, maximum }) => create('PSAR', { accelerationStep: acceleration, accelerationMax: maximum }),
};

export function tradingSignalsCalls(library: unknown): PeerCalls {
  const classes = library as Classes;
  const create = (name: string, ...values: readonly unknown[]): Fed => {
    const Class = classes[name];
    if (Class === undefined) throw new Error(`trading-signals has no ${name}`);
    return new Class(...values);
  };
  const callOf =
    (make: Make, input: (bars: PeerBars) => readonly unknown[]): PeerCall =>
    (bars, parameters) => {
      const fed = input(bars);
      return () => make(create, parameters).updates(fed);
    };
  return Object.fromEntries([
    ...Object.entries(OF_CLOSES).map(([name, make]) => [name, callOf(make, closes)] as const),
    ...Object.entries(OF_CANDLES).map(([name, make]) => [name, callOf(make, candles)] as const),
  ]);
}
