import { describe, expect, test } from 'vitest';
import { runBacktest } from '../../../compute/host/backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from '../../../compute/host/backtest-options.ts';
import { compileBuiltIn } from '../../../compute/host/built-ins.ts';
import { readBarsCsv } from '../../../compute/host/csv.ts';
import { goldenCases, goldenPath, readGolden } from '../../../compute/host/golden-backtests.ts';
import type { GoldenCase } from '../../../compute/host/golden-backtests.ts';
import { openStrategy } from '../../../compute/host/strategy.ts';
import type { BacktestDecision, BacktestResult, BarSeries, ParameterValues, StrategyInstance } from '../../../compute/host/types.ts';
import type { Instrument } from '../instruments/instrument.ts';
import type { Bar, Timeframe } from '../market-data/bar.ts';
import { moneyFromNumber, price, priceFromNumber, quantity, quantityFromNumber, ratio, ratioFromNumber, toNumber } from '../money/fixed.ts';
import { formatInstant, instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import type { Trade } from '../positions/position.ts';
import { UNLIMITED } from '../risk/limits.ts';
import type { StrategyConfig } from '../strategies/strategy.ts';
import type { Fact } from './effects.ts';
import type { EngineOptions } from './events.ts';
import { initialState } from './initial-state.ts';
import { assertState } from './invariants.ts';
import { closeOf, drive, insideOf, replaySlice, worseFirst } from './replay.ts';
import type { Ask, ReplayStrategy } from './replay.ts';
import { sliceOf, wishesOf } from './strategy-slice.ts';
import { coreVenue } from './test/core-venue.ts';

interface ParityCase {
  readonly name: string;
  readonly strategy: string;
  readonly parameters: ParameterValues;
  readonly fill: 'next-open' | 'same-close';
  /** Bars of a data set, at most, that open beyond the take profit and come back to the stop. */
  readonly beyondTarget?: number;
}

const exits = (stopLoss: number, takeProfit: number): ParameterValues => ({ stopLoss, takeProfit });

const CASES: readonly ParityCase[] = [
  { name: 'sma_long_fixed', strategy: 'sma-crossover', parameters: { fast: 10, slow: 30 }, fill: 'next-open' },
  { name: 'sma_longshort_fixed', strategy: 'sma-crossover', parameters: { fast: 10, slow: 30, direction: 'longshort' }, fill: 'next-open' },
  { name: 'sma_long_fixed_nocomm', strategy: 'sma-crossover', parameters: { fast: 10, slow: 30 }, fill: 'next-open' },
  { name: 'sma_long_fixed_close_fill', strategy: 'sma-crossover', parameters: { fast: 10, slow: 30 }, fill: 'same-close' },
  { name: 'rsi_long_fixed', strategy: 'rsi-reversion', parameters: { period: 14, low: 30, high: 70 }, fill: 'next-open' },
  { name: 'donchian_long_fixed', strategy: 'donchian-breakout', parameters: { entry: 20, exit: 10 }, fill: 'next-open' },
  { name: 'bollinger_long_fixed', strategy: 'bollinger-reversion', parameters: { period: 20, deviations: 2 }, fill: 'next-open' },
  {
    name: 'donchian_stop_entry_fixed',
    strategy: 'donchian-breakout',
    parameters: { entry: 20, exit: 10, stopEntry: 'yes' },
    fill: 'next-open',
  },
  {
    name: 'sma_limit_entry_fixed',
    strategy: 'sma-crossover',
    parameters: { fast: 10, slow: 30, limitOffset: 0.01 },
    fill: 'next-open',
  },
  { name: 'sma_bracket_long_fixed', strategy: 'sma-crossover', parameters: { fast: 10, slow: 30, ...exits(0.05, 0.1) }, fill: 'next-open' },
  {
    name: 'sma_bracket_longshort_fixed',
    strategy: 'sma-crossover',
    parameters: { fast: 10, slow: 30, direction: 'longshort', ...exits(0.03, 0.06) },
    fill: 'next-open',
  },
  {
    name: 'rsi_bracket_tight_long_fixed',
    strategy: 'rsi-reversion',
    parameters: { period: 14, low: 30, high: 70, ...exits(0.01, 0.01) },
    fill: 'next-open',
    beyondTarget: 6,
  },
];

/** A module of the backtest, asked by the engine. Keeps what it decided, as the kernel does. */
function askedBy(instance: StrategyInstance, symbols: readonly string[], decided: BacktestDecision[]): ReplayStrategy {
  return {
    version: instance.version,
    decide: (ask: Ask) => {
      const slice = sliceOf(symbols, ask);
      const wishes = instance.onBars(slice);
      const time = formatInstant(instantFromMs(slice.atMs));
      for (const { symbolIndex, day: _day, reduceOnly: _reduce, group: _group, ...wish } of wishes) {
        const exposure = wish.kind === 'target' && wish.measure === 'exposure' ? wish.amount : null;
        decided.push({ time, symbol: symbols[symbolIndex] ?? '', exposure, ...wish });
      }
      return wishesOf(symbols, wishes);
    },
  };
}

const barsOf = (symbol: string, timeframe: Timeframe, series: BarSeries, golden: GoldenCase): readonly Bar[] =>
  Array.from({ length: series.length }, (_, index) => ({
    symbol,
    timeframe,
    startAt: instantFromMs(series.startAtMs[index] ?? 0),
    open: series.open[index] ?? 0,
    high: series.high[index] ?? 0,
    low: series.low[index] ?? 0,
    close: series.close[index] ?? 0,
    volume: series.volume[index] ?? 0,
  })).filter(({ startAt }) => startAt >= golden.from && startAt <= golden.to);

const tradable = (symbol: string): Instrument => ({
  symbol,
  name: symbol,
  assetClass: 'us_equity',
  source: 'real',
  tick: price('0.000000001'),
  lot: quantity('1'),
  broad: false,
  tradable: true,
  shortable: true,
});

interface Replayed {
  readonly decisions: readonly BacktestDecision[];
  readonly trades: readonly Trade[];
  readonly equity: readonly number[];
  readonly denied: readonly string[];
}

function engineOptions(golden: GoldenCase): EngineOptions {
  return {
    mode: 'simulated',
    accountId: 'replay',
    feeRateEstimate: moneyFromNumber(golden.commissionRate),
    collarMarketOrders: false,
    initialTradingState: 'ACTIVE',
  };
}

function configOf(version: string, symbol: string, parity: ParityCase, golden: GoldenCase, timeframe: Timeframe): StrategyConfig {
  return {
    id: 'strategy-1',
    name: parity.strategy,
    version,
    source: parity.strategy,
    parameters: parity.parameters,
    symbols: [symbol],
    timeframe,
    allocation: ratio('1'),
    size: { kind: 'units', units: quantityFromNumber(golden.fixedSize) },
    wholeUnits: true,
  };
}

async function replay(parity: ParityCase, golden: GoldenCase, symbol: string, bars: readonly Bar[]): Promise<Replayed> {
  const startAt = instantFromMs((bars[0]?.startAt ?? 0) - 1000);
  const timeframe = bars[0]?.timeframe ?? '1Day';
  const instance = openStrategy(await compileBuiltIn(parity.strategy), { parameters: parity.parameters, symbols: [symbol] });
  const decisions: BacktestDecision[] = [];
  const facts: Fact[] = [];
  const venue = coreVenue(
    [tradable(symbol)],
    { penny: false, startCash: moneyFromNumber(golden.cash), commissionRate: ratioFromNumber(golden.commissionRate) },
    startAt,
  );
  const capabilities = {
    venue,
    strategies: new Map([['strategy-1', askedBy(instance, [symbol], decisions)]]),
    wayOf: worseFirst,
    onEffect: (effect: unknown) => facts.push(effect as Fact),
  };
  const config = configOf(instance.version, symbol, parity, golden, timeframe);
  let state = drive(
    initialState(engineOptions(golden), UNLIMITED),
    [
      ...venue.opening(startAt),
      { kind: 'StrategyCreated', at: startAt, by: 'test', config },
      { kind: 'StrategyEnabled', at: startAt, by: 'test', strategyId: config.id },
    ],
    capabilities,
  );
  for (const bar of bars) state = replaySlice(state, [bar], parity.fill === 'next-open' ? 'after-close' : 'at-close', capabilities);
  assertState(state);
  return {
    decisions,
    trades: facts.flatMap((fact) => (fact.kind === 'TradeClosed' ? [fact.trade] : [])),
    equity: facts.flatMap((fact) => (fact.kind === 'EquityMarked' ? [toNumber(fact.point.equity)] : [])),
    denied: facts.flatMap((fact) => (fact.kind === 'OrderChanged' && fact.order.state === 'denied' ? [fact.order.id] : [])),
  };
}

/** Index of the bar in which something happened: at its open, inside it, or at its close. */
function barIndexes(bars: readonly Bar[]): (at: Instant) => number {
  const indexes = new Map<number, number>();
  for (const [index, { startAt, timeframe }] of bars.entries())
    for (const at of [startAt, insideOf(startAt, timeframe), closeOf(startAt, timeframe)]) indexes.set(at, index);
  return (at) => indexes.get(at) ?? -1;
}

function kernelRun(parity: ParityCase, golden: GoldenCase, symbol: string, series: BarSeries): Promise<BacktestResult> {
  return compileBuiltIn(parity.strategy).then((module) =>
    runBacktest({
      module,
      parameters: parity.parameters,
      series: [{ symbol, bars: series }],
      from: golden.from,
      to: golden.to,
      options: {
        ...DEFAULT_BACKTEST_OPTIONS,
        cash: golden.cash,
        commissionRate: golden.commissionRate,
        size: { kind: 'units', units: golden.fixedSize },
        wholeUnits: true,
        fill: parity.fill,
      },
    }),
  );
}

/** A price as the engine books it: a limit that a strategy reckons out has more digits than fixed point holds. */
const inFixedPoint = (value: number): number => toNumber(priceFromNumber(value));

describe('engine and kernel agree', () => {
  const runs = CASES.flatMap((parity) => goldenCases(parity.name, 'backtestingpy').map((golden) => ({ parity, golden })));

  test.each(runs)('$parity.name on $golden.dataset', async ({ parity, golden }) => {
    const { symbols } = await readBarsCsv(goldenPath(`data/${golden.dataset}.csv`));
    const [symbol = '', series] = [...symbols][0] ?? [];
    if (series === undefined) throw new Error(`${golden.dataset} holds no bars`);
    const bars = barsOf(symbol, golden.dataset.includes('hourly') ? '1Hour' : '1Day', series, golden);
    const kernel = await kernelRun(parity, golden, symbol, series);
    const engine = await replay(parity, golden, symbol, bars);
    const indexOf = barIndexes(bars);

    expect(engine.denied).toEqual([]);
    expect(engine.decisions).toEqual(kernel.decisions);

    const trades = engine.trades.map((trade) => ({
      direction: trade.direction,
      size: toNumber(trade.quantity),
      entryBar: indexOf(trade.entryAt),
      exitBar: indexOf(trade.exitAt),
      entryPrice: toNumber(trade.entryPrice),
      exitPrice: toNumber(trade.exitPrice),
    }));
    const closed = kernel.trades.filter((trade) => trade.status === 'closed');
    const told = closed.map(({ direction, size, entryBar, exitBar, entryPrice, exitPrice }) => ({
      direction,
      size,
      entryBar,
      exitBar,
      entryPrice: inFixedPoint(entryPrice),
      exitPrice: inFixedPoint(exitPrice ?? Number.NaN),
    }));
    const apart = trades.filter((trade, index) => trade.exitPrice !== told[index]?.exitPrice);
    expect(trades.map(({ exitPrice: _exitPrice, ...trade }) => trade)).toEqual(told.map(({ exitPrice: _exitPrice, ...trade }) => trade));
    // A bar that opens beyond the take profit: at the broker that limit fills there and then; a backtest takes the stop where the same bar holds it too.
    for (const trade of apart) {
      const of = told[trades.indexOf(trade)];
      expect(trade.exitPrice).toBe(inFixedPoint(bars[trade.exitBar]?.open ?? Number.NaN));
      expect((trade.exitPrice - (of?.exitPrice ?? 0)) * (trade.direction === 'long' ? 1 : -1)).toBeGreaterThan(0);
    }
    expect(apart.length).toBeLessThanOrEqual(parity.beyondTarget ?? 0);
    const expected = readGolden('backtests/trades_backtestingpy.csv').filter(
      (row) => row['dataset'] === golden.dataset && row['case'] === golden.name && row['status'] === 'closed',
    );
    expect(told.map(({ entryBar, exitBar, entryPrice, exitPrice }) => [entryBar, exitBar, entryPrice, exitPrice])).toEqual(
      expected.map((row) => [
        Number(row['entry_bar']),
        Number(row['exit_bar']),
        inFixedPoint(Number(row['entry_price'])),
        inFixedPoint(Number(row['exit_price'])),
      ]),
    );
    if (apart.length > 0) return;
    for (const [index, trade] of engine.trades.entries()) {
      expect(toNumber(trade.fees)).toBeCloseTo(Number(expected[index]?.['commission']), 6);
      expect(toNumber(trade.grossPnl)).toBeCloseTo(Number(expected[index]?.['pnl_gross']), 6);
    }
    if (parity.fill === 'next-open') {
      expect(engine.equity).toHaveLength(kernel.equity.length);
      for (const [index, point] of kernel.equity.entries()) expect(engine.equity[index]).toBeCloseTo(point.equity, 5);
      expect(engine.equity.at(-1)).toBeCloseTo(golden.finalEquity, 5);
    }
  });
});
