import { expect, test } from 'vitest';
import { DEFAULT_BACKTEST_OPTIONS } from '../../../compute/host/backtest-options.ts';
import { runBacktest } from '../../../compute/host/backtest.ts';
import { goldenBars } from '../../../compute/host/golden-features.ts';
import { modelModule } from '../../../compute/host/model-strategies/cached-module.ts';
import { carriedSource } from '../../../compute/host/model-strategies/carried-source.ts';
import type { LinearModel } from '../../../compute/host/models/model.ts';
import { openStrategy } from '../../../compute/host/strategy.ts';
import { cutSeries } from '../../../compute/host/timeline.ts';
import type { Instrument } from '../instruments/instrument.ts';
import type { Bar } from '../market-data/bar.ts';
import { moneyFromNumber, price, priceFromNumber, quantity, quantityFromNumber, ratio, toNumber } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { UNLIMITED } from '../risk/limits.ts';
import type { StrategyConfig } from '../strategies/strategy.ts';
import type { Fact } from './effects.ts';
import { initialState } from './initial-state.ts';
import { assertState } from './invariants.ts';
import { drive, replaySlice, worseFirst } from './replay.ts';
import { sliceOf, wishesOf } from './strategy-slice.ts';
import { coreVenue } from './test/core-venue.ts';

const SYMBOL = 'AAPL';
const UNITS = 10;
const CASH = 1_000_000;

/** Buys after falls: sure often enough to trade, and unsure often enough to abstain. */
const model: LinearModel = {
  kind: 'logistic',
  features: ['return_5@2', 'rsi_14@1', 'volatility_21@2'],
  parameters: { penalty: 1 },
  rows: 100,
  standardisation: { means: [0, 0.5, 0.02], deviations: [0.05, 0.1, 0.01] },
  coefficients: [-0.2, -0.15, 0.05],
  intercept: 0.02,
  calibration: null,
};

const instrument: Instrument = {
  symbol: SYMBOL,
  name: SYMBOL,
  assetClass: 'us_equity',
  source: 'real',
  tick: price('0.000000001'),
  lot: quantity('1'),
  broad: false,
  tradable: true,
  shortable: true,
};

const series = cutSeries(goldenBars('AAPL_daily_splitadj_2013_2018'), undefined, Date.parse('2014-12-31'));
const bars: readonly Bar[] = Array.from({ length: series.length }, (_, index) => ({
  symbol: SYMBOL,
  timeframe: '1Day',
  startAt: instantFromMs(series.startAtMs[index] ?? 0),
  open: series.open[index] ?? 0,
  high: series.high[index] ?? 0,
  low: series.low[index] ?? 0,
  close: series.close[index] ?? 0,
  volume: series.volume[index] ?? 0,
}));

const parameters = { long: 0.55, short: 0.45, direction: 'longshort' };

test('a strategy that decides by a model decides and trades in the engine as in a backtest', async () => {
  const module = await modelModule({ strategy: 'ml-direction', carried: carriedSource({ model: { form: 'linear', model }, horizon: 3 }) });
  const kernel = runBacktest({
    module,
    parameters,
    series: [{ symbol: SYMBOL, bars: series }],
    options: { ...DEFAULT_BACKTEST_OPTIONS, cash: CASH, commissionRate: 0, size: { kind: 'units', units: UNITS }, wholeUnits: true },
  });

  const instance = openStrategy(module, { parameters, symbols: [SYMBOL] });
  const decided: string[] = [];
  const facts: Fact[] = [];
  const startAt = instantFromMs((series.startAtMs[0] ?? 0) - 1000);
  const venue = coreVenue([instrument], { penny: false, startCash: moneyFromNumber(CASH), commissionRate: ratio('0') }, startAt);
  const config: StrategyConfig = {
    id: 'strategy-1',
    name: 'ml-direction',
    version: instance.version,
    source: 'ml-direction',
    parameters,
    symbols: [SYMBOL],
    timeframe: '1Day',
    allocation: ratio('1'),
    size: { kind: 'units', units: quantityFromNumber(UNITS) },
    wholeUnits: true,
  };
  const capabilities = {
    venue,
    strategies: new Map([
      [
        config.id,
        {
          version: instance.version,
          decide: (ask: Parameters<typeof sliceOf>[1]) => {
            const slice = sliceOf([SYMBOL], ask);
            const wishes = instance.onBars(slice);
            decided.push(...wishes.map(({ amount, reason }) => `${new Date(slice.atMs).toISOString().slice(0, 10)} ${amount} ${reason}`));
            return wishesOf([SYMBOL], wishes);
          },
        },
      ],
    ]),
    wayOf: worseFirst,
    onEffect: (effect: unknown) => facts.push(effect as Fact),
  };
  const options = {
    mode: 'simulated',
    accountId: 'replay',
    feeRateEstimate: moneyFromNumber(0),
    collarMarketOrders: false,
    initialTradingState: 'ACTIVE',
  } as const;
  let state = drive(
    initialState(options, UNLIMITED),
    [
      ...venue.opening(startAt),
      { kind: 'StrategyCreated', at: startAt, by: 'test', config },
      { kind: 'StrategyEnabled', at: startAt, by: 'test', strategyId: config.id },
    ],
    capabilities,
  );
  for (const bar of bars) state = replaySlice(state, [bar], 'after-close', capabilities);
  assertState(state);

  expect(decided).toEqual(kernel.decisions.map(({ time, amount, reason }) => `${time.slice(0, 10)} ${amount} ${reason}`));
  const trades = facts.flatMap((fact) => (fact.kind === 'TradeClosed' ? [fact.trade] : []));
  const closed = kernel.trades.filter(({ status }) => status === 'closed');
  const inFixedPoint = (value: number | null): number => toNumber(priceFromNumber(value ?? Number.NaN));
  expect(trades.map((trade) => [trade.direction, toNumber(trade.quantity), toNumber(trade.entryPrice), toNumber(trade.exitPrice)])).toEqual(
    closed.map(({ direction, size, entryPrice, exitPrice }) => [direction, size, inFixedPoint(entryPrice), inFixedPoint(exitPrice)]),
  );
  expect(trades.length).toBeGreaterThan(20);
  expect(decided.filter((each) => each.includes('abstains')).length).toBeGreaterThan(10);
});
