import type { WalkForwardCommand } from '@tidemark/compute/optimisation';
import type { Command } from 'commander';
import { addBacktestFlags, limitsText } from './backtest.ts';
import { progressLine } from './progress-line.ts';
import { interruptible } from './signals.ts';
import { addSetFlags } from './sweep.ts';
import type { Terminal } from './usage.ts';

/** How a set is chosen. */
export function addSelectionFlags(command: Command): Command {
  return command
    .option('--objective <expression>', "what the best set has most of: sharpe, total_return, calmar, '-trades', … (default: sharpe)")
    .option('--constraint <condition>', "what a set must fulfil to be chosen, like 'trades>=30 && max_drawdown>-0.2'")
    .option('--choose <what>', 'the peak, or the set with the best plateau around it (default: peak)')
    .option('--plateau-steps <n>', 'how far a plateau reaches, in steps of the grid (default: 1)')
    .option('--trials-before <n>', 'sets tried on these bars before: they count for the deflated Sharpe ratio (default: 0)');
}

const HELP = `
A set is chosen by the bars of a window, and trades in the bars after it; then the window moves on. Nothing of what is traded was seen when the
set was chosen. The strategy's warm-up comes from before the traded bars; each window begins flat, and closing what is open at its end is paid.

Figures that --objective and --constraint may name, beside the parameters: total_return, sharpe, max_drawdown (negative), orders, trades, cagr,
return_over_drawdown, calmar. Efficiency is the return a bar out of sample over that in sample. PSR is the probability that the true Sharpe ratio
of the joined curve is above 0, DSR that it is above what the best of all trials reaches by luck.

Examples:
  tidemark walk-forward --strategy sma-crossover --csv bars.csv --grid fast=5..50:5 --grid slow=20..200:20 --where 'fast<slow' \\
    --train 756 --test 126
  tidemark walk-forward --strategy rsi-reversion --csv bars.csv --grid period=5..30:5 --grid low=20,25,30 --train 504 --test 63 \\
    --mode anchored --objective calmar --constraint 'trades>=10' --choose plateau --json > walk.json`;

interface Options extends WalkForwardCommand {
  readonly json?: boolean;
}

export function addWalkForward(program: Command, terminal: Terminal): void {
  const command = program
    .command('walk-forward')
    .description('Choose a set of parameters in one window of bars, trade it in the next, and move on; prints what is left of the promise');
  addSetFlags(command)
    .requiredOption('--train <bars>', 'bars to choose a set in')
    .requiredOption('--test <bars>', 'bars to trade it in')
    .option('--mode <mode>', 'rolling windows forget old bars, anchored ones begin at the first bar (default: rolling)');
  addBacktestFlags(addSelectionFlags(command))
    .option('--json', 'print everything as JSON: windows, joined curve, significance')
    .addHelpText('after', HELP)
    .action(async ({ json, ...options }: Options) => {
      const { closeCompiler } = await import('@tidemark/compute');
      const { formatWalkForward, runWalkForwardCommand } = await import('@tidemark/compute/optimisation');
      const line = progressLine(terminal.err);
      const risk = await limitsText(options.risk);
      try {
        const { result, skipped, firstSkipped } = await interruptible((signal) =>
          runWalkForwardCommand(
            { ...options, risk },
            {
              onProgress: ({ folds, foldsTotal, sets }) =>
                line.show(`${folds} of ${foldsTotal} windows, ${sets.toLocaleString('en')} sets`),
              signal,
            },
          ),
        );
        line.end();
        if (skipped > 0) terminal.err.write(`${skipped} bad rows set aside; the first: ${firstSkipped ?? ''}\n`);
        terminal.out.write(`${json === true ? JSON.stringify(result) : formatWalkForward(result)}\n`);
      } finally {
        line.end();
        await closeCompiler();
      }
    });
}
