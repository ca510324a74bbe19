import { performance } from 'node:perf_hooks';
import { DEFAULT_BACKTEST_OPTIONS } from '../host/backtest-options.ts';
import { compileBuiltIn } from '../host/built-ins.ts';
import { openKernel } from '../host/kernel-run.ts';
import type { BarSeries } from '../host/types.ts';

/**
 * One backtest of 10,000 bars with all metrics inside the kernel, next to a copy of its five columns in the same process: the ratio is
 * the figure, for times depend on the machine. Each round opens a fresh instance; only the run and its metrics are timed.
 */
const BARS = 10_000;
const ROUNDS = 400;

/** A random walk from a fixed seed (xorshift). */
function makeBars(length: number): BarSeries {
  let state = 88_172_645;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  let price = 100;
  const close = Float64Array.from({ length }, () => (price *= 1 + (next() - 0.5) * 0.02));
  const open = Float64Array.from(close, (value, index) => close[index - 1] ?? value);
  const high = Float64Array.from(close, (value, index) => Math.max(value, open[index] ?? value) * 1.001);
  const low = Float64Array.from(close, (value, index) => Math.min(value, open[index] ?? value) * 0.999);
  const volume = new Float64Array(length).fill(1000);
  const startAtMs = Float64Array.from({ length }, (_, index) => index * 86_400_000);
  return { length, startAtMs, open, high, low, close, volume };
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

const bars = makeBars(BARS);
const columns = [bars.open, bars.high, bars.low, bars.close, bars.volume];
const copies = columns.map((column) => new Float64Array(column.length));
const cases = [
  { name: 'sma-crossover 10/50', strategy: 'sma-crossover', parameters: { fast: 10, slow: 50 } },
  { name: 'rsi-reversion 14', strategy: 'rsi-reversion', parameters: {} },
];

for (const { name, strategy, parameters } of cases) {
  const module = await compileBuiltIn(strategy);
  const runs: number[] = [];
  const copying: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const run = openKernel({ module, parameters, series: [{ symbol: 'AAA', bars }], options: DEFAULT_BACKTEST_OPTIONS });
    const start = performance.now();
    run.advance(BARS);
    run.finish();
    const middle = performance.now();
    for (const [index, column] of columns.entries()) copies[index]?.set(column);
    const end = performance.now();
    // The first rounds run code that is not optimised yet.
    if (round < ROUNDS / 4) continue;
    runs.push(middle - start);
    copying.push(end - middle);
  }
  const ms = median(runs);
  const copyMs = median(copying);
  console.log(
    `${name}: ${ms.toFixed(4)} ms, ${(BARS / ms / 1000).toFixed(1)} M bars/s, ${(ms / copyMs).toFixed(1)} x copying (${copyMs.toFixed(4)} ms)`,
  );
}
