/** Sweeps through the product, from the grid to the figures of each set, beside a copy of as many doubles; on one thread and on two. */
import { DEFAULT_BACKTEST_OPTIONS } from '../host/backtest-options.ts';
import { compileBuiltIn } from '../host/built-ins.ts';
import { closeCompiler } from '../host/compile.ts';
import { parseAxes } from '../host/parameter-axis.ts';
import { ParameterGrid } from '../host/parameter-grid.ts';
import { SweepPool, type SweepOptions } from '../host/sweep.ts';
import type { BarSeries, StrategyModule } from '../host/types.ts';
import { copyOfDoubles } from './copies.ts';
import type { Plan, Work } from './measure.ts';
import { benchOptions, progress, publish } from './publish.ts';
import { measureGrowth, measureRow } from './rows.ts';
import { sampleSeries } from './sample-bars.ts';
import type { Row } from './suite.ts';

const BARS = 5_000;
const WINDOWS = 100;
const options = benchOptions();
const planOf = (rounds: number, warmUps: number): Plan => ({ rounds: options.rounds ?? rounds, warmUps, budgetMs: 30_000 });
const pools: SweepPool[] = [];

/** All pairs of simple averages of 2 to `windows` + 1 bars: windows × (windows − 1) / 2 sets. The pool is warm, as in a session. */
function sweep(module: StrategyModule, bars: BarSeries, windows: number, sweepOptions: SweepOptions): Work {
  const axes = parseAxes([`fast=2..${windows + 1}`, `slow=2..${windows + 1}`]);
  const grid = new ParameterGrid(axes, 'fast<slow');
  const backtest = {
    module,
    parameters: { arm: 'strict' },
    series: [{ symbol: 'AAA', bars }],
    options: { ...DEFAULT_BACKTEST_OPTIONS, fill: 'same-close' as const },
  };
  const pool = new SweepPool({ backtest, axes, sets: [] }, sweepOptions);
  pools.push(pool);
  const run = async (): Promise<number> => {
    let sets = 0;
    for await (const chunk of pool.run(grid.sets())) sets += chunk.figures.length;
    return sets;
  };
  return { name: `${sweepOptions.threads ?? 1} thread(s)`, run };
}

const module = await compileBuiltIn('sma-crossover');
await closeCompiler();
const bars = sampleSeries(BARS);
const pairs = (WINDOWS * (WINDOWS - 1)) / 2;
const units = { count: pairs * BARS, of: 'bar' };

async function ratioRow(name: string, sweepOptions: SweepOptions, goal?: number): Promise<Row> {
  progress(name);
  const subject = sweep(module, bars, WINDOWS, sweepOptions);
  const reference = copyOfDoubles(pairs * BARS);
  const plan = goal === undefined ? planOf(3, 1) : planOf(20, 6);
  return measureRow({ name, figure: 'ratio', clock: 'cpu', units, subject, reference, ...plan, ...(goal === undefined ? {} : { goal }) });
}

async function threadsRow(): Promise<Row> {
  const name = `sweep of ${pairs.toLocaleString('en')} SMA pairs: two threads against one`;
  progress(name);
  const subject = sweep(module, bars, WINDOWS, { threads: 2 });
  const reference = sweep(module, bars, WINDOWS, { threads: 1 });
  return measureRow({ name, figure: 'speed-up', clock: 'wall', units, subject, reference, goal: 1.7, ...planOf(10, 6) });
}

async function growthInSets(): Promise<Row> {
  const name = 'growth in sets of 5,000 bars, SMA pairs, one thread';
  progress(name);
  const sizes = [50, 100, 200].map((windows) => ({
    size: (windows * (windows - 1)) / 2,
    work: sweep(module, bars, windows, { threads: 1 }),
  }));
  return measureGrowth({ name, clock: 'cpu', of: 'set', goal: 1.1, sizes, ...planOf(7, 2) });
}

const title = `sweep of ${pairs.toLocaleString('en')} SMA pairs × ${BARS.toLocaleString('en')} bars, one thread`;
const rows = [
  await ratioRow(title, { threads: 1 }, 1.1),
  await threadsRow(),
  await ratioRow(`${title}, bar by bar`, { threads: 1, fast: false }),
  await growthInSets(),
];
await Promise.all(pools.map((pool) => pool.close()));
publish(
  {
    name: 'sweeps',
    title: 'Sweeps',
    about: [
      'Return, Sharpe ratio, drawdown, orders and trades of each set, from the grid to the figures, by processor time of all threads; the ratio is to copying as many doubles as there are bars in all runs. Two threads: by elapsed time.',
    ],
    rows,
    peers: [],
    missing: [],
  },
  options,
);
