import { describe, expect, test } from 'vitest';
import { DAY_MS, compileCases, runCase, toBars } from './case-strategy.ts';
import type { BacktestOptions } from './types.ts';

const module = await compileCases({
  nothing: '',
  long: 'if (at == 0) this.targetUnits(0, 10, "in");',
  short: 'if (at == 0) this.targetUnits(0, -10, "in");',
  limit: 'if (at == 0) this.submit(Order.limit(0, 10, 16).bracket(12, 40), "in");',
  trailingBy: 'if (at == 0) this.targetUnits(0, 10, "in"); if (at == 1) this.submit(Order.trailingBy(0, -20, 4), "out");',
  protectedLong: 'if (at == 0) this.targetUnits(0, 10, "in", 18, 30);',
  trailed: 'if (at == 0) this.targetUnits(0, 10, "in"); if (at == 1) this.trail(0, 0.1, "guard");',
  waiting: 'if (at == 1) this.targetUnits(0, 10, "in");',
  borrow: 'if (at == 0) this.targetUnits(0, -100, "in");',
  debt: 'if (at == 0) this.targetUnits(0, 750, "in");',
  most: 'if (at == 0) this.targetUnits(0, 1000, "in");',
  tooMuch: 'if (at == 0) this.targetUnits(0, 1001, "in");',
  shortMost: 'if (at == 0) this.targetUnits(0, -1000, "in");',
  shortTooMuch: 'if (at == 0) this.targetUnits(0, -1001, "in");',
  fourfold: 'if (at == 0) this.targetUnits(0, 2000, "in"); if (at == 1) this.submit(Order.limit(0, 1, 1), "rests");',
  stubborn: 'if (at == 0 || at >= 2) this.targetUnits(0, 2000, "again"); if (at == 2) this.cancelAll(0, "no exit");',
  cancelling: 'if (at == 0) this.targetUnits(0, 2000, "in"); else this.cancelAll(0, "nothing");',
  both: 'if (at == 0) { this.targetUnits(0, 100, "in"); this.targetUnits(1, -100, "in"); }',
});

const actionAt = (day: number, ratio: number, dividend: number) => ({ AAA: [{ atMs: day * DAY_MS, ratio, dividend }] });

describe('splits and dividends', () => {
  test('two for one doubles the units of a long position and halves what they cost', () => {
    const { trades, equity, metrics } = runCase(module, 'long', { bars: [20, 20, 10, 11], actions: actionAt(2, 2, 0) });
    expect(trades).toMatchObject([{ size: 20, entryBar: 1, entryPrice: 10, grossPnl: 20, status: 'open' }]);
    expect(equity.map((point) => point.equity)).toEqual([10_000, 10_000, 10_000, 10_020]);
    expect(metrics.orders).toBe(1);
  });

  test('and of a short one', () => {
    const { trades, equity } = runCase(module, 'short', { bars: [20, 20, 10, 9], actions: actionAt(2, 2, 0) });
    expect(trades).toMatchObject([{ direction: 'short', size: 20, entryPrice: 10, grossPnl: 20 }]);
    expect(equity.at(-1)?.equity).toBe(10_020);
  });

  test.each([
    { name: 'a long receives it', which: 'long', dividends: 5 },
    { name: 'a short pays it', which: 'short', dividends: -5 },
    { name: 'who holds nothing has nothing of it', which: 'nothing', dividends: 0 },
  ])('a dividend of 0.50: $name', ({ which, dividends }) => {
    const { metrics } = runCase(module, which, { bars: [20, 20, 20, 20], actions: actionAt(2, 1, 0.5) });
    expect(metrics).toMatchObject({ dividends, finalEquity: 10_000 + dividends });
  });

  test('a dividend is for the units before a split of the same day; the day of the first bar is too early', () => {
    const bars = [20, 20, 10];
    expect(runCase(module, 'long', { bars, actions: actionAt(2, 2, 1) }).metrics.dividends).toBe(10);
    expect(runCase(module, 'long', { bars, actions: actionAt(0, 2, 1) }).metrics.dividends).toBe(0);
    // Bought at the open of the ex-day: too late.
    expect(runCase(module, 'long', { bars, actions: actionAt(1, 1, 1) }).metrics.dividends).toBe(0);
  });

  test('an action between two bars falls due with the next one', () => {
    const { metrics } = runCase(module, 'long', { bars: [20, 20, 20], actions: { AAA: [{ atMs: 1.5 * DAY_MS, ratio: 1, dividend: 1 }] } });
    expect(metrics.dividends).toBe(10);
  });

  test('a limit order at rest is split with its bracket', () => {
    // 10 at 16 with a stop at 12 become 20 at 8 with a stop at 6.
    const bars = [20, 20, [10, 10, 9, 9], [9, 9, 7.5, 8], [8, 8, 5, 7]] as const;
    const { trades } = runCase(module, 'limit', { bars, actions: actionAt(2, 2, 0) });
    expect(trades).toMatchObject([{ size: 20, entryBar: 3, entryPrice: 8, exitBar: 4, exitPrice: 6 }]);
  });

  test('a trailing distance in money is split', () => {
    // 4 below 20 becomes 2 below 10: the stop is at 8.
    const bars = [20, 20, [10, 10, 8.5, 10], [10, 10, 7, 7]] as const;
    expect(runCase(module, 'trailingBy', { bars, actions: actionAt(2, 2, 0) }).trades[0]).toMatchObject({ exitBar: 3, exitPrice: 8 });
  });

  test.each([
    { name: 'stop', last: [9.5, 9.5, 8.9, 9] as const, exitPrice: 9 },
    { name: 'take profit', last: [12, 16, 12, 16] as const, exitPrice: 15 },
  ])('a protective $name is split', ({ last, exitPrice }) => {
    const { trades } = runCase(module, 'protectedLong', { bars: [20, 20, 10, last], actions: actionAt(2, 2, 0) });
    expect(trades).toMatchObject([{ size: 20, exitBar: 3, exitPrice }]);
  });

  test('a trailing protective stop is split', () => {
    const bars = [20, 20, 10, [10, 10, 8.9, 9]] as const;
    expect(runCase(module, 'trailed', { bars, actions: actionAt(2, 2, 0) }).trades).toMatchObject([{ exitBar: 3, exitPrice: 9 }]);
  });

  test('a target that waits is split', () => {
    expect(runCase(module, 'waiting', { bars: [20, 20, 5], actions: actionAt(2, 4, 0) }).trades).toMatchObject([
      { size: 40, entryPrice: 5 },
    ]);
  });
});

describe('interest and borrow, a day at a time', () => {
  // A ten-thousandth a day.
  const RATE = 0.0365;

  test('cash earns, and what it earned earns too', () => {
    const { metrics } = runCase(module, 'nothing', { bars: [20, 20, 20], options: { cashRate: RATE } });
    expect(metrics.financing).toBeCloseTo(1 + 1.0001, 9);
    expect(metrics.finalEquity).toBeCloseTo(10_002.0001, 9);
  });

  test('a short pays for its shares at the close before', () => {
    // 100 × 20 and then 100 × 25, at a ten-thousandth.
    const { metrics } = runCase(module, 'borrow', { bars: [20, 20, [22, 25, 22, 25], 25], options: { borrowRate: RATE } });
    expect(metrics.financing).toBeCloseTo(-0.2 - 0.25, 9);
    expect(metrics.finalEquity).toBeCloseTo(12_000 - 2_500 - 0.45, 9);
  });

  test('debt pays its own rate', () => {
    // 750 × 20 leaves a debt of 5,000.
    const { metrics } = runCase(module, 'debt', { bars: [20, 20, 20], options: { leverage: 2, debitRate: RATE, cashRate: 0 } });
    expect(metrics.financing).toBeCloseTo(-0.5, 9);
  });
});

describe('leverage', () => {
  const twofold: Partial<BacktestOptions> = { leverage: 2 };

  test.each(['most', 'shortMost'])('gross exposure of twice the equity: %s', (which) => {
    const { trades, denials } = runCase(module, which, { bars: [20, 20], options: twofold });
    expect(trades).toMatchObject([{ size: 1000 }]);
    expect(denials).toEqual([]);
  });

  test.each(['tooMuch', 'shortTooMuch'])('a unit more: %s', (which) => {
    const { trades, denials } = runCase(module, which, { bars: [20, 20], options: twofold });
    expect(trades).toEqual([]);
    expect(denials).toMatchObject([{ code: 'BuyingPower', limit: 20_000, actual: 20_020, time: '1970-01-02T00:00:00Z' }]);
  });

  test('a unit more is reduced where the options say so', () => {
    const { trades } = runCase(module, 'tooMuch', { bars: [20, 20], options: { ...twofold, unaffordable: 'reduce' } });
    expect(trades).toMatchObject([{ size: 1000 }]);
  });

  // 2,000 at 20 with 30,000 of debt: at 20 equity is a quarter of exposure.
  const fourfold: Partial<BacktestOptions> = { leverage: 4, maintenance: 0.25 };

  test('equity of exactly what is needed is no margin call', () => {
    expect(runCase(module, 'fourfold', { bars: [20, 20, 20], options: fourfold }).denials).toEqual([]);
  });

  test('a cent less closes everything at the next open, and cancels what rests', () => {
    const { trades, denials, metrics } = runCase(module, 'fourfold', {
      bars: [20, 20, [20, 20, 19.99, 19.99], 16.5, 1],
      options: fourfold,
    });
    expect(denials).toMatchObject([{ code: 'MarginCall', symbol: 'AAA', time: '1970-01-03T00:00:00Z' }]);
    expect(denials[0]?.limit).toBeCloseTo(0.25 * 39_980, 9);
    expect(denials[0]?.actual).toBeCloseTo(9_980, 9);
    expect(trades).toMatchObject([{ size: 2000, exitBar: 3, exitPrice: 16.5 }]);
    expect(metrics.finalEquity).toBeCloseTo(3_000, 9);
  });

  test('nothing that the strategy wishes for keeps a margin call from closing the position', () => {
    const { trades, denials } = runCase(module, 'stubborn', { bars: [20, 20, [20, 20, 19.99, 19.99], 16.5, 16.5], options: fourfold });
    expect(trades).toMatchObject([{ size: 2000, exitBar: 3, exitPrice: 16.5 }]);
    // What it then asks for is too much for what is left.
    expect(denials).toMatchObject([{ code: 'MarginCall' }, { code: 'BuyingPower', limit: 12_000 }]);
  });

  test('who cancels everything at each bar is closed all the same', () => {
    const bars = [20, 20, [20, 20, 16, 16], 16.5, 17] as const;
    expect(runCase(module, 'cancelling', { bars, options: fourfold }).trades).toMatchObject([{ exitBar: 3, exitPrice: 16.5 }]);
  });

  test('a margin call closes every symbol, each at its own next open', () => {
    const series = [
      { symbol: 'AAA', bars: toBars([100, 100, [100, 100, 5, 5], 6]) },
      { symbol: 'BBB', bars: toBars([100, 100, 100, [90, 90, 90, 90]]) },
    ];
    // Cash 10,000 + longs and shorts of 10,000 each; then 10,000 + 500 - 10,000 < 0.25 × 10,500.
    const { trades, denials } = runCase(module, 'both', { series, options: { leverage: 2 } });
    expect(denials).toMatchObject([{ code: 'MarginCall', limit: 2_625, actual: 500 }]);
    expect(trades).toMatchObject([
      { symbol: 'AAA', exitBar: 3, exitPrice: 6 },
      { symbol: 'BBB', exitBar: 3, exitPrice: 90 },
    ]);
  });
});
