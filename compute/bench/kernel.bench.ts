/** Backtests with all metrics inside the kernel, beside a copy of their columns in the same rounds, and how their time grows. */
import { DEFAULT_BACKTEST_OPTIONS } from '../host/backtest-options.ts';
import { compileBuiltIn } from '../host/built-ins.ts';
import { openKernel, type KernelRun } from '../host/kernel-run.ts';
import type { SymbolSeries } from '../host/timeline.ts';
import type { ParameterValues } from '../host/types.ts';
import { copyOfBars } from './copies.ts';
import type { Plan, Work } from './measure.ts';
import { benchOptions, progress, publish } from './publish.ts';
import { measureGrowth, measureRow } from './rows.ts';
import { sampleSeries } from './sample-bars.ts';
import type { Row } from './suite.ts';

const BARS = 10_000;
const options = benchOptions();
const planOf = (rounds: number, warmUps: number): Plan => ({ rounds: options.rounds ?? rounds, warmUps, budgetMs: 10_000 });

/** One backtest. Each run has a fresh instance with the bars in it, as every backtest has; only the run and its metrics are timed. */
async function backtest(strategy: string, parameters: ParameterValues, series: readonly SymbolSeries[]): Promise<Work> {
  const module = await compileBuiltIn(strategy);
  const slices = Math.max(...series.map(({ bars }) => bars.length));
  let opened: KernelRun | undefined;
  return {
    name: strategy,
    prepare: () => {
      opened = openKernel({ module, parameters, series, options: DEFAULT_BACKTEST_OPTIONS });
    },
    run: () => {
      opened?.advance(slices);
      return opened?.finish();
    },
  };
}

async function ratioRow(name: string, strategy: string, parameters: ParameterValues, goal?: number): Promise<Row> {
  progress(name);
  const bars = sampleSeries(BARS);
  return measureRow({
    name,
    figure: 'ratio',
    clock: 'least',
    units: { count: BARS, of: 'bar' },
    subject: await backtest(strategy, parameters, [{ symbol: 'AAA', bars }]),
    reference: copyOfBars(bars),
    ...planOf(300, 100),
    ...(goal === undefined ? {} : { goal }),
  });
}

const CROSSOVER = { fast: 10, slow: 50 };

async function growthInBars(): Promise<Row> {
  const name = 'growth in bars, SMA 10/50';
  progress(name);
  const sizes = [20_000, 80_000, 320_000];
  const works = sizes.map(async (size) => ({
    size,
    work: await backtest('sma-crossover', CROSSOVER, [{ symbol: 'AAA', bars: sampleSeries(size) }]),
  }));
  return measureGrowth({ name, clock: 'least', of: 'bar', goal: 1.1, sizes: await Promise.all(works), ...planOf(15, 3) });
}

async function growthInSymbols(): Promise<Row> {
  const name = 'growth in symbols of 2,000 bars, SMA 10/50';
  progress(name);
  const seriesOf = (count: number): readonly SymbolSeries[] =>
    Array.from({ length: count }, (_, index) => ({ symbol: `S${index}`, bars: sampleSeries(2_000, index + 1) }));
  const works = [8, 32, 128].map(async (size) => ({ size, work: await backtest('sma-crossover', CROSSOVER, seriesOf(size)) }));
  return measureGrowth({ name, clock: 'least', of: 'symbol', goal: 1.1, sizes: await Promise.all(works), ...planOf(15, 3) });
}

const rows = [
  await ratioRow('SMA 10/50, 10,000 bars, fees, all metrics', 'sma-crossover', CROSSOVER, 4),
  await ratioRow('RSI 14, 10,000 bars, fees, all metrics', 'rsi-reversion', {}),
  await growthInBars(),
  await growthInSymbols(),
];
publish(
  {
    name: 'backtests',
    title: 'Backtests',
    about: ['Ratios to copying the five columns of the bars in the same rounds. Growth: the exponent of time over size, 1 is linear.'],
    rows,
    peers: [],
    missing: [],
  },
  options,
);
