import type { OptimiseCommand } from '@tidemark/compute/optimisation';
import type { Command } from 'commander';
import { addBacktestFlags, limitsText } from './backtest.ts';
import { progressLine } from './progress-line.ts';
import { interruptible } from './signals.ts';
import { addSetFlags } from './sweep.ts';
import type { Terminal } from './usage.ts';
import { addSelectionFlags } from './walk-forward.ts';

const HELP = `
Runs all sets over all bars, chooses one, and says how far its result can be luck:
  plateau  the median score of the sets within --plateau-steps of the grid, and its ratio to the set's own: near 1 is flat ground
  PSR, DSR the probability that the true Sharpe ratio is above 0, and above what the best of all trials reaches by luck
  PBO      how often the best of one half of the bars is below the middle in the other half (combinatorially symmetric cross-validation)
  paths    histories of returns in parts of the bars that the choice had not seen (combinatorial purged cross-validation)
  cone     where resampled accounts of the chosen set stand: percentiles of their wealth over time, in the JSON
The two ways of cross-validation choose by the Sharpe ratio of returns from bar to bar, whatever --objective says.

Examples:
  tidemark optimise --strategy sma-crossover --csv bars.csv --grid fast=5..50:5 --grid slow=20..200:20 --where 'fast<slow'
  tidemark optimise --strategy rsi-reversion --csv bars.csv --grid period=5..30:5 --grid low=20,25,30 --objective return_over_drawdown \\
    --constraint 'trades>=30 && max_drawdown>-0.2' --choose plateau --blocks 16 --groups 10 --tested 2 --embargo 20 --json > best.json`;

interface Options extends OptimiseCommand {
  readonly json?: boolean;
}

export function addOptimise(program: Command, terminal: Terminal): void {
  const command = program
    .command('optimise')
    .description('Choose a set of parameters by an objective and constraints, and say how far its result can be luck');
  addBacktestFlags(addSelectionFlags(addSetFlags(command)))
    .option('--blocks <n>', 'parts of the bars for PBO: an even number up to 20 (default: 12)')
    .option('--groups <n>', 'parts of the bars for unseen paths (default: 8)')
    .option('--tested <n>', 'how many of them a choice does not see (default: 2)')
    .option('--embargo <bars>', 'bars after an unseen part that a choice does not look at either (default: 0)')
    .option('--cone-paths <n>', 'resampled accounts of the chosen set; --seed says which (default: 1000)')
    .option('--json', 'print everything as JSON')
    .addHelpText('after', HELP)
    .action(async ({ json, ...options }: Options) => {
      const { closeCompiler } = await import('@tidemark/compute');
      const { formatOptimise, runOptimiseCommand } = await import('@tidemark/compute/optimisation');
      const line = progressLine(terminal.err);
      const risk = await limitsText(options.risk);
      try {
        const { result, skipped, firstSkipped } = await interruptible((signal) =>
          runOptimiseCommand(
            { ...options, risk },
            {
              onProgress: ({ sets, total }) =>
                line.show(`${sets.toLocaleString('en')} runs${total === undefined ? '' : ` of ${total.toLocaleString('en')}`}`),
              signal,
            },
          ),
        );
        line.end();
        if (skipped > 0) terminal.err.write(`${skipped} bad rows set aside; the first: ${firstSkipped ?? ''}\n`);
        terminal.out.write(`${json === true ? JSON.stringify(result) : formatOptimise(result)}\n`);
      } finally {
        line.end();
        await closeCompiler();
      }
    });
}
