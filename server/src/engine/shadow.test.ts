import { describe, expect, test } from 'vitest';
import { runBacktest } from '../../../compute/host/backtest.ts';
import { DEFAULT_BACKTEST_OPTIONS } from '../../../compute/host/backtest-options.ts';
import { compileBuiltIn } from '../../../compute/host/built-ins.ts';
import { readBarsCsv } from '../../../compute/host/csv.ts';
import { goldenCases, goldenPath } from '../../../compute/host/golden-backtests.ts';
import { openStrategy } from '../../../compute/host/strategy.ts';
import type { BarSeries, ParameterValues } from '../../../compute/host/types.ts';
import type { Bar, Timeframe } from '../market-data/bar.ts';
import { price, quantity, quantityFromNumber, toNumber } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { StrategyConfig } from '../strategies/strategy.ts';
import type { Effect } from './effects.ts';
import { fillBar, beginBook, shadowResult } from './shadow-book.ts';
import type { ShadowOrder } from './shadow-book.ts';
import { sliceOf, wishesOf } from './strategy-slice.ts';
import { held, NOON, openDesk, STRATEGY } from './test/desk.ts';
import type { Desk } from './test/desk.ts';

const setShadow = (desk: Desk, strategyId = 's1'): void =>
  desk.give({
    kind: 'StrategyExecutionSet',
    at: desk.state.now,
    by: 'user:ada',
    strategyId,
    execution: { mode: 'shadow' },
    reason: 'look first',
  });
const bookOf = (desk: Desk, strategyId = 's1') => desk.state.strategies.get(strategyId)?.shadow ?? expect.unreachable();
const sent = (effects: readonly Effect[]): number => effects.filter(({ kind }) => kind === 'SubmitOrder').length;

describe('a strategy in shadow', () => {
  test('decides and is recorded, fills at the next open in its book, and sends and reserves nothing', () => {
    const desk = openDesk();
    setShadow(desk);
    desk.decide(1, 100, 1);
    expect([sent(desk.effects), desk.state.orders.size, bookOf(desk).waiting.length]).toEqual([0, 0, 1]);
    desk.decide(2, 110, undefined);
    expect(bookOf(desk).holdings.get('ALDR')).toMatchObject({ quantity: quantity('10'), averagePrice: price('110') });
    desk.decide(3, 112, 0);
    expect(desk.effects.filter(({ kind }) => kind === 'ShadowMarked')).toMatchObject([
      { result: 0n },
      { result: quantity('20'), fills: [] },
    ]);
    desk.decide(4, 111, undefined);
    expect([toNumber(shadowResult(bookOf(desk))), sent(desk.effects), desk.state.equity?.equity]).toEqual([10, 0, desk.state.cash]);
  });

  test('is told what its book holds, and of what waits there', () => {
    const desk = openDesk();
    setShadow(desk);
    desk.decide(1, 100, 1);
    desk.decide(2, 110, undefined);
    desk.wish(3, 110, { symbol: 'ALDR', kind: 'limit', measure: 'units', amount: 1, limit: 90, orderNumber: 1, reason: 'dip' });
    desk.decide(4, 110, undefined);
    const asks = desk.effects.flatMap((effect) => (effect.kind === 'AskStrategy' ? [effect] : []));
    expect(asks.map(({ positions, entryPrices, working }) => [positions[0], entryPrices[0], working[0]])).toEqual([
      [0, Number.NaN, 0],
      [10, 110, 0],
      [10, 110, 0],
      [10, 110, 1],
    ]);
  });

  test('gets out of what it really holds, and into nothing', () => {
    const desk = openDesk();
    desk.decide(1, 100, 1);
    const [entry = ''] = [...desk.state.orders.keys()];
    desk.says(entry, { event: 'fill', filled: '10', average: '100', execution: ['10', '100', 'x1'] });
    setShadow(desk);
    expect(bookOf(desk).holdings.get('ALDR')).toMatchObject({ quantity: quantity('10'), averagePrice: price('100') });
    desk.wish(2, 100, { symbol: 'ALDR', kind: 'target', measure: 'units', amount: 25, reason: 'more' });
    expect(desk.state.orders.size).toBe(1);
    desk.wish(3, 100, { symbol: 'ALDR', kind: 'target', measure: 'units', amount: -5, reason: 'turn' });
    const closing = [...desk.state.orders.values()].at(-1);
    expect(closing?.intent).toMatchObject({ side: 'sell', quantity: quantity('10') });
    desk.says(closing?.id ?? '', { event: 'fill', filled: '10', average: '100', execution: ['10', '100', 'x2'] });
    expect([held(desk), desk.state.orders.size, sent(desk.effects)]).toEqual([undefined, 2, 2]);
    desk.decide(4, 100, undefined);
    expect(bookOf(desk).holdings.get('ALDR')?.quantity).toBe(quantity('-5'));
  });

  test('that is paused wants nothing, and keeps what its book holds', () => {
    const desk = openDesk();
    setShadow(desk);
    desk.decide(1, 100, 1);
    desk.decide(2, 100, 0);
    desk.give({ kind: 'StrategyDisabled', at: desk.state.now, by: 'user:ada', strategyId: 's1', reason: 'why' });
    expect([bookOf(desk).waiting, bookOf(desk).holdings.size]).toEqual([[], 1]);
  });

  test('says so where its book does not carry an order', () => {
    const desk = openDesk();
    setShadow(desk);
    desk.wish(1, 100, { symbol: 'ALDR', kind: 'trailing', measure: 'units', amount: 5, trail: 2, orderNumber: 1, reason: 'follow' });
    expect([...desk.state.alerts.keys()]).toContain('ShadowIncomplete-s1');
  });
});

const bar = (open: number, high: number, low: number, close: number): Bar => ({
  symbol: 'ALDR',
  timeframe: '1Day',
  startAt: NOON,
  open,
  high,
  low,
  close,
  volume: 1,
});
const order = (units: string, kind: ShadowOrder['kind'], change: Partial<ShadowOrder> = {}): ShadowOrder => ({
  symbol: 'ALDR',
  units: quantity(units),
  kind,
  exits: {},
  ...change,
});

describe('what a bar fills', () => {
  test.each([
    { name: 'a market order at the open', orders: [order('5', 'market')], of: bar(100, 105, 95, 101), fills: [['5', '100']] },
    { name: 'a limit at its price', orders: [order('5', 'limit', { price: 97 })], of: bar(100, 105, 95, 101), fills: [['5', '97']] },
    {
      name: 'a limit that is touched exactly',
      orders: [order('5', 'limit', { price: 95 })],
      of: bar(100, 105, 95, 101),
      fills: [['5', '95']],
    },
    { name: 'a limit that is not reached', orders: [order('5', 'limit', { price: 94.9 })], of: bar(100, 105, 95, 101), fills: [] },
    {
      name: 'a limit over a gap, better',
      orders: [order('5', 'limit', { price: 102 })],
      of: bar(100, 105, 95, 101),
      fills: [['5', '100']],
    },
    { name: 'a stop at its price', orders: [order('5', 'stop', { price: 103 })], of: bar(100, 105, 95, 101), fills: [['5', '103']] },
    { name: 'a stop over a gap, worse', orders: [order('-5', 'stop', { price: 102 })], of: bar(100, 105, 95, 101), fills: [['-5', '100']] },
    {
      name: 'stop before target, from the entry bar on',
      orders: [order('5', 'target', { exits: { stop: 96, takeProfit: 104 } })],
      of: bar(100, 105, 95, 101),
      fills: [
        ['5', '100'],
        ['-5', '96'],
      ],
    },
    {
      name: 'what opened inside of the bar meets its stop and never its target',
      orders: [order('5', 'limit', { price: 97, exits: { stop: 90, takeProfit: 104 } })],
      of: bar(100, 105, 95, 101),
      fills: [['5', '97']],
    },
    {
      name: 'one of a group',
      orders: [order('5', 'stop', { price: 103, group: 1 }), order('-5', 'stop', { price: 97, group: 1 })],
      of: bar(100, 105, 95, 101),
      fills: [['5', '103']],
    },
    { name: 'no reduction of nothing', orders: [order('-5', 'market', { reduceOnly: true })], of: bar(100, 105, 95, 101), fills: [] },
  ])('$name', ({ orders, of, fills }) => {
    const filled = fillBar({ ...beginBook(NOON, []), waiting: orders }, of);
    expect(filled.fills).toEqual(fills.map(([units = '', at = '']) => ({ symbol: 'ALDR', units: quantity(units), price: price(at) })));
  });
});

interface Case {
  readonly name: string;
  readonly strategy: string;
  readonly parameters: ParameterValues;
}

const exits = (stopLoss: number, takeProfit: number): ParameterValues => ({ stopLoss, takeProfit });
const CASES: readonly Case[] = [
  { name: 'sma_long_fixed', strategy: 'sma-crossover', parameters: { fast: 10, slow: 30 } },
  { name: 'sma_longshort_fixed', strategy: 'sma-crossover', parameters: { fast: 10, slow: 30, direction: 'longshort' } },
  { name: 'rsi_long_fixed', strategy: 'rsi-reversion', parameters: { period: 14, low: 30, high: 70 } },
  { name: 'donchian_stop_entry_fixed', strategy: 'donchian-breakout', parameters: { entry: 20, exit: 10, stopEntry: 'yes' } },
  { name: 'sma_limit_entry_fixed', strategy: 'sma-crossover', parameters: { fast: 10, slow: 30, limitOffset: 0.01 } },
  {
    name: 'sma_bracket_longshort_fixed',
    strategy: 'sma-crossover',
    parameters: { fast: 10, slow: 30, direction: 'longshort', ...exits(0.03, 0.06) },
  },
];

const barsOf = (symbol: string, timeframe: Timeframe, series: BarSeries): readonly Bar[] =>
  Array.from({ length: series.length }, (_, index) => ({
    symbol,
    timeframe,
    startAt: instantFromMs(series.startAtMs[index] ?? 0),
    open: series.open[index] ?? 0,
    high: series.high[index] ?? 0,
    low: series.low[index] ?? 0,
    close: series.close[index] ?? 0,
    volume: series.volume[index] ?? 0,
  }));

/** Law: the same module on the same bars. Sizes are fixed, so that they depend on no account; the backtest has no costs and more cash than it can spend. */
describe('a shadow is a backtest without costs', () => {
  test.each(CASES)('$name', async ({ name, strategy, parameters }) => {
    const [golden] = goldenCases(name, 'backtestingpy');
    if (golden === undefined) throw new Error(`no golden case ${name}`);
    const { symbols } = await readBarsCsv(goldenPath(`data/${golden.dataset}.csv`));
    const [symbol = '', series] = [...symbols][0] ?? [];
    if (series === undefined) throw new Error(`${golden.dataset} holds no bars`);
    const module = await compileBuiltIn(strategy);
    const kernel = runBacktest({
      module,
      parameters,
      series: [{ symbol, bars: series }],
      from: golden.from,
      to: golden.to,
      options: {
        ...DEFAULT_BACKTEST_OPTIONS,
        cash: 1e9,
        commissionRate: 0,
        size: { kind: 'units', units: golden.fixedSize },
        wholeUnits: true,
        fill: 'next-open',
      },
    });
    const timeframe = golden.dataset.includes('hourly') ? '1Hour' : '1Day';
    const bars = barsOf(symbol, timeframe, series).filter(({ startAt }) => startAt >= golden.from && startAt <= golden.to);
    const instance = openStrategy(module, { parameters, symbols: [symbol] });
    const { version } = instance;
    const config: StrategyConfig = {
      ...STRATEGY,
      id: 's2',
      name: 'Two',
      version,
      symbols: [symbol],
      timeframe,
      size: { kind: 'units', units: quantityFromNumber(golden.fixedSize) },
    };
    const desk = openDesk();
    const by = 'user:ada';
    desk.give({ kind: 'StrategyCreated', at: NOON, by, config }, { kind: 'StrategyEnabled', at: NOON, by, strategyId: 's2' });
    setShadow(desk, 's2');
    const curve: number[] = [];
    for (const [index, each] of bars.entries()) {
      const at = instantFromMs(NOON + (index + 1) * 86_400_000);
      desk.give({ kind: 'BarsClosed', at, timeframe, bars: [each] });
      const ask = desk.last.find((effect) => effect.kind === 'AskStrategy');
      if (ask?.kind !== 'AskStrategy') throw new Error('nobody was asked');
      const targets = wishesOf([symbol], instance.onBars(sliceOf([symbol], ask)));
      curve.push(toNumber(shadowResult(bookOf(desk, 's2'))));
      desk.give({ kind: 'StrategyDecided', at, decision: { strategyId: 's2', version, barAt: at, targets } });
    }
    expect(bookOf(desk, 's2').fills).toBeGreaterThan(2);
    expect([desk.state.orders.size, sent(desk.effects)]).toEqual([0, 0]);
    for (const [index, point] of kernel.equity.entries()) expect(curve[index]).toBeCloseTo(point.equity - 1e9, 4);
  });
});
