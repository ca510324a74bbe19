import { describe, expect, test } from 'vitest';
import { compileSweep } from '../build.ts';
import { SweepModule, type CrossoverJob } from './sweep-module.ts';
import { crossoverOracle } from './sweep-oracle.ts';

const sweep = new SweepModule(await WebAssembly.compile(Uint8Array.from(await compileSweep())));

function jobOf(closes: readonly number[], changes: Partial<CrossoverJob> = {}): CrossoverJob {
  const values = Float64Array.from(closes);
  const free = { commissionRate: 0, commissionFixed: 0, commissionPerUnit: 0, slippage: 0 };
  const none = { delay: 0, rows: [], arm: 'cross', cash: 100, periodsPerYear: 252 } as const;
  return { closes: values, fillPrices: values, ...none, ...free, ...changes };
}

const row = (...values: readonly number[]): Float64Array => Float64Array.from(values);
const PAIR = Int32Array.of(0, 1);

describe('jobs that the fast path does not take', () => {
  const bad: readonly (readonly [string, CrossoverJob])[] = [
    ['a price of zero', jobOf([1, 0, 2])],
    ['a price below zero', jobOf([1, -1, 2])],
    ['a price that is not a number', jobOf([1, NaN, 2])],
    ['an infinite price', jobOf([1, Infinity, 2])],
    ['a fill price of zero', jobOf([1, 2], { fillPrices: row(1, 0) })],
    ['no cash', jobOf([1, 2], { cash: 0 })],
    ['a rebate', jobOf([1, 2], { commissionRate: -0.1 })],
    ['a fixed rebate', jobOf([1, 2], { commissionFixed: -1 })],
    ['a rebate a unit', jobOf([1, 2], { commissionPerUnit: -1 })],
    ['slippage in our favour', jobOf([1, 2], { slippage: -0.1 })],
    ['costs that are not numbers', jobOf([1, 2], { commissionRate: NaN })],
  ];
  test.each(bad)('%s', (_, job) => expect(sweep.open(job)).toBeUndefined());
});

describe('what can be said by hand', () => {
  const rows = [row(0, 2, 0, 2), row(1, 1, 1, 1)];

  test('enters at the close of the cross, leaves on the way back, and holds what is open to the end', () => {
    const [figures] = sweep.open(jobOf([10, 10, 20, 16], { rows }))?.run(PAIR) ?? [];
    expect(figures).toMatchObject({ orders: 3, trades: 2, maxDrawdown: 0 });
    expect(figures?.totalReturn).toBeCloseTo(1, 12);
  });

  test('fills at the next open, and drops the signal of the last bar', () => {
    const job = jobOf([10, 10, 20, 16], { rows, delay: 1, fillPrices: row(10, 10, 16, 20) });
    const [figures] = sweep.open(job)?.run(PAIR) ?? [];
    expect(figures).toMatchObject({ orders: 2, trades: 1, maxDrawdown: 0 });
    expect(figures?.totalReturn).toBeCloseTo(0.25, 12);
  });

  test('a commission that eats all cash leaves an order refused, and nothing happens', () => {
    const [figures] = sweep.open(jobOf([10, 10, 20, 16], { rows, commissionFixed: 100 }))?.run(PAIR) ?? [];
    expect(figures).toEqual({ totalReturn: 0, sharpe: NaN, maxDrawdown: 0, orders: 0, trades: 0 });
  });

  test('equity that falls below zero has no Sharpe ratio and trades no more', () => {
    const [figures] = sweep.open(jobOf([10, 10, 1, 16], { rows, commissionFixed: 30 }))?.run(PAIR) ?? [];
    expect(figures?.totalReturn).toBeCloseTo((7 - 30) / 100 - 1, 12);
    expect(figures?.maxDrawdown).toBeCloseTo((7 - 30) / 100 - 1, 12);
    expect(figures).toMatchObject({ sharpe: NaN, orders: 2, trades: 1 });
  });

  test('equal after never below: an entry for cross, none for strict', () => {
    const level = { rows: [row(1, 2, 2), row(1, 1, 1)] };
    const orders = (['cross', 'strict'] as const).map((arm) => sweep.open(jobOf([10, 10, 10], { ...level, arm }))?.run(PAIR)[0]?.orders);
    expect(orders).toEqual([1, 0]);
  });

  test.each([0, 1])('%i bars have nothing to say', (bars) => {
    const job = jobOf([10].slice(0, bars), { rows: [row(...[2].slice(0, bars)), row(...[1].slice(0, bars))] });
    expect(sweep.open(job)?.run(PAIR)).toEqual([{ totalReturn: 0, sharpe: NaN, maxDrawdown: 0, orders: 0, trades: 0 }]);
  });

  test('no pairs give no figures', () => expect(sweep.open(jobOf([1, 2], { rows: [row(1, 2)] }))?.run(new Int32Array(0))).toEqual([]));

  test('a pair that names no row stops with what is wrong', () => {
    const opened = sweep.open(jobOf([1, 2], { rows: [row(1, 2)] }));
    expect(() => opened?.run(Int32Array.of(0, 1))).toThrow('Invariant: a pair names two rows');
    expect(() => opened?.run(Int32Array.of(-1, 0))).toThrow('Invariant: a pair names two rows');
  });

  test('returns that hardly vary after a jump by eighteen orders of magnitude keep their Sharpe ratio', () => {
    const closes = [1e-9, 1e9, 100, 101, 100, 102, 101];
    const held = { rows: [row(0, 0, 0, 2, 2, 2, 0), row(1, 1, 1, 1, 1, 1, 1)] };
    const [figures] = sweep.open(jobOf(closes, held))?.run(PAIR) ?? [];
    const returns = [0, 0, 0, 0, 100 / 101 - 1, 102 / 100 - 1, 101 / 102 - 1];
    const mean = returns.reduce((a, b) => a + b, 0) / 7;
    const deviation = Math.sqrt(returns.reduce((a, b) => a + (b - mean) ** 2, 0) / 6);
    expect(figures?.sharpe).toBeCloseTo((mean / deviation) * Math.sqrt(252), 10);
  });
});

test('half a million bars, where long trades are looked at in steps', () => {
  const bars = 500_000;
  // Slow waves, so that trades last from hundreds to tens of thousands of bars.
  const closes = Float64Array.from({ length: bars }, (_, i) => 100 + 40 * Math.sin(i / 9000) + 5 * Math.sin(i / 700) + Math.sin(i * 1.7));
  const level = (value: number): Float64Array => new Float64Array(bars).fill(value);
  const rows = [closes, level(100), level(130), level(75), closes.map((close) => 200 - close)];
  const costs = { commissionRate: 0.001, commissionFixed: 0.01, slippage: 0.0005 };
  const job = jobOf([...closes], { rows, ...costs });
  const pairs = [0, 1, 0, 2, 0, 3, 4, 1, 4, 2, 2, 4];
  const figures = sweep.open(job)?.run(Int32Array.from(pairs));
  expect(sweep.memoryNeeded(bars, rows.length)).toBeLessThan(150e6);
  for (const [index, actual] of (figures ?? []).entries()) {
    const [fast, slow] = [rows[pairs[2 * index] ?? 0] ?? closes, rows[pairs[2 * index + 1] ?? 0] ?? closes];
    const expected = crossoverOracle(job, fast, slow);
    expect(actual).toMatchObject({ orders: expected.orders, trades: expected.trades });
    expect(actual.orders).toBeGreaterThan(5);
    for (const figure of ['totalReturn', 'sharpe', 'maxDrawdown'] as const) {
      const distance = Math.abs(actual[figure] - expected[figure]) / Math.max(1, Math.abs(expected[figure]));
      expect(distance).toBeLessThan(1e-10);
    }
  }
  expect(figures).toHaveLength(6);
});

test('the memory that is asked for is enough', () => {
  for (const [bars, rows] of [
    [0, 0],
    [1, 1],
    [64, 3],
    [5000, 100],
    [300_000, 2],
  ] as const) {
    const closes = new Float64Array(bars).fill(1);
    const job = jobOf([], { closes, fillPrices: closes, rows: Array.from({ length: rows }, () => closes) });
    const taken = sweep.open(job)?.bytes ?? Infinity;
    expect(taken).toBeLessThanOrEqual(sweep.memoryNeeded(bars, rows));
    expect(taken).toBeGreaterThan(0.5 * (sweep.memoryNeeded(bars, rows) - 30_000));
  }
});

test('the worst bar of a long trade is seen wherever it lies', () => {
  const bars = 500_000;
  const dip = 300_000;
  const closes = new Float64Array(bars).fill(100);
  closes[dip] = 1;
  // Around the steps of 128 bars in which so long a series is looked at, from the end of the trade and from its beginning.
  const near = [1, 128, 130, 190, 256, 300];
  const heldFrom = (from: number, to: number): Float64Array => new Float64Array(bars).fill(1, from, to);
  const rows = [
    new Float64Array(bars).fill(0.5),
    ...near.map((after) => heldFrom(1000, dip + after)),
    ...near.map((before) => heldFrom(dip - before, 450_000)),
  ];
  const pairs = rows.slice(1).flatMap((_, index) => [index + 1, 0]);
  const figures = sweep.open(jobOf([], { closes, fillPrices: closes, rows }))?.run(Int32Array.from(pairs)) ?? [];
  expect(figures).toHaveLength(12);
  for (const { maxDrawdown } of figures) expect(maxDrawdown).toBeCloseTo(-0.99, 12);
});
