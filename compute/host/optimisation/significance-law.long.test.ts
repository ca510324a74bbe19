import { expect, test } from 'vitest';
import { DEFAULT_BACKTEST_OPTIONS } from '../backtest-options.ts';
import { returnsOf } from '../backtest-statistics.ts';
import { runBacktest } from '../backtest.ts';
import { compileBuiltIn } from '../built-ins.ts';
import { parseAxes } from '../parameter-axis.ts';
import { ParameterGrid } from '../parameter-grid.ts';
import { philoxUniform } from '../philox.ts';
import { openStatistics } from '../statistics.node.ts';
import { SweepRunner } from '../sweep-runner.ts';
import { setEncoder } from '../sweep-sets.ts';
import { SweepChunk } from '../sweep.ts';
import type { BarSeries } from '../types.ts';
import { Selector } from './selection.ts';
import { significanceOf } from './walk-forward-figures.ts';

const module = await compileBuiltIn('sma-crossover');
const statistics = await openStatistics();
const BARS = 1260;
const DAY_MS = 86_400_000;
const SETS = 1000;
/** Nothing is paid: costs would make luck harder to find. */
const OPTIONS = { ...DEFAULT_BACKTEST_OPTIONS, commissionRate: 0 };
const AXES = parseAxes(['fast=2..26', 'slow=27..66']);
const GRID = new ParameterGrid(AXES);

/** Daily prices whose logarithm moves by 1 % noise and, where there is an edge, by a drift that turns round every 126 bars. */
function pricesOf(seed: number, drift: number): BarSeries {
  const close = new Float64Array(BARS);
  let log = Math.log(100);
  for (let bar = 0; bar < BARS; bar += 1) {
    const radius = Math.sqrt(-2 * Math.log(1 - philoxUniform(bar, 1, seed)));
    const noise = radius * Math.cos(2 * Math.PI * philoxUniform(bar, 2, seed));
    log += 0.01 * noise + (Math.floor(bar / 126) % 2 === 0 ? drift : -drift);
    close[bar] = Math.exp(log);
  }
  const open = close.map((price, bar) => close[bar - 1] ?? price);
  const high = close.map((price, bar) => Math.max(price, open[bar] ?? price));
  const low = close.map((price, bar) => Math.min(price, open[bar] ?? price));
  const startAtMs = Float64Array.from({ length: BARS }, (_, bar) => bar * DAY_MS);
  return { length: BARS, startAtMs, open, high, low, close, volume: new Float64Array(BARS).fill(1e6) };
}

/** The best of all sets, and how sure its returns are of themselves. */
function bestOf(bars: BarSeries): { readonly psr: number; readonly dsr: number } {
  const backtest = { module, parameters: {}, series: [{ symbol: 'AAA', bars }], options: OPTIONS };
  const encoder = setEncoder(module, AXES);
  const sets = [...GRID.sets()];
  const figures = new SweepRunner({ request: backtest, indexes: encoder.indexes, fast: true }).runSets(encoder.encode(sets));
  const selector = new Selector({}, AXES, { bars: BARS, periodsPerYear: 252 }, true);
  selector.take(new SweepChunk(sets, figures));
  const selection = selector.result();
  expect(selection.trials.sets).toBe(SETS);
  const result = runBacktest({ ...backtest, parameters: selection.chosen?.parameters ?? {} });
  const { psr, dsr } = significanceOf(returnsOf(result), selection, 0, statistics);
  return { psr: psr ?? 0, dsr: dsr ?? 0 };
}

const SEEDS = Array.from({ length: 100 }, (_, seed) => seed + 1);

test('on noise the best of 1,000 sets is called significant by the deflated Sharpe ratio for at most 5 of 100 seeds', () => {
  const found = SEEDS.map((seed) => bestOf(pricesOf(seed, 0)));
  // Without deflation luck is taken for skill much more often (15 of 100): the law says something.
  expect(found.filter(({ psr }) => psr > 0.95).length).toBeGreaterThanOrEqual(10);
  expect(found.filter(({ dsr }) => dsr > 0.95).length).toBeLessThanOrEqual(5);
});

test('an edge that was planted is found', () => {
  const found = SEEDS.slice(0, 20).map((seed) => bestOf(pricesOf(seed, 0.003)).dsr);
  expect(found.filter((dsr) => dsr > 0.95).length).toBeGreaterThanOrEqual(18);
});
