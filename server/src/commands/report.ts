import { writeFile } from 'node:fs/promises';
import type { BacktestResult, BarSeries } from '@tidemark/compute/types';
import type { Command } from 'commander';
import type { Terminal } from './usage.ts';

interface Options {
  readonly out: string;
  readonly csv?: string;
  readonly title?: string;
  readonly command?: string;
}

/** The bars that holding the first symbol is measured with; warned of when the run did not see the same ones. */
async function benchmarkBars(csv: string, { data }: BacktestResult, terminal: Terminal): Promise<BarSeries> {
  const [symbol = ''] = data.symbols;
  const { hashSeries, readBarsCsv } = await import('@tidemark/compute');
  const { symbols } = await readBarsCsv(csv, { symbol, ignoreExtra: true });
  const bars = symbols.get(symbol);
  if (bars === undefined) throw new Error(`${csv}: holds no bars of ${symbol}`);
  const spanned = between(bars, Date.parse(data.from), Date.parse(data.to));
  if (spanned.length === 0) throw new Error(`${csv}: holds no bars of ${symbol} from ${data.from} to ${data.to}`);
  if (data.symbols.length === 1 && hashSeries([{ symbol, bars: spanned }]) !== data.hash)
    terminal.err.write(`${csv}: these are not the bars of the run, whose hash is ${data.hash.slice(0, 12)}…\n`);
  return spanned;
}

function between(bars: BarSeries, fromMs: number, toMs: number): BarSeries {
  const first = bars.startAtMs.findIndex((at) => at >= fromMs);
  const past = bars.startAtMs.findIndex((at) => at > toMs);
  const start = first < 0 ? bars.length : first;
  const end = past < 0 ? bars.length : past;
  const cut = (column: Float64Array): Float64Array => column.slice(start, end);
  return {
    length: Math.max(0, end - start),
    startAtMs: cut(bars.startAtMs),
    open: cut(bars.open),
    high: cut(bars.high),
    low: cut(bars.low),
    close: cut(bars.close),
    volume: cut(bars.volume),
  };
}

async function report(file: string, options: Options, terminal: Terminal, version: string): Promise<void> {
  const { readRun } = await import('./run-file.ts');
  const { renderReport } = await import('../backtests/report/report.ts');
  const run = await readRun(file);
  const { out, csv, title, command } = options;
  const bars = csv === undefined ? undefined : await benchmarkBars(csv, run, terminal);
  const html = renderReport(run, {
    engineVersion: version,
    title: title ?? `${run.strategy.name} on ${run.data.symbols.join(', ')}`,
    ...(command === undefined ? {} : { command }),
    ...(bars === undefined ? {} : { bars }),
  });
  await writeFile(out, html);
  terminal.out.write(`${out}\n`);
}

export function addReport(program: Command, terminal: Terminal, version: string): void {
  program
    .command('report')
    .description('Draw a run as one HTML file that opens offline; the same file for the same run')
    .argument('<run>', 'what tidemark backtest --json printed')
    .requiredOption('--out <file>', 'the HTML file to write')
    .option('--csv <file>', 'the bars of the run, to compare it with holding')
    .option('--title <text>', 'heads the report')
    .option('--command <text>', 'the command line that made the run, to stand in the report')
    .addHelpText(
      'after',
      `
Examples:
  tidemark backtest --strategy sma-crossover --csv bars.csv --json > run.json
  tidemark report run.json --out report.html
  tidemark report run.json --csv bars.csv --title 'Crossover, 10 and 30 days' --out report.html`,
    )
    .action((file: string, options: Options) => report(file, options, terminal, version));
}
