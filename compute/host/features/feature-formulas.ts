import type { LoadedBars, PriceColumns } from '../indicators.ts';
import { at } from '../rows-input.ts';

/** Of each bar from `warmUp` on; not-a-number before. */
function fromBar(length: number, warmUp: number, of: (bar: number) => number): Float64Array {
  return Float64Array.from({ length }, (_, bar) => (bar < warmUp ? Number.NaN : of(bar)));
}

/** The windows of so many values that end at each bar, from the first whole one without not-a-number at `warmUp`. Each is worked out anew: nothing drifts. */
function overWindows(values: Float64Array, period: number, warmUp: number, of: (window: Float64Array) => number): Float64Array {
  return fromBar(values.length, warmUp, (bar) => of(values.subarray(bar + 1 - period, bar + 1)));
}

/** ln(price / the price `lag` bars before). */
const logChange = (prices: Float64Array, lag: number): Float64Array =>
  fromBar(prices.length, lag, (bar) => Math.log(at(prices, bar) / at(prices, bar - lag)));

const meanOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const rootMeanSquare = (values: Float64Array): number => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);

/** Deviations below this are the rounding of returns that are all the same. */
const STILL = 1e-12;

/** Mean power of the distance from the mean, in deviations; 0 where the window does not move. */
function standardMoment(values: Float64Array, power: number): number {
  const mean = meanOf(values);
  const deviation = rootMeanSquare(values.map((value) => value - mean));
  return deviation < STILL ? 0 : meanOf(values.map((value) => ((value - mean) / deviation) ** power));
}

/** Correlation of each value with the one before; 0 where the window does not move. */
function lagCorrelation(values: Float64Array): number {
  const mean = meanOf(values);
  const distances = values.map((value) => value - mean);
  if (rootMeanSquare(distances) < STILL) return 0;
  let shared = 0;
  for (let place = 1; place < distances.length; place += 1) shared += at(distances, place) * at(distances, place - 1);
  return shared / distances.reduce((sum, value) => sum + value * value, 0);
}

type Formula = (bars: PriceColumns) => Float64Array;

/** A figure of the last returns. */
const ofReturns =
  (period: number, of: (returns: Float64Array) => number): Formula =>
  ({ close }) =>
    overWindows(logChange(close, 1), period, period, of);

/** The part of the movement that went down; one half where nothing moves. */
function downShare(returns: Float64Array): number {
  const squares = (values: Float64Array): number => values.reduce((sum, value) => sum + value * value, 0);
  const all = squares(returns);
  return all === 0 ? 0.5 : squares(returns.map((each) => Math.min(0, each))) / all;
}

/** How far the last value lies from the mean, in deviations of the population; 0 where a volume is 0 or none differs. */
function lastZ(volumes: Float64Array): number {
  if (volumes.some((volume) => volume <= 0)) return 0;
  const logs = volumes.map((volume) => Math.log(volume));
  const mean = meanOf(logs);
  const deviation = rootMeanSquare(logs.map((each) => each - mean));
  return deviation < STILL ? 0 : (at(logs, logs.length - 1) - mean) / deviation;
}

function turnoverRatio(money: Float64Array): number {
  const [short, long] = [meanOf(money.subarray(-5)), meanOf(money)];
  return short > 0 && long > 0 ? Math.log(short / long) : 0;
}

function illiquidity({ close, volume }: PriceColumns): Float64Array {
  const parts = logChange(close, 1).map((change, bar) => {
    const money = at(close, bar) * at(volume, bar);
    return money > 0 ? (1e6 * Math.abs(change)) / money : change * 0;
  });
  return overWindows(parts, 21, 21, meanOf);
}

const moneyOf = ({ close, volume }: PriceColumns): Float64Array => close.map((price, bar) => price * at(volume, bar));

/** For tests: the formulas of features that are no indicators, written down a second time. Logarithms and powers are this engine's, and differ in the last bits. */
export const FORMULAS: Readonly<Record<string, Formula>> = {
  ...Object.fromEntries(
    [1, 2, 5, 10, 21, 63, 126, 252].map((lag) => [`return_${lag}`, ({ close }: PriceColumns) => logChange(close, lag)]),
  ),
  momentum_252_21: ({ close }) => fromBar(close.length, 252, (bar) => Math.log(at(close, bar - 21) / at(close, bar - 252))),
  gap: ({ open, close }) => fromBar(close.length, 1, (bar) => Math.log(at(open, bar) / at(close, bar - 1))),
  body: ({ open, close }) => fromBar(close.length, 0, (bar) => Math.log(at(close, bar) / at(open, bar))),
  volatility_5: ofReturns(5, rootMeanSquare),
  volatility_21: ofReturns(21, rootMeanSquare),
  volatility_63: ofReturns(63, rootMeanSquare),
  volatility_ratio_5_63: ofReturns(63, (returns) => {
    const long = rootMeanSquare(returns);
    return long === 0 ? 1 : rootMeanSquare(returns.subarray(-5)) / long;
  }),
  range_5: ({ high, low }) =>
    overWindows(
      high.map((price, bar) => Math.log(price / at(low, bar))),
      5,
      4,
      meanOf,
    ),
  down_share_21: ofReturns(21, downShare),
  skew_63: ofReturns(63, (returns) => standardMoment(returns, 3)),
  kurtosis_63: ofReturns(63, (returns) => standardMoment(returns, 4)),
  autocorrelation_21: ofReturns(21, lagCorrelation),
  maximum_21: ofReturns(21, (returns) => Math.max(...returns)),
  minimum_21: ofReturns(21, (returns) => Math.min(...returns)),
  volume_z_20: ({ volume }) => overWindows(volume, 20, 19, lastZ),
  turnover_ratio_5_63: (bars) => overWindows(moneyOf(bars), 63, 62, turnoverRatio),
  illiquidity_21: illiquidity,
};

interface OfIndicator {
  readonly indicator: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly of: (outputs: readonly number[], close: number) => number;
}

const first = (outputs: readonly number[]): number => at(outputs, 0);
const percent = (outputs: readonly number[]): number => at(outputs, 0) / 100;
const distance = (outputs: readonly number[], close: number): number => close / at(outputs, 0) - 1;
const perClose = (outputs: readonly number[], close: number): number => at(outputs, 0) / close;
const of = (indicator: string, parameters: Readonly<Record<string, number>>, value: OfIndicator['of']): OfIndicator => ({
  indicator,
  parameters,
  of: value,
});

/** For tests: features that are an indicator, by its batches over all bars at once. */
export const OF_INDICATORS: Readonly<Record<string, OfIndicator>> = {
  sma_gap_20: of('SMA', { timeperiod: 20 }, distance),
  sma_gap_50: of('SMA', { timeperiod: 50 }, distance),
  sma_gap_200: of('SMA', { timeperiod: 200 }, distance),
  macd_12_26_9: of('MACD', { fast: 12, slow: 26, signal: 9 }, (outputs, close) => at(outputs, 2) / close),
  adx_14: of('ADX', { timeperiod: 14 }, percent),
  aroon_25: of('AROONOSC', { timeperiod: 25 }, percent),
  slope_21: of('LINEARREG_SLOPE', { timeperiod: 21 }, perClose),
  below_high_252: of('MAX', { timeperiod: 252 }, distance),
  above_low_252: of('MIN', { timeperiod: 252 }, distance),
  fractional_100: of('FRACDIFF', { order: 0.4, timeperiod: 100 }, perClose),
  hurst_100: of('HURST', { timeperiod: 100 }, first),
  parkinson_21: of('RV_PARKINSON', { timeperiod: 21, periods: 1 }, first),
  garman_klass_21: of('RV_GARMAN_KLASS', { timeperiod: 21, periods: 1 }, first),
  yang_zhang_21: of('RV_YANG_ZHANG', { timeperiod: 21, periods: 1 }, first),
  natr_14: of('NATR', { timeperiod: 14 }, percent),
  band_width_20: of('BBANDS', { timeperiod: 20, nbdevup: 2, nbdevdn: 2 }, (outputs) => (at(outputs, 0) - at(outputs, 2)) / at(outputs, 1)),
  rsi_2: of('RSI', { timeperiod: 2 }, percent),
  rsi_14: of('RSI', { timeperiod: 14 }, percent),
  stochastic_14: of('STOCH', { fastk: 14, slowk: 3, slowd: 3 }, percent),
  cci_20: of('CCI', { timeperiod: 20 }, percent),
  close_z_20: of('ZSCORE', { timeperiod: 20 }, first),
  money_flow_14: of('MFI', { timeperiod: 14 }, percent),
};

export function indicatorColumn(
  { indicator, parameters, of: value }: OfIndicator,
  { close }: PriceColumns,
  bars: LoadedBars,
): Float64Array {
  const outputs = bars.run(indicator, parameters).map(({ values }) => values);
  return close.map((price, bar) => {
    const own = outputs.map((output) => at(output, bar));
    return own.some((each) => Number.isNaN(each)) ? Number.NaN : value(own, price);
  });
}
