import type { BacktestResult } from '@tidemark/compute/types';
import { describe, expect, test } from 'vitest';
import { barsOn } from '../test/bars.ts';
import { plainResult, realRun } from '../test/results.ts';
import { markedPricesOf } from './marked-prices.ts';
import type { MarkedPrices } from './marked-prices.ts';
import { randomRunsOf, rankOf, replayLate } from './random-runs.ts';
import { stretchesOf } from './stretches.ts';

const pricesOf = (result: BacktestResult, series: Parameters<typeof markedPricesOf>[1][]): readonly MarkedPrices[] =>
  series.map((each) => markedPricesOf(result.equity, each));

describe('the run’s own holdings, replayed', () => {
  test.each([
    { name: 'all equity at the next open', options: {} },
    { name: 'without costs', options: { commissionRate: 0 } },
    { name: 'at the close that decided', options: { fill: 'same-close' as const, commissionRate: 0 } },
    { name: 'a part of equity', options: { size: { kind: 'equity', fraction: 0.5, at: 'fill' } as const } },
    { name: 'long and short', options: {}, parameters: { direction: 'longshort' } },
  ])('give the run again: $name', async ({ options, parameters = {} }) => {
    const { result, series } = await realRun('sma-crossover', { fast: 10, slow: 50, ...parameters }, { length: 1_500, ...options });
    const prices = pricesOf(result, [...series]);
    const again = replayLate(result, prices, 0);
    expect(Math.abs((again?.totalReturn ?? Number.NaN) - result.metrics.totalReturn)).toBeLessThan(2e-3);
    expect(Math.abs((again?.sharpe ?? Number.NaN) - (result.metrics.sharpe ?? Number.NaN))).toBeLessThan(2e-2);
    expect(stretchesOf(result, prices)[0]?.length).toBe(result.trades.length);
  });
});

const trade = (entry: number, exit: number | null, changes: Partial<BacktestResult['trades'][number]> = {}) => {
  const day = (at: number): string => `2024-01-${String(at + 1).padStart(2, '0')}T00:00:00Z`;
  return {
    symbol: 'SYM',
    direction: 'long',
    size: 1,
    entryBar: entry,
    entryTime: day(entry),
    entryPrice: 100,
    exitBar: exit,
    exitTime: exit === null ? null : day(exit),
    exitPrice: exit === null ? null : 100,
    grossPnl: 0,
    commission: 0,
    status: exit === null ? 'open' : 'closed',
    ...changes,
  } as const;
};

const closes = Array.from({ length: 31 }, (_, day) => 100 + ((day * 7) % 11));
const withTrades = (...trades: readonly ReturnType<typeof trade>[]): BacktestResult => plainResult(closes, { trades });
const series = [
  barsOn(
    'SYM',
    closes.map((_, day) => day + 1),
    closes,
  ),
];

describe('stretches', () => {
  const stretches = (result: BacktestResult) =>
    (stretchesOf(result, pricesOf(result, series))[0] ?? []).map(({ start, weight, shape }) => ({
      start,
      side: Math.sign(weight),
      shape: [...shape],
    }));

  test.each([
    { name: 'one trade', trades: [trade(2, 5)], found: [{ start: 2, side: 1, shape: [1, 1, 1] }] },
    { name: 'lots added and sold', trades: [trade(2, 6), trade(3, 5)], found: [{ start: 2, side: 1, shape: [1, 2, 2, 1] }] },
    {
      name: 'a turn is two stretches',
      trades: [trade(2, 4), trade(4, 6, { direction: 'short' })],
      found: [
        { start: 2, side: 1, shape: [1, 1] },
        { start: 4, side: -1, shape: [1, 1] },
      ],
    },
    { name: 'open at the end', trades: [trade(29, null)], found: [{ start: 29, side: 1, shape: [1, 1] }] },
    { name: 'in and out on one bar holds nothing at a close', trades: [trade(2, 2)], found: [] },
  ])('$name', ({ trades, found }) => expect(stretches(withTrades(...trades))).toEqual(found));
});

describe('random runs', () => {
  test.each([
    { name: 'no trades', result: withTrades(), reason: /no trades/ },
    { name: 'always in the market', result: withTrades(trade(1, null)), reason: /always in the market/ },
    { name: 'a trade without a bar', result: withTrades(trade(2, 4)), bars: [barsOn('SYM', [1, 2, 4], [100, 101, 102])], reason: /no bar/ },
  ])('none where there is no timing: $name', ({ result, bars = series, reason }) => {
    const found = randomRunsOf(result, pricesOf(result, bars));
    expect('reason' in found ? found.reason : '').toMatch(reason);
  });

  test('the same seed gives the same figures, another seed others, and their risk is that of the run', async () => {
    const { result, series: real } = await realRun('sma-crossover', { fast: 10, slow: 50 }, { length: 1_500 });
    const prices = pricesOf(result, [...real]);
    const [first, again] = [randomRunsOf(result, prices), randomRunsOf(result, prices)];
    expect(again).toEqual(first);
    const other = randomRunsOf({ ...result, options: { ...result.options, seed: 1 } }, prices);
    expect(other).not.toEqual(first);
    if ('reason' in first) throw new Error(first.reason);
    expect(first.runs).toBe(1_000);
    expect(first.low).toBeLessThan(first.median.totalReturn);
    expect(first.median.totalReturn).toBeLessThan(first.high);
    expect(first.histogram.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
    expect(Math.abs(first.median.volatility / (result.metrics.volatility ?? 0) - 1)).toBeLessThan(0.35);
  });

  test('a strategy that knew tomorrow is better than all of them', () => {
    // Long over each day that rises, by hand: no random time is as good.
    const rises = closes.flatMap((close, day) => (day > 0 && close > (closes[day - 1] ?? close) ? [day] : []));
    const trades = rises.map((day) => trade(day, day + 1, { size: 0.9 })).filter(({ exitBar }) => (exitBar ?? 99) < 31);
    const equity = closes.reduce<number[]>((all, close, day) => {
      const gain = trades.some(({ entryBar }) => entryBar === day) ? 0.9 * (close - (closes[day - 1] ?? close)) : 0;
      return [...all, (all.at(-1) ?? 100) + gain];
    }, []);
    const base = plainResult(equity, { trades });
    const result = { ...base, metrics: { ...base.metrics, sharpe: 40 } };
    const found = randomRunsOf(result, pricesOf(result, series));
    expect(found).toMatchObject({ totalReturnRank: 1, sharpeRank: 1 });
  });

  test.each([
    { name: 'in the middle', own: 2, values: [1, 3], rank: 0.5 },
    { name: 'ties count by half', own: 2, values: [2, 2], rank: 0.5 },
    { name: 'ruins count as worse', own: 0, values: [Number.NaN, 1], rank: 0.5 },
    { name: 'no figure of its own', own: Number.NaN, values: [1, 2], rank: 0 },
  ])('rank: $name', ({ own, values, rank }) => expect(rankOf(own, values)).toBe(rank));
});

test('on noise, a random plan among random plans stands anywhere: its rank is even', () => {
  const noise = Array.from({ length: 200 }, (_, day) => 100 + 10 * Math.sin(day * day) + day * 0.02);
  const days = noise.map((_, day) => day + 1);
  const ranks = Array.from({ length: 60 }, (_, seed) => {
    const at = 1 + ((seed * 37) % 150);
    const base = plainResult(
      noise.map(() => 100),
      { trades: [] },
    );
    const equity = base.equity.map((point, day) => ({
      ...point,
      time: new Date(Date.UTC(2024, 0, day + 1)).toISOString().replace('.000', ''),
    }));
    const time = (day: number): string => equity[day]?.time ?? '';
    const one = trade(at, at + 20, { entryTime: time(at), exitTime: time(at + 20) });
    const result = { ...base, equity, trades: [one], options: { ...base.options, seed } };
    const prices = pricesOf(result, [barsOn('SYM', days, noise)]);
    const own = replayLate(result, prices, 0)?.totalReturn ?? Number.NaN;
    const found = randomRunsOf({ ...result, metrics: { ...result.metrics, totalReturn: own } }, prices);
    return 'reason' in found ? Number.NaN : found.totalReturnRank;
  });
  const mean = ranks.reduce((sum, rank) => sum + rank, 0) / ranks.length;
  expect(mean).toBeGreaterThan(0.35);
  expect(mean).toBeLessThan(0.65);
});
