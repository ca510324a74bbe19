import { describe, expect, test } from 'vitest';
import { compileCases, runCase, type Row } from './case-strategy.ts';
import type { BacktestOptions } from './types.ts';

const module = await compileCases({
  buy: 'if (at == 0) this.targetUnits(0, 100, "in");',
  roundTrip: 'if (at == 0) this.targetUnits(0, 100, "in"); if (at == 1) this.targetUnits(0, 0, "out");',
  flip: 'if (at == 0) this.targetUnits(0, 100, "in"); if (at == 1) this.targetUnits(0, -100, "over");',
  late: 'if (at == 21) this.targetUnits(0, 40, "in");',
  lateShort: 'if (at == 21) this.targetUnits(0, -40, "in");',
  early: 'if (at == 20) this.targetUnits(0, 40, "in");',
  limit: 'if (at == 0) this.submit(Order.limit(0, 100, 19), "in");',
  stop: 'if (at == 0) this.submit(Order.stop(0, 100, 21), "in");',
  all: 'if (at == 0) this.target(0, 1, "in");',
  many: 'if (at == 0) this.targetUnits(0, 100000, "in"); if (at == 1) this.targetUnits(0, 0, "out");',
});

const feesOf = (which: string, bars: readonly (Row | number)[], options: Partial<BacktestOptions>): number =>
  runCase(module, which, { bars, options }).metrics.fees;

describe('commission', () => {
  test.each<{ name: string; options: Partial<BacktestOptions>; fees: number }>([
    { name: 'none', options: {}, fees: 0 },
    // 100 × 20 and 100 × 21.
    { name: 'a rate of what is traded', options: { commissionRate: 0.001 }, fees: 2 + 2.1 },
    { name: 'an amount an order', options: { commissionFixed: 1.5 }, fees: 3 },
    { name: 'an amount a unit', options: { commissionPerUnit: 0.005 }, fees: 1 },
    { name: 'all three', options: { commissionRate: 0.001, commissionFixed: 1.5, commissionPerUnit: 0.005 }, fees: 4.1 + 3 + 1 },
    { name: 'a minimum that is not reached', options: { commissionRate: 0.001, commissionMinimum: 2.05 }, fees: 2.05 + 2.1 },
    { name: 'a minimum alone', options: { commissionMinimum: 1 }, fees: 2 },
    // The audit trail of both sides; 100 sold at 0.000195, and 0.0000206 of 2,100.
    { name: 'the regulators', options: { regulatoryFees: true }, fees: 0.0006 + 0.0195 + 0.04326 },
    { name: 'the regulators above the minimum', options: { regulatoryFees: true, commissionMinimum: 1 }, fees: 2.06336 },
  ])('of a round trip of 100 from 20 to 21: $name', ({ options, fees }) => {
    expect(feesOf('roundTrip', [20, 20, 21], options)).toBeCloseTo(fees, 12);
  });

  test('the trading activity fee has a most', () => {
    // 100,000 × 0.000195 would be 19.50; it is 9.79 at most.
    const fees = feesOf('many', [0.01, 0.01, 0.01], { regulatoryFees: true });
    expect(fees).toBeCloseTo(0.6 + 9.79 + 1_000 * 0.0000206, 12);
  });

  test('a target that turns round is two orders', () => {
    const { metrics, trades } = runCase(module, 'flip', { bars: [20, 20, 21], options: { commissionFixed: 1 } });
    expect(metrics).toMatchObject({ orders: 3, fees: 3 });
    expect(trades).toMatchObject([
      { direction: 'long', commission: 2 },
      { direction: 'short', commission: 1 },
    ]);
  });

  test('all of it buys what it can pay for with its commission', () => {
    const { trades } = runCase(module, 'all', {
      bars: [20, 20],
      options: { commissionRate: 0.25, commissionFixed: 100, commissionPerUnit: 8 },
    });
    // 9,900 / (20 × 1.25 + 8).
    expect(trades[0]?.size).toBeCloseTo(300, 9);
  });

  test.each([
    { fixed: 9_999, denials: 0 },
    { fixed: 10_000, denials: 1 },
  ])('a fixed commission of $fixed of 10,000', ({ fixed, denials }) => {
    const result = runCase(module, 'all', { bars: [20, 20], options: { commissionFixed: fixed } });
    expect(result.denials.map(({ code }) => code)).toEqual(Array.from({ length: denials }, () => 'BelowOneUnit'));
  });
});

describe('what is paid beyond the price', () => {
  test.each<{ name: string; options: Partial<BacktestOptions>; prices: readonly [number, number]; slippage: number }>([
    { name: 'slippage of 10 basis points', options: { slippageBps: 10 }, prices: [20.02, 19.98], slippage: 4 },
    { name: 'half a spread of 20', options: { fill: 'spread', spreadBps: 20 }, prices: [20.02, 19.98], slippage: 4 },
    { name: 'half a spread and slippage', options: { fill: 'spread', spreadBps: 20, slippageBps: 5 }, prices: [20.03, 19.97], slippage: 6 },
    { name: 'a spread without its fill model', options: { spreadBps: 20 }, prices: [20, 20], slippage: 0 },
    // 0.1 × (100 / 1,000)².
    { name: 'a tenth of the volume', options: { fill: 'volume-share', volumeLimit: 1, impact: 0.1 }, prices: [20.02, 19.98], slippage: 4 },
  ])('$name', ({ options, prices: [entry, exit], slippage }) => {
    const { trades, metrics } = runCase(module, 'roundTrip', { bars: [20, 20, 20], options });
    expect(trades[0]?.entryPrice).toBeCloseTo(entry, 12);
    expect(trades[0]?.exitPrice).toBeCloseTo(exit, 12);
    expect(metrics.slippage).toBeCloseTo(slippage, 9);
  });

  test('a limit order pays its limit, a stop order pays what a market order does', () => {
    const options: Partial<BacktestOptions> = { fill: 'spread', spreadBps: 20, slippageBps: 5 };
    expect(runCase(module, 'limit', { bars: [20, [20, 20, 18, 19]], options }).trades[0]?.entryPrice).toBe(19);
    expect(runCase(module, 'stop', { bars: [20, [20, 22, 20, 22]], options }).trades[0]?.entryPrice).toBeCloseTo(21 * 1.0015, 12);
  });
});

describe('the square-root law', () => {
  // Every other bar rises by a tenth: the sample deviation of 20 changes is 0.05 × √(20 / 19).
  const bars = Array.from({ length: 24 }, (_, index): Row => {
    const price = 10 * 1.1 ** Math.floor(index / 2);
    return [price, price, price, price, 1000];
  });
  const options: Partial<BacktestOptions> = { fill: 'square-root', impact: 0.3, periodsPerYear: 252 };
  const deviation = 0.05 * Math.sqrt(20 / 19);

  test('impact × daily deviation × √(units / daily volume)', () => {
    const { trades } = runCase(module, 'late', { bars, options });
    expect(trades[0]?.entryPrice).toBeCloseTo((bars[22]?.[0] ?? 0) * (1 + 0.3 * deviation * 0.2), 12);
  });

  test('it costs nothing until there are changes of 20 days before', () => {
    // Twenty changes need twenty-one closes before the bar of the fill.
    const early = runCase(module, 'early', { bars, options }).trades[0];
    expect(early?.entryPrice).toBeCloseTo((bars[21]?.[0] ?? 0) * (1 + 0.3 * deviation * 0.2), 12);
    expect(runCase(module, 'early', { bars: bars.slice(1), options }).trades[0]?.entryPrice).not.toBe(bars[22]?.[0]);
    expect(runCase(module, 'buy', { bars, options }).trades[0]?.entryPrice).toBe(10);
  });

  test('an impact beyond all measure leaves a ten-thousandth of the price to who sells', () => {
    const thin = bars.map(([open, high, low, close]): Row => [open, high, low, close, 1e-9]);
    const arrival = bars[22]?.[0] ?? Number.NaN;
    expect(runCase(module, 'lateShort', { bars: thin, options }).trades[0]?.entryPrice).toBeCloseTo(arrival * 0.0001, 12);
  });

  test('volume of nothing has no impact that could be known', () => {
    const silent = bars.map(([open, high, low, close]): Row => [open, high, low, close, 0]);
    expect(runCase(module, 'late', { bars: silent, options }).trades[0]?.entryPrice).toBe(bars[22]?.[0]);
  });
});
