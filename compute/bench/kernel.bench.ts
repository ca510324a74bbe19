/** Backtests with all metrics inside the kernel, beside a copy of their columns in the same rounds, and how their time grows. */
import { DEFAULT_BACKTEST_OPTIONS } from '../host/backtest-options.ts';
import { compileBuiltIn } from '../host/built-ins.ts';
import { closeCompiler, compileStrategy } from '../host/compile.ts';
import { openKernel, type KernelRun } from '../host/kernel-run.ts';
import type { SymbolSeries } from '../host/timeline.ts';
import type { ParameterValues, StrategyModule } from '../host/types.ts';
import { copyOf, copyOfBars } from './copies.ts';
import type { Plan, Work } from './measure.ts';
import { benchOptions, progress, publish } from './publish.ts';
import { measureGrowth, measureRow } from './rows.ts';
import { sampleSeries } from './sample-bars.ts';
import type { Row } from './suite.ts';

const BARS = 10_000;
const options = benchOptions();
const planOf = (rounds: number, warmUps: number): Plan => ({ rounds: options.rounds ?? rounds, warmUps, budgetMs: 10_000 });

/** One backtest after another in one module, each with a fresh strategy, as in a sweep: its memory is as warm as what a copy copies to. */
function backtestOf(module: StrategyModule, parameters: ParameterValues, series: readonly SymbolSeries[]): Work {
  const slices = Math.max(...series.map(({ bars }) => bars.length));
  let opened: KernelRun | undefined;
  return {
    name: module.description.name,
    prepare: () => {
      opened ??= openKernel({ module, parameters, series, options: DEFAULT_BACKTEST_OPTIONS });
      opened.renew(new Int32Array(0), new Float64Array(0));
    },
    run: () => {
      opened?.advance(slices);
      return opened?.finish();
    },
  };
}

async function backtest(strategy: string, parameters: ParameterValues, series: readonly SymbolSeries[]): Promise<Work> {
  return backtestOf(await compileBuiltIn(strategy), parameters, series);
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
/** So many series of bars, and what they are copied to, are more than the caches hold. */
const FROM_MEMORY = 128;

/** Each round takes the next of several works: what it reads and writes has long left the caches. */
function inTurn(works: readonly Work[]): Work {
  let round = 0;
  const next = (): Work | undefined => works[round % works.length];
  return {
    name: works[0]?.name ?? '',
    prepare: () => {
      round += 1;
      return next()?.prepare?.();
    },
    run: () => next()?.run(),
  };
}

/** As a user meets it: bars that were read a while ago, one backtest. Beside a copy of bars that were read a while ago. */
async function fromMemoryRow(): Promise<Row> {
  const name = 'the same, bars and copy from memory instead of the caches';
  progress(name);
  const module = await compileBuiltIn('sma-crossover');
  const series = Array.from({ length: FROM_MEMORY }, (_, index) => sampleSeries(BARS, index + 1));
  return measureRow({
    name,
    figure: 'ratio',
    clock: 'least',
    units: { count: BARS, of: 'bar' },
    subject: inTurn(series.map((bars) => backtestOf(module, CROSSOVER, [{ symbol: 'AAA', bars }]))),
    reference: inTurn(series.map(copyOfBars)),
    goal: 4,
    ...planOf(3 * FROM_MEMORY, 2 * FROM_MEMORY),
  });
}

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

/** What an author writes who knows nothing of the fast ways: averages bar by bar, a stop and a target. */
const WITH_STOPS = `
import { Parameter, Sma, Strategy, integer, number } from 'tidemark';
export default class WithStops extends Strategy {
  private fast: Parameter = integer('fast', 10, 2, 1000, 'Bars of the fast average.');
  private slow: Parameter = integer('slow', 50, 2, 1000, 'Bars of the slow average.');
  private stop: Parameter = number('stop', 0.03, 0.001, 0.5, 'Stop loss.');
  private profit: Parameter = number('profit', 0.06, 0.001, 0.5, 'Take profit.');
  private fasts: Sma[] = [];
  private slows: Sma[] = [];
  private wasAbove: bool = false;
  constructor() { super('with-stops', 'With stops', 'A crossover with a stop and a target.'); }
  onStart(): void {
    for (let symbol = 0; symbol < this.symbolCount; symbol++) {
      this.fasts.push(new Sma(this.fast.int));
      this.slows.push(new Sma(this.slow.int));
    }
  }
  onBar(symbol: i32): void {
    const close = this.bar(symbol).close;
    const fast = this.fasts[symbol].next(close);
    const slow = this.slows[symbol].next(close);
    const isAbove = fast > slow;
    const position = this.position(symbol);
    if (isAbove && !this.wasAbove && position == 0) this.target(symbol, 1, 'up', close * (1 - this.stop.value), close * (1 + this.profit.value));
    else if (!isAbove && this.wasAbove && position > 0) this.target(symbol, 0, 'down');
    this.wasAbove = isAbove;
  }
}`;

async function stopsRow(): Promise<Row> {
  const name = 'a crossover with stop and target, written with no thought of speed, 10,000 bars';
  progress(name);
  const compiled = await compileStrategy(WITH_STOPS);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.errors));
  const subject = backtestOf(compiled.module, {}, [{ symbol: 'AAA', bars: sampleSeries(BARS) }]);
  return measureRow({ name, figure: 'rate', clock: 'least', units: { count: BARS, of: 'bar' }, subject, goal: 40, ...planOf(300, 100) });
}

const SYMBOLS = 500;
const DAYS = 2_520;

async function portfolioRow(): Promise<Row> {
  const name = '500 symbols × 2,520 bars, monthly momentum, top 50';
  progress(name);
  const series = Array.from({ length: SYMBOLS }, (_, index) => ({ symbol: `S${index}`, bars: sampleSeries(DAYS, index + 1) }));
  const subject = await backtest('momentum-rotation', { lookback: 252, skip: 21, top: 50, every: 21 }, series);
  const reference = copyOf(
    'copy of its closes',
    series.map(({ bars }) => bars.close),
  );
  const units = { count: SYMBOLS * DAYS, of: 'bar' };
  return measureRow({ name, figure: 'ratio', clock: 'least', units, subject, reference, goal: 17, ...planOf(25, 6) });
}

const rows = [
  await ratioRow('SMA 10/50, 10,000 bars, fees, all metrics', 'sma-crossover', CROSSOVER, 4),
  await fromMemoryRow(),
  await ratioRow('RSI 14, 10,000 bars, fees, all metrics', 'rsi-reversion', {}),
  await stopsRow(),
  await portfolioRow(),
  await growthInBars(),
  await growthInSymbols(),
];
await closeCompiler();
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
