import type { StressCommand } from '@tidemark/compute/optimisation';
import type { Command } from 'commander';
import { addBacktestFlags, limitsText } from './backtest.ts';
import { progressLine } from './progress-line.ts';
import { interruptible } from './signals.ts';
import { parsePositive, repeat } from './usage.ts';
import type { Terminal } from './usage.ts';

const HELP = `
Runs a backtest as it was, and again with one thing changed: moves to the power of three for a while, a gap of ten percent down and up, five
percent of the bars missing (--seed says which), an outage, slippage times three, spread times five. The spike, the gaps and the outage strike in
the middle of the longest trade, or at --at. During an outage no bar is seen and nothing is sent; positions are kept.

Examples:
  tidemark stress --strategy sma-crossover --csv bars.csv --slippage-bps 2 --fill spread --spread-bps 4
  tidemark stress --strategy rsi-reversion --csv bars.csv --at 2020-02-20 --outage-bars 10 --what-if period=10 --what-if low=25,high=75 \\
    --without 2020-03-16 --json > stress.json`;

const DEADLINE_S = 30;
const MS = 1_000;

interface Options extends StressCommand {
  readonly json?: boolean;
  readonly deadline: number;
}

export function addStress(program: Command, terminal: Terminal): void {
  const command = program
    .command('stress')
    .description('Run a backtest again under trouble, dearer trading and what-ifs, and compare')
    .requiredOption('--strategy <name|file>', 'a built-in name, FILE.ts or FILE.wasm')
    .requiredOption('--csv <file>', 'bars: symbol,timestamp,open,high,low,close,volume; plain or gzip')
    .option('--symbol <symbol>', 'names the bars of a file without a symbol column, or picks one symbol')
    .option('--actions <file>', 'dividends and splits of bars that are not adjusted for them: symbol,date,ratio,dividend')
    .option('--ignore-extra', 'ignore columns that are not bars', false)
    .option('--on-bad <what>', 'bad rows: fail, or skip and count them', 'fail')
    .option('--at <time>', 'when trouble strikes: a day or an instant in UTC (default: the middle of the longest trade)')
    .option('--spike-bars <n>', 'how long the spike lasts (default: 20)')
    .option('--outage-bars <n>', 'how long the outage lasts (default: 5)')
    .option('--what-if <name=value>', 'run again with other parameters; repeatable, several at once with commas', repeat, [])
    .option('--without <day>', 'run again without the bars of a day; repeatable', repeat, [])
    .option('--deadline <seconds>', 'a strategy of your own that takes longer is ended', parsePositive, DEADLINE_S)
    .option('--json', 'print everything as JSON');
  addBacktestFlags(command)
    .addHelpText('after', HELP)
    .action(async ({ json, deadline, ...options }: Options) => {
      const { closeCompiler } = await import('@tidemark/compute');
      const { formatStress, runStressCommand } = await import('@tidemark/compute/optimisation');
      const line = progressLine(terminal.err);
      const risk = await limitsText(options.risk);
      try {
        const { result, skipped, firstSkipped } = await interruptible((signal) =>
          runStressCommand(
            { ...options, risk },
            { deadlineMs: deadline * MS, signal, onProgress: (done, total) => line.show(`${done} of ${total} scenarios`) },
          ),
        );
        line.end();
        if (skipped > 0) terminal.err.write(`${skipped} bad rows set aside; the first: ${firstSkipped ?? ''}\n`);
        terminal.out.write(`${json === true ? JSON.stringify(result) : formatStress(result)}\n`);
      } finally {
        line.end();
        await closeCompiler();
      }
    });
}
