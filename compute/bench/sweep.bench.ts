import { performance } from 'node:perf_hooks';
import { compileSweep } from '../build.ts';
import { ParameterGrid } from '../host/parameter-grid.ts';
import { parseAxes } from '../host/parameter-axis.ts';
import { SweepModule, type CrossoverJob } from '../host/sweep-module.ts';

/**
 * All pairs of simple averages from 2 to 101 bars over 5,000 bars, next to a copy of as many doubles as there are pairs and bars: the ratio
 * is the figure. Everything counts: putting the bars into memory, the averages, tables, pairs, and reading the figures.
 */
const BARS = 5000;
const ROUNDS = 60;
const WINDOW_MIN = 2;
const WINDOW_MAX = 101;

/** A random walk from a fixed seed (xorshift). */
function makeCloses(length: number): Float64Array {
  let state = 88_172_645;
  let price = 100;
  return Float64Array.from({ length }, () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (price *= 1 + ((state >>> 0) / 2 ** 32 - 0.5) * 0.035);
  });
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
const figure = (values: readonly number[]): string => `${median(values).toFixed(1)} ms (best ${Math.min(...values).toFixed(1)})`;

const closes = makeCloses(BARS);
const rows = Array.from({ length: WINDOW_MAX - WINDOW_MIN + 1 }, (_, index) => WINDOW_MIN + index);
const axis = `${WINDOW_MIN}..${WINDOW_MAX}`;
const sets = [...new ParameterGrid(parseAxes([`fast=${axis}`, `slow=${axis}`]), 'fast<slow').sets()];
const pairs = Int32Array.from(sets.flatMap(([fast, slow]) => [Number(fast) - WINDOW_MIN, Number(slow) - WINDOW_MIN]));
const costs = { cash: 100, commissionRate: 0.001, commissionFixed: 0, commissionPerUnit: 0, slippage: 0, periodsPerYear: 252 };
const job: CrossoverJob = { closes, fillPrices: closes, delay: 0, rows, arm: 'cross', ...costs };

const sweep = new SweepModule(await WebAssembly.compile(Uint8Array.from(await compileSweep())));
const source = new Float64Array(sets.length * BARS).fill(1);
const target = new Float64Array(source.length).fill(2);
const opening: number[] = [];
const running: number[] = [];
const whole: number[] = [];
const copying: number[] = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const start = performance.now();
  const opened = sweep.open(job);
  const middle = performance.now();
  if (opened?.run(pairs).length !== sets.length) throw new Error('Invariant: every pair has figures');
  const end = performance.now();
  target.set(source);
  const copied = performance.now();
  // The first rounds run code that is not optimised yet.
  if (round < ROUNDS / 4) continue;
  opening.push(middle - start);
  running.push(end - middle);
  whole.push(end - start);
  copying.push(copied - end);
}
const ratio = median(whole) / median(copying);
const best = Math.min(...whole) / Math.min(...copying);
console.log(`sweep of ${sets.length} pairs of averages x ${BARS} bars: averages and tables ${figure(opening)}, pairs ${figure(running)}`);
console.log(`  all ${figure(whole)}, copying ${figure(copying)}: ratio ${ratio.toFixed(2)} (best ${best.toFixed(2)})`);
