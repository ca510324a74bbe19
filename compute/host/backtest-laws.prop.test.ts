import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runBacktest } from './backtest.ts';
import { DEFAULT_BACKTEST_LIMITS, DEFAULT_BACKTEST_OPTIONS } from './backtest-options.ts';
import { builtInStrategies, compileBuiltIn } from './built-ins.ts';
import { closeCompiler, compileStrategy } from './compile.ts';
import { randomBars } from './random-bars.ts';
import { SCRIPTED_STRATEGY } from './scripted-strategy.ts';
import type { BacktestOptions, BacktestResult, BarSeries } from './types.ts';

const compiled = await compileStrategy(SCRIPTED_STRATEGY);
await closeCompiler();
if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
const scripted = compiled.module;
const crossover = await compileBuiltIn('sma-crossover');

const options: fc.Arbitrary<BacktestOptions> = fc
  .record({
    cash: fc.constantFrom(1_000, 100_000),
    commissionRate: fc.constantFrom(0, 0.001),
    commissionFixed: fc.constantFrom(0, 1),
    commissionMinimum: fc.constantFrom(0, 2),
    regulatoryFees: fc.boolean(),
    slippageBps: fc.constantFrom(0, 5),
    spreadBps: fc.constantFrom(0, 10),
    fill: fc.constantFrom('next-open' as const, 'same-close' as const, 'spread' as const, 'volume-share' as const, 'square-root' as const),
    size: fc.constantFrom<BacktestOptions['size']>(
      { kind: 'all' },
      { kind: 'units', units: 7 },
      { kind: 'equity', fraction: 0.5, at: 'fill' },
    ),
    wholeUnits: fc.boolean(),
    unaffordable: fc.constantFrom('refuse' as const, 'reduce' as const),
    protectiveFrom: fc.constantFrom('entry-bar' as const, 'next-bar' as const),
    leverage: fc.constantFrom(null, 1.5),
    cashRate: fc.constantFrom(0, 0.05),
    debitRate: fc.constantFrom(0, 0.1),
    borrowRate: fc.constantFrom(0, 0.03),
    risk: fc.constantFrom(null, {
      ...DEFAULT_BACKTEST_LIMITS,
      orderRisk: null,
      minimumLiquidity: null,
      orderVolume: null,
      orderWeight: 0.5,
    }),
  })
  .map((each) => ({ ...DEFAULT_BACKTEST_OPTIONS, ...each }));
const mix = fc.integer({ min: 1, max: 1000 });

const run = (bars: BarSeries, chosen: BacktestOptions, seed: number): BacktestResult =>
  runBacktest({ module: scripted, parameters: { mix: seed }, series: [{ symbol: 'AAA', bars }], options: chosen });

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function expectFinite(result: BacktestResult): void {
  for (const [name, value] of Object.entries(result.metrics))
    expect(value === null || Number.isFinite(value), `${name} is ${value}`).toBe(true);
  for (const { equity } of result.equity) expect(Number.isFinite(equity)).toBe(true);
  for (const { code, limit, actual } of result.denials) {
    expect(code).not.toBe('Unknown');
    if (code !== 'OrderVolume') expect(Number.isFinite(limit) && Number.isFinite(actual), `${code}: ${actual} of ${limit}`).toBe(true);
  }
  expect(JSON.parse(JSON.stringify(result))).toEqual(result);
}

/** Cash that trades, interest and dividends have made is what equity has become. */
function expectConserved({ metrics, trades, options: { cash } }: BacktestResult): void {
  const made = sum(trades.map(({ grossPnl, commission }) => grossPnl - commission)) + metrics.financing + metrics.dividends;
  const turned = sum(trades.map(({ size, entryPrice, exitPrice }) => size * (entryPrice + (exitPrice ?? entryPrice))));
  expect(Math.abs(metrics.finalEquity - cash - made)).toBeLessThanOrEqual(1e-11 * (cash + turned));
  expect(Math.abs(metrics.fees - sum(trades.map(({ commission }) => commission)))).toBeLessThanOrEqual(1e-9 * Math.max(1, metrics.fees));
}

test('money is conserved, and every figure is a number or absent', () => {
  let trades = 0;
  fc.assert(
    fc.property(randomBars(80, 1), options, mix, (bars, chosen, seed) => {
      const result = run(bars, chosen, seed);
      expectConserved(result);
      expectFinite(result);
      trades += result.trades.length;
    }),
    { numRuns: 500 },
  );
  expect(trades).toBeGreaterThan(1_000);
});

test('an order fills at a price that its bar traded', () => {
  fc.assert(
    fc.property(randomBars(80, 1), options, mix, (bars, chosen, seed) => {
      const free: BacktestOptions = { ...chosen, slippageBps: 0, impact: 0, spreadBps: 0 };
      const { trades } = run(bars, free, seed);
      const traded = (bar: number, price: number): boolean => price <= (bars.high[bar] ?? 0) && price >= (bars.low[bar] ?? Infinity);
      for (const { entryBar, entryPrice, exitBar, exitPrice } of trades) {
        expect(traded(entryBar, entryPrice)).toBe(true);
        if (exitBar !== null) expect(traded(exitBar, exitPrice ?? Number.NaN)).toBe(true);
      }
    }),
    { numRuns: 400 },
  );
});

test('costs are against us: beyond the range of the bar by no more than they say', () => {
  fc.assert(
    fc.property(randomBars(80, 1), options, mix, (bars, chosen, seed) => {
      const spread: BacktestOptions = { ...chosen, fill: 'spread', spreadBps: 10, slippageBps: 5 };
      const [most, least] = [1.001 + 1e-12, 0.999 - 1e-12];
      for (const { entryBar, entryPrice, direction } of run(bars, spread, seed).trades) {
        const [high, low] = [bars.high[entryBar] ?? 0, bars.low[entryBar] ?? 0];
        expect(entryPrice).toBeLessThanOrEqual(direction === 'long' ? high * most : high);
        expect(entryPrice).toBeGreaterThanOrEqual(direction === 'long' ? low : low * least);
      }
    }),
    { numRuns: 300 },
  );
});

test('finer bars that are the bars themselves change nothing', () => {
  fc.assert(
    fc.property(randomBars(80, 1), options, mix, (bars, chosen, seed) => {
      const series = [{ symbol: 'AAA', bars }];
      const request = { module: scripted, parameters: { mix: seed }, series, options: chosen };
      const { data, ...finer } = runBacktest({ ...request, finerBars: { AAA: bars } });
      const { finerHash, ...same } = data;
      const { data: plain, ...coarse } = runBacktest(request);
      expect(finerHash).toMatch(/^[0-9a-f]{64}$/);
      expect(same).toEqual(plain);
      expect(JSON.stringify(finer)).toBe(JSON.stringify(coarse));
    }),
    { numRuns: 300 },
  );
});

test('nothing at all costs nothing', () => {
  fc.assert(
    fc.property(randomBars(30), (bars) => {
      const series = [{ symbol: 'AAA', bars }];
      const { metrics, equity } = runBacktest({
        module: crossover,
        parameters: { fast: 50, slow: 60 },
        series,
        options: DEFAULT_BACKTEST_OPTIONS,
      });
      expect(metrics).toMatchObject({ finalEquity: 100_000, totalReturn: 0, maxDrawdown: 0, trades: 0, orders: 0, fees: 0, exposure: 0 });
      expect(equity.every((point) => point.equity === 100_000)).toBe(true);
    }),
    { numRuns: 30 },
  );
});

/** By a power of two, so that nothing is rounded otherwise. */
function scaled(bars: BarSeries, factor: number): BarSeries {
  const of = (values: Float64Array): Float64Array => values.map((value) => value * factor);
  return { ...bars, open: of(bars.open), high: of(bars.high), low: of(bars.low), close: of(bars.close) };
}

describe.each([2 ** -36, 2 ** 34, 2 ** 0])('prices times %d', (factor) => {
  test('with as many times the cash, everything is the same but the currency', () => {
    fc.assert(
      fc.property(randomBars(80, 1), options, fc.constantFrom('long', 'longshort'), (bars, chosen, direction) => {
        const plain: BacktestOptions = {
          ...chosen,
          cash: 1_000,
          commissionFixed: 0,
          commissionMinimum: 0,
          regulatoryFees: false,
          wholeUnits: false,
          risk: null,
        };
        const request = { module: crossover, parameters: { fast: 2, slow: 5, direction } };
        const base = runBacktest({ ...request, series: [{ symbol: 'AAA', bars }], options: plain });
        const series = [{ symbol: 'AAA', bars: scaled(bars, factor) }];
        const other = runBacktest({ ...request, series, options: { ...plain, cash: 1_000 * factor } });
        expect(other.metrics.totalReturn).toBe(base.metrics.totalReturn);
        expect(other.metrics.sharpe).toBe(base.metrics.sharpe);
        expect(other.trades.map(({ size }) => size)).toEqual(base.trades.map(({ size }) => size));
        expect(other.equity.map(({ equity }) => equity)).toEqual(base.equity.map(({ equity }) => equity * factor));
      }),
      { numRuns: 60 },
    );
  });

  test('with the same cash, money is conserved', () => {
    fc.assert(
      fc.property(randomBars(80, 1), options, fc.constantFrom('long', 'longshort'), (bars, chosen, direction) => {
        const series = [{ symbol: 'AAA', bars: scaled(bars, factor) }];
        const result = runBacktest({ module: crossover, parameters: { fast: 2, slow: 5, direction }, series, options: chosen });
        expectConserved(result);
        expectFinite(result);
      }),
      { numRuns: 100 },
    );
  });
});

describe.each(builtInStrategies().map(({ name }) => name))('%s', (name) => {
  test.each([0, 1, 2])('over %i bars', async (length) => {
    const module = await compileBuiltIn(name);
    const [bars] = fc.sample(randomBars(length, length), { numRuns: 1, seed: 1 });
    if (bars === undefined) throw new Error('Invariant: a sample of one');
    const series = ['AAA', 'BBB'].map((symbol) => ({ symbol, bars }));
    for (const fast of [true, false]) {
      const result = runBacktest({ module, parameters: {}, series, options: DEFAULT_BACKTEST_OPTIONS, fast });
      expectFinite(result);
      expect(result.equity).toHaveLength(length);
      expect(result.metrics.finalEquity).toBe(100_000);
      expect(result.metrics).toMatchObject({ totalReturn: 0, maxDrawdown: 0, trades: 0, exposure: 0, sharpe: null });
    }
  });
});
