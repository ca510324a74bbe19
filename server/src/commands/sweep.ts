import type { SweepCommand, SweepProgress } from '@tidemark/compute';
import type { Command } from 'commander';
import { once } from 'node:events';
import { addBacktestFlags, limitsText } from './backtest.ts';
import { interruptible } from './signals.ts';
import { repeat } from './usage.ts';
import type { Terminal } from './usage.ts';

const PERCENT = 100;
const MS = 1_000;
const REDRAW_MS = 200;

/** Writes, and waits where the reader is slower. */
async function write(out: NodeJS.WritableStream, text: string): Promise<void> {
  if (!out.write(text)) await once(out, 'drain');
}

/** A line that is drawn over, on a terminal only. */
function progressBar(err: NodeJS.WriteStream): { show: (progress: SweepProgress) => void; end: () => void } {
  const startedAt = performance.now();
  let drawnAt = 0;
  const show = ({ done, total }: SweepProgress): void => {
    const now = performance.now();
    if (!err.isTTY || now - drawnAt < REDRAW_MS) return;
    drawnAt = now;
    const rate = Math.round((done / (now - startedAt)) * MS).toLocaleString('en');
    const part = total === undefined ? '' : ` of ${total.toLocaleString('en')} (${((done / total) * PERCENT).toFixed(1)} %)`;
    err.write(`\r\u001B[2K${done.toLocaleString('en')} sets${part}, ${rate}/s`);
  };
  return { show, end: () => void (err.isTTY && err.write('\r\u001B[2K')) };
}

/** Flags that say which sets run: those of `sweep` and of everything built on it. */
export function addSetFlags(command: Command): Command {
  return command
    .requiredOption('--strategy <name|file>', 'a built-in name, FILE.ts or FILE.wasm')
    .requiredOption('--csv <file>', 'bars: symbol,timestamp,open,high,low,close,volume; plain or gzip')
    .requiredOption('--grid <name=values>', 'values of a parameter: 2..101, 2..101:3, 0.5,1,2 or long,longshort; repeatable', repeat, [])
    .option('--where <condition>', "sets to run, like 'fast<slow' or 'slow-fast>=5 && fast!=7'")
    .option('--method <method>', 'grid, random or sobol (default: grid)')
    .option('--samples <n>', 'sets to draw, for random and sobol; --seed says which')
    .option('--threads <n>', 'threads (default: one a processor)')
    .option('--bar-by-bar', 'run every set bar by bar, whatever the shape of the strategy: slower, and the same results')
    .option('--symbol <symbol>', 'names the bars of a file without a symbol column, or picks one symbol')
    .option('--ignore-extra', 'ignore columns that are not bars', false)
    .option('--on-bad <what>', 'bad rows: fail, or skip and count them', 'fail');
}

export function addSweep(program: Command, terminal: Terminal): void {
  const command = program.command('sweep').description('Run a strategy with many sets of parameters; prints a CSV row a set, in order');
  addSetFlags(command);
  addBacktestFlags(command)
    .addHelpText(
      'after',
      `
Columns: the parameters, then total_return, sharpe, max_drawdown, orders, trades. Ratios are fractions; a figure that the data cannot
support is empty. Rows come in the order of the grid, the last parameter fastest, and memory does not grow with their number.

Examples:
  tidemark sweep --strategy sma-crossover --csv bars.csv --grid fast=2..101 --grid slow=2..101 --where 'fast<slow' > sweep.csv
  tidemark sweep --strategy rsi-reversion --csv bars.csv --grid period=5..30:5 --grid low=20,25,30 --param high=70
  tidemark sweep --strategy my-strategy.ts --csv bars.csv --grid lookback=10..500 --grid band=0.5..3 --method sobol --samples 1000 --seed 7`,
    )
    .action(async (options: SweepCommand) => {
      const { closeCompiler, runSweepCommand } = await import('@tidemark/compute');
      const bar = progressBar(terminal.err);
      const risk = await limitsText(options.risk);
      try {
        const summary = await interruptible((signal) =>
          runSweepCommand({ ...options, risk }, { write: (text) => write(terminal.out, text), onProgress: bar.show, signal }),
        );
        bar.end();
        if (summary.skippedRows > 0)
          terminal.err.write(`${summary.skippedRows} bad rows set aside; the first: ${summary.firstSkipped ?? ''}\n`);
        if (summary.refused > 0) terminal.err.write(`${summary.refused} sets left out: the strategy refuses their parameters\n`);
      } finally {
        bar.end();
        await closeCompiler();
      }
    });
}
