import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DEFAULT_BACKTEST_OPTIONS } from '../backtest-options.ts';
import { runBacktest } from '../backtest.ts';
import { compileBuiltIn } from '../built-ins.ts';
import { parseAxes } from '../parameter-axis.ts';
import { ParameterGrid } from '../parameter-grid.ts';
import { randomBars } from '../random-bars.ts';
import { openStatistics } from '../statistics.node.ts';
import type { BarSeries } from '../types.ts';
import { closingCost } from './closing-cost.ts';
import { windowRun } from './joined-curve.ts';
import type { SelectionSpec } from './selection.ts';
import type { WalkForwardResult } from './walk-forward-result.ts';
import { runWalkForward, WalkForward, type WalkForwardOptions, type WalkForwardRequest } from './walk-forward.ts';
import { foldsOf, type WindowOptions } from './windows.ts';

const module = await compileBuiltIn('sma-crossover');
const statistics = await openStatistics();
const [BARS, OTHERS] = fc.sample(randomBars(300, 300), { numRuns: 2, seed: 11 });
if (BARS === undefined || OTHERS === undefined) throw new Error('Invariant: two samples');

const AXES = parseAxes(['fast=2..8:2', 'slow=5..20:5']);
const GRID = new ParameterGrid(AXES, 'fast<slow');
const OPTIONS = { ...DEFAULT_BACKTEST_OPTIONS, commissionFixed: 1, slippageBps: 5 };
const ROLLING: WindowOptions = { train: 120, test: 50, mode: 'rolling' };

function requestOf(bars: BarSeries, windows = ROLLING, selection: SelectionSpec = {}): WalkForwardRequest {
  const backtest = { module, parameters: {}, series: [{ symbol: 'AAA', bars }], options: OPTIONS };
  return { backtest, space: { axes: AXES, sets: () => GRID.sets(), isGrid: true, selection }, sets: GRID.count(), windows };
}

const run = (request: WalkForwardRequest, options: Partial<WalkForwardOptions> = {}): Promise<WalkForwardResult> =>
  runWalkForward(request, { statistics, threads: 1, ...options });

/** What several tests look at. */
const rolled = run(requestOf(BARS));

/** The bars with others from a bar on, at the same times. */
function changedFrom(bar: number): BarSeries {
  const bars = BARS as BarSeries;
  const others = OTHERS as BarSeries;
  const column = (name: 'open' | 'high' | 'low' | 'close' | 'volume'): Float64Array =>
    bars[name].map((value, at) => (at < bar ? value : (others[name][at] ?? value)));
  return {
    length: bars.length,
    startAtMs: bars.startAtMs,
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
  };
}

describe('windows', () => {
  const told = (bars: number, options: WindowOptions): readonly (readonly number[])[] =>
    foldsOf(bars, options).map(({ train, test: tested }) => [train.first, train.end, tested.first, tested.end]);
  test('rolling, the last one shorter', () =>
    expect(told(10, { train: 4, test: 4, mode: 'rolling' })).toEqual([
      [0, 4, 4, 8],
      [4, 8, 8, 10],
    ]));
  test('anchored', () =>
    expect(told(9, { train: 3, test: 3, mode: 'anchored' })).toEqual([
      [0, 3, 3, 6],
      [0, 6, 6, 9],
    ]));
  test.each([
    [{ train: 10, test: 1 }, 'there are 10 bars; after 10 to choose in, none is left to test'],
    [{ train: 1, test: 1 }, 'train is 1 bars; it must be a whole number from 2'],
    [{ train: 5, test: 0.5 }, 'test is 0.5 bars; it must be a whole number from 1'],
  ])('%j is refused', (given, message) => expect(() => foldsOf(10, { ...given, mode: 'rolling' })).toThrow(message));
});

describe('a walk-forward', () => {
  test.each([
    { windows: ROLLING, selection: {} },
    { windows: { ...ROLLING, mode: 'anchored' as const }, selection: { objective: 'total_return', choose: 'plateau' as const } },
  ])('chooses and trades as backtests by hand do: $windows.mode', async ({ windows, selection }) => {
    const { folds, joined, equity } = await run(requestOf(BARS, windows, selection));
    const { backtest } = requestOf(BARS);
    const at = (bar: number): number => BARS.startAtMs[bar] ?? Number.NaN;
    const runs = foldsOf(300, windows);
    let cash = OPTIONS.cash;
    for (const [index, fold] of folds.entries()) {
      const { train, test: tested } = runs[index] ?? { train: { first: 0, end: 0 }, test: { first: 0, end: 0 } };
      if (selection.choose === undefined) {
        const scores = [...GRID.sets()].map((set) => {
          const span = { from: at(train.first), to: at(train.end - 1), parameters: GRID.valuesOf(set) };
          return runBacktest({ ...backtest, ...span }).metrics.sharpe ?? -Infinity;
        });
        expect(fold.selection.chosen?.score).toBeCloseTo(Math.max(...scores), 8);
      }
      const parameters = fold.selection.chosen?.parameters ?? {};
      const slow = Number(parameters['slow']);
      expect(fold.warmUp).toBe(slow);
      const span = { from: at(tested.first - slow), to: at(tested.end - 1), parameters, options: { ...OPTIONS, cash } };
      const result = runBacktest({ ...backtest, ...span });
      const cost = index === folds.length - 1 ? 0 : closingCost(result, backtest.series, at(tested.end - 1));
      expect(fold.outOfSample).toMatchObject({ trades: result.metrics.trades, orders: result.metrics.orders, closingCost: cost });
      cash = (result.equity.at(-1)?.equity ?? 0) - cost;
      expect(equity[tested.end - 1 - windows.train]).toEqual({ time: result.equity.at(-1)?.time, equity: cash });
      expect(1 + (fold.outOfSample?.totalReturn ?? 0)).toBeCloseTo(
        cash / (equity[tested.first - 1 - windows.train]?.equity ?? OPTIONS.cash),
        12,
      );
    }
    expect(folds.some(({ outOfSample }) => (outOfSample?.closingCost ?? 0) > 0)).toBe(true);
    expect(joined.finalEquity).toBe(cash);
    expect(equity).toHaveLength(180);
  });

  test('is the same on any number of threads, and whatever window is searched first', async () => {
    const request = requestOf(BARS);
    const expected = JSON.stringify(await rolled);
    const walk = new WalkForward(request, { statistics, threads: 2 });
    expect(JSON.stringify(await walk.finish(await walk.searchAll()))).toBe(expected);
    const backwards = [];
    for (const fold of walk.folds.toReversed()) backwards.push(await walk.search(fold));
    // As a queue keeps them.
    const kept = JSON.parse(JSON.stringify(backwards.toReversed())) as typeof backwards;
    expect(JSON.stringify(await walk.finish(kept))).toBe(expected);
    await walk.close();
  });

  test.each(['rolling', 'anchored'] as const)('never looks ahead: %s', async (mode) => {
    const windows = { ...ROLLING, mode };
    const before = mode === 'rolling' ? await rolled : await run(requestOf(BARS, windows));
    const [, { train, test: tested } = { train: { end: 0 }, test: { end: 0 } }] = foldsOf(300, windows);
    const chosen = await run(requestOf(changedFrom(train.end), windows));
    expect(chosen.folds[1]?.selection).toEqual(before.folds[1]?.selection);
    expect(chosen.folds[1]?.outOfSample).not.toEqual(before.folds[1]?.outOfSample);
    const traded = await run(requestOf(changedFrom(tested.end), windows));
    expect(traded.folds.slice(0, 2)).toEqual(before.folds.slice(0, 2));
    expect(traded.equity.slice(0, tested.end - 120)).toEqual(before.equity.slice(0, tested.end - 120));
    expect(traded.folds[3]?.selection).not.toEqual(before.folds[3]?.selection);
  });

  test('efficiency, profitable windows and significance follow from its windows', async () => {
    const { folds, efficiency, profitableShare, significance, equity, joined } = await run({ ...requestOf(BARS), trialsBefore: 1000 });
    const traded = folds.filter(({ outOfSample }) => outOfSample !== null);
    const mean = (values: readonly (readonly [number, number])[]): number =>
      values.reduce((sum, [value]) => sum + value, 0) / values.reduce((sum, [, bars]) => sum + bars, 0);
    const outside = mean(traded.map(({ outOfSample, test: { bars } }) => [outOfSample?.totalReturn ?? 0, bars]));
    const inside = mean(traded.map(({ inSample, train: { bars }, warmUp }) => [inSample?.totalReturn ?? 0, bars - (warmUp ?? 0)]));
    expect(efficiency).toBeCloseTo(outside / inside, 12);
    expect(profitableShare).toBe(traded.filter(({ outOfSample }) => (outOfSample?.totalReturn ?? 0) > 0).length / traded.length);
    const returns = Float64Array.from(equity, (point, bar) => point.equity / (equity[bar - 1]?.equity ?? OPTIONS.cash) - 1);
    expect(joined.sharpe).toBeCloseTo(statistics.performance(returns).sharpe ?? Number.NaN, 12);
    const sample = statistics.sharpeSample(returns);
    expect(sample).not.toBeNull();
    if (sample === null) return;
    expect(significance.trials).toBe(GRID.count() + 1000);
    expect(significance.psr).toBe(statistics.probabilisticSharpe(sample));
    expect(significance.dsr).toBe(statistics.deflatedSharpe(sample, significance.sharpeVariance ?? 0, GRID.count() + 1000));
    expect(significance.dsr).toBeLessThan(significance.psr ?? 0);
  });

  test('waits in cash where no set may be chosen', async () => {
    const { folds, traded, joined, efficiency, profitableShare, stability, significance } = await run(
      requestOf(BARS, ROLLING, { constraint: 'trades>1000' }),
    );
    expect(folds).toHaveLength(4);
    expect(folds.every(({ outOfSample, selection }) => outOfSample === null && selection.chosen === null)).toBe(true);
    expect(joined).toMatchObject({ finalEquity: OPTIONS.cash, totalReturn: 0, sharpe: null, trades: 0 });
    expect({ traded, efficiency, profitableShare, stability }).toEqual({
      traded: 0,
      efficiency: null,
      profitableShare: null,
      stability: [],
    });
    expect(significance).toMatchObject({ psr: null, dsr: null });
  });

  test('an account that is lost stays lost', async () => {
    const request = requestOf(BARS);
    const options = {
      ...OPTIONS,
      cash: 100,
      commissionRate: 0,
      leverage: 100,
      maintenance: 0,
      size: { kind: 'equity', fraction: 50, at: 'signal' } as const,
    };
    const { joined, equity, folds, significance } = await run({ ...request, backtest: { ...request.backtest, options } });
    expect(joined.ruinedAt).not.toBeNull();
    expect(joined).toMatchObject({ sharpe: null, cagr: null });
    expect(significance.psr).toBeNull();
    expect(equity).toHaveLength(180);
    expect(folds.at(-1)?.outOfSample).toBeNull();
  });

  test('an abort ends it with its reason', async () => {
    const stop = new AbortController();
    const walking = run(requestOf(BARS), { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) });
    await expect(walking).rejects.toThrow('enough');
  });
});

test('a strategy that trades in its own warm-up is refused', () => {
  const { backtest } = requestOf(BARS);
  const result = runBacktest({ ...backtest, parameters: { fast: 2, slow: 5 } });
  const first = result.trades[0]?.entryBar ?? 0;
  const place = { series: backtest.series, endMs: Infinity, isLast: true };
  expect(windowRun({ result, before: first }, place).equity).toHaveLength(300 - first);
  expect(() => windowRun({ result, before: first + 1 }, place)).toThrow('The strategy traded at');
});
