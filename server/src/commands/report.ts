import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { BacktestResult, StrategyModule } from '@tidemark/compute/types';
import type { Command } from 'commander';
import type { SymbolBars } from '../backtests/report/baselines/marked-prices.ts';
import { UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Options {
  readonly out: string;
  readonly csv?: string;
  readonly strategy?: string;
  readonly selection?: string;
  readonly title?: string;
  readonly command?: string;
}

/** The bars of the run's symbols over its span; warned of when the run did not see the same ones. */
async function readBars(csv: string, run: BacktestResult, terminal: Terminal): Promise<readonly SymbolBars[]> {
  const { cutSeries, readBarsCsv } = await import('@tidemark/compute');
  const { hasOtherBars } = await import('../backtests/run-round-trips.ts');
  const { data } = run;
  const [only, ...others] = data.symbols;
  const named = only === undefined || others.length > 0 ? {} : { symbol: only };
  const { symbols } = await readBarsCsv(csv, { ...named, ignoreExtra: true });
  const series = data.symbols.map((symbol) => {
    const bars = symbols.get(symbol);
    if (bars === undefined) throw new Error(`${csv}: holds no bars of ${symbol}`);
    const spanned = cutSeries(bars, Date.parse(data.from), Date.parse(data.to));
    if (spanned.length === 0) throw new Error(`${csv}: holds no bars of ${symbol} from ${data.from} to ${data.to}`);
    return { symbol, bars: spanned };
  });
  if (hasOtherBars(run, series))
    terminal.err.write(`${csv}: these are not the bars of the run, whose hash is ${data.hash.slice(0, 12)}…\n`);
  return series;
}

/** The module that is named. */
async function moduleOf(named: string, { strategy }: BacktestResult): Promise<StrategyModule> {
  const { closeCompiler, loadStrategy } = await import('@tidemark/compute');
  try {
    const module = await loadStrategy(named);
    if (module.version === strategy.version) return module;
    throw new Error(
      `${named}: is version ${module.version.slice(0, 12)}…, but the run is of ${strategy.version.slice(0, 12)}…; give the strategy that ran`,
    );
  } finally {
    await closeCompiler();
  }
}

async function commandFor({ csv, strategy: named }: Options, { strategy, data, options }: BacktestResult): Promise<string> {
  const { builtInStrategies } = await import('@tidemark/compute');
  const { backtestCommand } = await import('../backtests/job.ts');
  const isBuiltIn = builtInStrategies().some(({ name }) => name === strategy.name);
  const [only, ...others] = data.symbols;
  return backtestCommand({
    strategyFlag: named !== undefined ? basename(named) : isBuiltIn ? strategy.name : 'STRATEGY.wasm',
    source: { csv: csv === undefined ? 'BARS.csv' : basename(csv), ...(others.length === 0 && only !== undefined && { symbol: only }) },
    parameters: strategy.parameters,
    options,
    from: data.from,
    to: data.to,
  });
}

async function renderOne(file: string, options: Options, terminal: Terminal, version: string): Promise<string> {
  const { readRun } = await import('./run-file.ts');
  const { readSelection } = await import('./selection-file.ts');
  const { drawReport } = await import('../backtests/drawings.ts');
  const { openStatistics } = await import('@tidemark/compute/statistics');
  const run = await readRun(file);
  const parts = {
    engineVersion: version,
    title: options.title ?? `${run.strategy.name} on ${run.data.symbols.join(', ')}`,
    command: options.command ?? (await commandFor(options, run)),
    selection: options.selection === undefined ? undefined : await readSelection(options.selection, run),
    series: options.csv === undefined ? undefined : await readBars(options.csv, run, terminal),
    module: options.strategy === undefined ? undefined : await moduleOf(options.strategy, run),
  };
  return await drawReport(run, parts, await openStatistics());
}

/** What only one run can have. */
const OF_ONE_RUN = ['csv', 'strategy', 'selection', 'command'] as const;

async function renderSeveral(files: readonly string[], options: Options, version: string): Promise<string> {
  const { wrongCount } = await import('../backtests/comparison/compare-runs.ts');
  const wrong = wrongCount(files.length);
  if (wrong !== undefined) throw new UsageError(wrong);
  const flag = OF_ONE_RUN.find((name) => options[name] !== undefined);
  if (flag !== undefined) throw new UsageError(`--${flag} is of one run: leave it out of a comparison`);
  const { readRun } = await import('./run-file.ts');
  const { renderComparison } = await import('../backtests/comparison/comparison-report.ts');
  const { openStatistics } = await import('@tidemark/compute/statistics');
  const runs = [];
  for (const file of files) runs.push(await readRun(file));
  const words = { engineVersion: version, ...(options.title === undefined ? {} : { title: options.title }) };
  return renderComparison(runs, words, await openStatistics());
}

async function report(files: readonly string[], options: Options, terminal: Terminal, version: string): Promise<void> {
  if (options.strategy !== undefined && options.csv === undefined)
    throw new UsageError('--strategy runs it again over the bars of --csv: give both');
  const [file = '', ...others] = files;
  const page = others.length === 0 ? await renderOne(file, options, terminal, version) : await renderSeveral(files, options, version);
  await writeFile(options.out, page);
  terminal.out.write(`${options.out}\n`);
}

export function addReport(program: Command, terminal: Terminal, version: string): void {
  program
    .command('report')
    .description('Draw a run as one HTML file that opens offline, or up to five runs beside each other; the same file for the same runs')
    .argument('<runs...>', 'what tidemark backtest --json printed; two to five files are compared')
    .requiredOption('--out <file>', 'the HTML file to write')
    .option('--csv <file>', 'the bars of the run: to compare it with holding and with chance, and to run it again with dearer fills')
    .option('--strategy <file>', 'the strategy that ran, where it is not a built-in one: to run it again with dearer fills')
    .option('--selection <file>', 'a selection record: how many trials there were, PSR, DSR, PBO, walk-forward efficiency')
    .option('--title <text>', 'heads the report')
    .option('--command <text>', 'the command line that made the run, to stand in the report')
    .addHelpText(
      'after',
      `
Examples:
  tidemark backtest --strategy sma-crossover --csv bars.csv --json > run.json
  tidemark report run.json --out report.html
  tidemark report run.json --csv bars.csv --title 'Crossover, 10 and 30 days' --out report.html
  tidemark report run.json --csv bars.csv --strategy my-strategy.ts --selection trials.json --out report.html
  tidemark report fast.json slow.json --out comparison.html`,
    )
    .action((files: readonly string[], options: Options) => report(files, options, terminal, version));
}
