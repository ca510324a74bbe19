import { describe, expect, test } from 'vitest';
import { DAY_MS, compileCases, runCase, toBars, type Row } from './case-strategy.ts';
import type { BacktestOptions } from './types.ts';

const module = await compileCases({
  target: 'if (at == 0) this.targetUnits(0, 60, "in");',
  targetAndOut: 'if (at == 0) this.targetUnits(0, 25, "in"); if (at == 1) this.targetUnits(0, 0, "out");',
  protectedTarget: 'if (at == 0) this.targetUnits(0, 25, "in", 18);',
  limit: 'if (at == 0) this.submit(Order.limit(0, 60, 19), "in");',
  stop: 'if (at == 0) this.submit(Order.stop(0, 60, 21), "in");',
  reduce: 'if (at == 0) this.submit(Order.market(0, -10).reduceOnly(), "out"); if (at == 1) this.targetUnits(0, 10, "in");',
  oco: 'if (at == 0) { const low = Order.limit(0, 10, 18); const high = Order.stop(0, 20, 22).oco(low); this.submit(low, "low"); this.submit(high, "high"); }',
  lateOco: 'const low = Order.limit(0, 10, 18); this.submit(low, "low"); this.submit(Order.stop(0, 20, 22).oco(low), "high");',
  trailing: 'if (at == 0) this.targetUnits(0, 10, "in"); if (at == 1) this.submit(Order.trailing(0, -10, 0.1), "out");',
  trailingBy: 'if (at == 0) this.targetUnits(0, -10, "in"); if (at == 1) this.submit(Order.trailingBy(0, 10, 5), "out");',
  trail: 'if (at == 0) this.targetUnits(0, 10, "in"); if (at == 1) this.trail(0, 0.1, "guard");',
  trailAndReduce:
    'if (at == 0) this.targetUnits(0, 10, "in"); if (at == 1) { this.trail(0, 0.1, "guard"); this.submit(Order.limit(0, -4, 118), "part"); }',
  stopLimit: 'if (at == 0) this.submit(Order.stopLimit(0, 10, 105, 106), "in");',
  stopLimitBelow: 'if (at == 0) this.submit(Order.stopLimit(0, 10, 105, 104), "in");',
  stopLimitSell: 'if (at == 0) this.submit(Order.stopLimit(0, -10, 95, 94), "in");',
  day: 'if (at == 0) this.submit(Order.limit(0, 10, 19).day(), "in");',
  good: 'if (at == 0) this.submit(Order.limit(0, 10, 19), "in");',
  guarded: 'if (at == 0) this.targetUnits(0, 10, "in", 95, 105);',
  limitGuarded: 'if (at == 0) this.submit(Order.limit(0, 10, 98).bracket(95, 110), "in");',
  stopAndLimit: 'if (at == 0) this.targetUnits(0, 10, "in", 95); if (at == 1) this.submit(Order.limit(0, -10, 105).reduceOnly(), "out");',
  again: 'this.target(0, 1, "again");',
});

const row = (price: number, volume: number): Row => [price, price, price, price, volume];

describe('a share of the volume', () => {
  // 25 of 1,000 a bar, without impact.
  const share: Partial<BacktestOptions> = { fill: 'volume-share', volumeLimit: 0.025, impact: 0 };

  test('a target is traded towards over several bars, at the opens, as one order', () => {
    const { trades, metrics } = runCase(module, 'target', { bars: [20, 20, 21, 22, 23], options: { ...share, commissionFixed: 1 } });
    expect(trades).toMatchObject([
      { size: 25, entryBar: 1, entryPrice: 20, commission: 1 },
      { size: 25, entryBar: 2, entryPrice: 21, commission: 0 },
      { size: 10, entryBar: 3, entryPrice: 22, commission: 0 },
    ]);
    expect(metrics.orders).toBe(3);
  });

  test('its minimum is one for all parts', () => {
    // 0.10 a unit: 2.50, 2.50 and 1.00, together 6, of which 4 is the least.
    const { trades } = runCase(module, 'target', {
      bars: [20, 20, 20, 20],
      options: { ...share, commissionPerUnit: 0.1, commissionMinimum: 4 },
    });
    expect(trades.map(({ commission }) => commission)).toEqual([4, 1, 1]);
  });

  test('a bar of no volume holds it up, and ends nothing', () => {
    const bars = [20, row(20, 0), 20, row(20, 0), 20, 20];
    const { trades, denials } = runCase(module, 'target', { bars, options: share });
    expect(trades.map(({ size, entryBar }) => [size, entryBar])).toEqual([
      [25, 2],
      [25, 4],
      [10, 5],
    ]);
    expect(denials).toEqual([]);
  });

  test('a refused rest is not tried again', () => {
    // 25 × 20 is paid; of the other 35, 25 × 400 is not.
    const { trades, denials } = runCase(module, 'target', { bars: [20, 20, 400, 400, 400], options: { ...share, cash: 9_000 } });
    expect(trades).toMatchObject([{ size: 25 }]);
    expect(denials).toMatchObject([{ code: 'InsufficientCash', limit: 8_500, actual: 14_000 }]);
  });

  test('a limit order fills where bars reach it', () => {
    const reach: Row = [20, 20, 18, 19];
    const { trades } = runCase(module, 'limit', { bars: [20, reach, reach, 20, reach], options: share });
    expect(trades.map(({ size, entryBar, entryPrice }) => [size, entryBar, entryPrice])).toEqual([
      [25, 1, 19],
      [25, 2, 19],
      [10, 4, 19],
    ]);
  });

  test('a stop order is a market order once it is touched', () => {
    const { trades } = runCase(module, 'stop', { bars: [20, [20, 22, 20, 20], 19, 18], options: share });
    expect(trades.map(({ size, entryBar, entryPrice }) => [size, entryBar, entryPrice])).toEqual([
      [25, 1, 21],
      [25, 2, 19],
      [10, 3, 18],
    ]);
  });

  test('a protective stop too: the rest goes at the next opens, as one order', () => {
    const bars: readonly Row[] = [row(20, 1000), row(20, 1000), [20, 20, 17, 19, 400], row(19, 400), row(21, 1000)];
    const { trades } = runCase(module, 'protectedTarget', { bars, options: { ...share, commissionFixed: 1 } });
    expect(trades.map(({ size, exitBar, exitPrice }) => [size, exitBar, exitPrice])).toEqual([
      [10, 2, 18],
      [10, 3, 19],
      [5, 4, 21],
    ]);
    expect(trades.reduce((sum, { commission }) => sum + commission, 0)).toBeCloseTo(2, 12);
  });

  test('a way out is as slow as a way in', () => {
    const { trades } = runCase(module, 'targetAndOut', { bars: [20, 20, row(20, 800), 20], options: share });
    expect(trades.map(({ size, exitBar }) => [size, exitBar])).toEqual([
      [20, 2],
      [5, 3],
    ]);
  });

  test('an order that may only reduce does not wait for something to reduce', () => {
    const { trades } = runCase(module, 'reduce', { bars: [20, 20, 20, 20, 20], options: share });
    expect(trades).toMatchObject([{ size: 10, direction: 'long', status: 'open' }]);
  });
});

describe('one cancels the other', () => {
  test.each([
    { name: 'the limit', bar: [20, 21, 17, 20] as const, size: 10, entryPrice: 18 },
    { name: 'the stop', bar: [20, 23, 19, 20] as const, size: 20, entryPrice: 22 },
    { name: 'the stop where both are touched', bar: [20, 23, 17, 20] as const, size: 20, entryPrice: 22 },
  ])('$name', ({ bar, size, entryPrice }) => {
    const { trades } = runCase(module, 'oco', { bars: [20, bar, [20, 30, 10, 20]] });
    expect(trades).toMatchObject([{ size, entryPrice, entryBar: 1 }]);
    expect(trades).toHaveLength(1);
  });
});

test('orders are tied together before they are handed in: later it would go unheard', () => {
  expect(() => runCase(module, 'lateOco', { bars: [20] })).toThrow(/tied together before/);
});

describe('a trailing stop', () => {
  const rise: Row = [100, 120, 95, 118];

  test.each(['trailing', 'trail'])('follows the best price for later bars by a fraction: %s', (which) => {
    // 90 while the price goes to 120, and 108 from then on.
    const { trades } = runCase(module, which, { bars: [100, 100, rise, [115, 115, 107, 110]] });
    expect(trades).toMatchObject([{ exitBar: 3, exitPrice: 108 }]);
  });

  test('a gap fills at the open', () => {
    expect(runCase(module, 'trailing', { bars: [100, 100, rise, 104] }).trades).toMatchObject([{ exitBar: 3, exitPrice: 104 }]);
  });

  test('of a short follows down, by money', () => {
    // 105, then 5 above 80.
    const bars: readonly (Row | number)[] = [100, 100, [100, 104, 80, 84], [83, 86, 82, 86]];
    expect(runCase(module, 'trailingBy', { bars }).trades).toMatchObject([{ direction: 'short', exitBar: 3, exitPrice: 85 }]);
  });

  test('a level that moved with a bar is not held against it when another order fills in it', () => {
    const { trades } = runCase(module, 'trailAndReduce', { bars: [100, 100, rise, 118] });
    expect(trades).toMatchObject([
      { size: 4, exitBar: 2, exitPrice: 118 },
      { size: 6, status: 'open' },
    ]);
  });
});

describe('a stop-limit order to buy at 106 from 105 on', () => {
  test.each<{ name: string; bars: readonly Row[]; entry: readonly [number, number] | undefined }>([
    { name: 'touched inside the bar', bars: [[100, 110, 100, 110]], entry: [1, 105] },
    { name: 'touched to the cent', bars: [[100, 105, 100, 100]], entry: [1, 105] },
    { name: 'not touched', bars: [[100, 104.99, 100, 100]], entry: undefined },
    { name: 'a gap to between stop and limit', bars: [[105.5, 110, 105.5, 110]], entry: [1, 105.5] },
    { name: 'a gap beyond the limit', bars: [[107, 108, 106.5, 107]], entry: undefined },
    { name: 'a gap beyond the limit, and back in the same bar', bars: [[107, 108, 105.5, 107]], entry: [1, 106] },
    {
      name: 'a gap beyond the limit, and back later',
      bars: [
        [107, 108, 106.5, 107],
        [106.5, 107, 105, 105],
      ],
      entry: [2, 106],
    },
    {
      name: 'a gap beyond the limit, and an open below it later',
      bars: [
        [107, 108, 106.5, 107],
        [103, 104, 102, 103],
      ],
      entry: [2, 103],
    },
  ])('$name', ({ bars, entry }) => {
    const { trades } = runCase(module, 'stopLimit', { bars: [100, ...bars] });
    expect(trades.map(({ entryBar, entryPrice }) => [entryBar, entryPrice])).toEqual(entry === undefined ? [] : [entry]);
  });

  test.each<{ name: string; bar: Row; entry: number | undefined }>([
    { name: 'the bar ends beyond the limit: it came back', bar: [100, 106, 100, 103], entry: 104 },
    { name: 'the bar ends above the limit: nothing is sure', bar: [100, 106, 100, 105], entry: undefined },
  ])('with its limit below its stop: $name', ({ bar, entry }) => {
    const { trades } = runCase(module, 'stopLimitBelow', { bars: [100, bar] });
    expect(trades.map(({ entryPrice }) => entryPrice)).toEqual(entry === undefined ? [] : [entry]);
  });

  test.each<{ name: string; bar: Row; entry: number | undefined }>([
    { name: 'touched inside the bar', bar: [100, 100, 90, 90], entry: 95 },
    { name: 'a gap to between stop and limit', bar: [94.5, 94.6, 90, 90], entry: 94.5 },
    { name: 'a gap beyond the limit', bar: [93, 93.5, 90, 90], entry: undefined },
  ])('and its mirror, to sell: $name', ({ bar, entry }) => {
    const { trades } = runCase(module, 'stopLimitSell', { bars: [100, bar] });
    expect(trades.map(({ entryPrice }) => entryPrice)).toEqual(entry === undefined ? [] : [entry]);
  });
});

describe('a day order', () => {
  const reach: Row = [20, 20, 18, 19];

  test('of daily bars lives for one bar', () => {
    expect(runCase(module, 'day', { bars: [20, reach] }).trades).toHaveLength(1);
    expect(runCase(module, 'day', { bars: [20, 20, reach] }).trades).toEqual([]);
    expect(runCase(module, 'good', { bars: [20, 20, reach] }).trades).toHaveLength(1);
  });

  test.each([
    { bar: 3, trades: 1 },
    { bar: 5, trades: 1 },
    { bar: 6, trades: 0 },
  ])('given at the end of a day of three bars, it lives through the next: bar $bar', ({ bar, trades }) => {
    // The first slice is the last bar of its day.
    const bars = Array.from({ length: 8 }, (_, index) => (index === bar - 2 ? reach : 20));
    const series = [{ symbol: 'AAA', bars: toBars(bars, DAY_MS / 3, (2 * DAY_MS) / 3) }];
    expect(runCase(module, 'day', { series }).trades).toHaveLength(trades);
  });
});

describe('finer bars', () => {
  const fine = (rows: readonly (Row | number)[], day: number) => ({ AAA: toBars(rows, DAY_MS / 4, day * DAY_MS) });

  test.each([
    { name: 'the take profit came first', rows: [100, 106, 94], exitPrice: 106 },
    { name: 'the stop came first', rows: [100, 94, 106], exitPrice: 94 },
    { name: 'both in one finer bar: the stop', rows: [100, [100, 106, 94, 100]] as const, exitPrice: 95 },
  ])('$name', ({ rows, exitPrice }) => {
    const bars: readonly (Row | number)[] = [100, 100, [100, 110, 90, 100]];
    expect(runCase(module, 'guarded', { bars }).trades).toMatchObject([{ exitBar: 2, exitPrice: 95 }]);
    expect(runCase(module, 'guarded', { bars, finerBars: fine(rows, 2) }).trades).toMatchObject([{ exitBar: 2, exitPrice }]);
  });

  test('where they are missing, the bar itself tells', () => {
    const bars: readonly (Row | number)[] = [100, 100, [100, 100, 90, 100], 100];
    expect(runCase(module, 'guarded', { bars, finerBars: fine([100, 100], 3) }).trades).toMatchObject([{ exitBar: 2, exitPrice: 95 }]);
  });

  test.each([
    { name: 'after it', rows: [100, 98, 94, 100], exitBar: 1 },
    { name: 'before it', rows: [100, [96, 97, 96, 96] as const, 100, 100], exitBar: null },
  ])('the stop of an entry inside the bar counts when it is touched $name', ({ rows, exitBar }) => {
    const bars: readonly (Row | number)[] = [100, [100, 100, 94, 100], 100];
    expect(runCase(module, 'limitGuarded', { bars, finerBars: fine(rows, 1) }).trades).toMatchObject([{ entryBar: 1, exitBar }]);
  });

  test('one cancels the other in the order of the finer bars', () => {
    const bars: readonly (Row | number)[] = [20, [20, 23, 17, 20]];
    expect(runCase(module, 'oco', { bars, finerBars: fine([20, 18, 22], 1) }).trades).toMatchObject([{ size: 10, entryPrice: 18 }]);
    expect(runCase(module, 'oco', { bars, finerBars: fine([20, 22, 18], 1) }).trades).toMatchObject([{ size: 20, entryPrice: 22 }]);
  });

  test('an order that closes a position is there before a stop that is touched later', () => {
    const bars: readonly (Row | number)[] = [100, 100, [100, 106, 90, 90]];
    expect(runCase(module, 'stopAndLimit', { bars, finerBars: fine([100, 106, 90], 2) }).trades).toMatchObject([{ exitPrice: 106 }]);
    expect(runCase(module, 'stopAndLimit', { bars, finerBars: fine([100, 90, 106], 2) }).trades).toMatchObject([{ exitPrice: 90 }]);
  });
});

test.each(['next-open', 'same-close'] as const)('an exposure said again and again is one order: %s', (fill) => {
  const bars = [20, 21, 22, 19, 20.5, 23];
  const { trades, metrics } = runCase(module, 'again', {
    bars,
    options: { fill, commissionRate: 0.001, commissionFixed: 1, slippageBps: 5 },
  });
  expect(trades).toHaveLength(1);
  expect(metrics.orders).toBe(1);
});
