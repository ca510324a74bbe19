/** Walk-forwards through the product, from bars to the joined curve, beside the sweeps that their windows need at least. */
import { DEFAULT_BACKTEST_OPTIONS } from '../host/backtest-options.ts';
import { compileBuiltIn } from '../host/built-ins.ts';
import { closeCompiler } from '../host/compile.ts';
import { runWalkForward } from '../host/optimisation/walk-forward.ts';
import { parseAxes } from '../host/parameter-axis.ts';
import { ParameterGrid } from '../host/parameter-grid.ts';
import { openStatistics } from '../host/statistics.node.ts';
import type { BarSeries } from '../host/types.ts';
import { copyOfDoubles } from './copies.ts';
import type { Plan, Work } from './measure.ts';
import { benchOptions, progress, publish } from './publish.ts';
import { measureRow } from './rows.ts';
import { sampleSeries } from './sample-bars.ts';
import type { Row } from './suite.ts';

const SYMBOLS = 20;
const BARS = 2_520;
const TRAIN = 520;
const TEST = 40;
const FOLDS = 50;
const GOAL_S = 60;
const options = benchOptions();
const module = await compileBuiltIn('sma-crossover');
await closeCompiler();
const statistics = await openStatistics();
const axes = parseAxes(['fast=5..50:5', 'slow=20..200:20']);
const grid = new ParameterGrid(axes, 'fast<slow');
const sets = grid.count();

async function walk(symbol: string, bars: BarSeries): Promise<number> {
  const backtest = { module, parameters: {}, series: [{ symbol, bars }], options: DEFAULT_BACKTEST_OPTIONS };
  const space = { axes, sets: () => grid.sets(), isGrid: true, selection: {} };
  const windows = { train: TRAIN, test: TEST, mode: 'rolling' as const };
  const { folds } = await runWalkForward({ backtest, space, sets, windows }, { statistics, threads: 2 });
  if (folds.length !== FOLDS) throw new Error(`Invariant: ${FOLDS} windows, not ${folds.length}`);
  return folds.length;
}

/** One symbol after the other, each on two threads that begin and end with it. */
function all(): Work {
  const series = Array.from({ length: SYMBOLS }, (_, index) => sampleSeries(BARS, index + 1));
  const run = async (): Promise<number> => {
    let done = 0;
    for (const [index, bars] of series.entries()) done += await walk(`S${index}`, bars);
    return done;
  };
  return { name: '2 threads', run };
}

/** Everything that happens once: windows, joined curve, significance; the threads are begun anew for each symbol. */
async function row(): Promise<Row> {
  const name = `walk-forward: ${FOLDS} windows, ${sets} sets, ${BARS.toLocaleString('en')} daily bars, ${SYMBOLS} symbols, two threads`;
  progress(name);
  const plan: Plan = { rounds: options.rounds ?? 1, warmUps: 0, budgetMs: 3 * GOAL_S * 1000 };
  const units = { count: FOLDS * SYMBOLS, of: 'window' };
  const reference = copyOfDoubles(SYMBOLS * FOLDS * sets * TRAIN);
  return measureRow({ name, figure: 'ratio', clock: 'wall', units, subject: all(), reference, ...plan });
}

const rows = [await row()];
const seconds = (rows[0]?.subject.bestNs ?? Number.NaN) / 1e9;
publish(
  {
    name: 'walk-forward',
    title: 'Walk-forward',
    about: [
      `From bars to the joined curve, by elapsed time; the ratio is to copying as many doubles as there are bars in all runs in sample. All ${SYMBOLS} symbols took ${seconds.toFixed(1)} s; the goal is ${GOAL_S} s on two cores.`,
    ],
    rows,
    peers: [],
    missing: [],
  },
  options,
);
