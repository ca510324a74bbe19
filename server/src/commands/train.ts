import type { ModelManifest, TrainCommand } from '@tidemark/compute/models';
import type { Command } from 'commander';
import { repeat } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Options extends TrainCommand {
  readonly json?: boolean;
}

const DAY_MS = 86_400_000;

/** The bars of the training say nothing about what the strategy earns. */
function whatNext({ csv, out, symbol, ignoreExtra, to }: Options, { strategy, dataset }: ModelManifest): string {
  const last = new Date(dataset.manifest.lastAtMs).toISOString().slice(0, 10);
  const after = new Date((to === undefined ? dataset.manifest.lastAtMs : Date.parse(to)) + DAY_MS).toISOString().slice(0, 10);
  const beside = `${symbol === undefined ? '' : ` --symbol ${symbol}`}${ignoreExtra === true ? ' --ignore-extra' : ''}`;
  const advice =
    to === undefined
      ? `It has learnt all bars to ${last} by heart: a backtest over them flatters it. Train with --to an earlier day, and run it over what follows.`
      : `Run it over bars that it has not seen: tidemark backtest --strategy ${out}/${strategy.file} --csv ${csv}${beside} --from ${after}`;
  return `${advice}\n`;
}

async function train(options: Options, terminal: Terminal, version: string): Promise<void> {
  const { closeCompiler } = await import('@tidemark/compute');
  const { runTrainCommand, trainingSummary } = await import('@tidemark/compute/models');
  try {
    const { manifest } = await runTrainCommand(options, version);
    terminal.out.write(
      options.json === true ? `${JSON.stringify(manifest, null, 2)}\n` : trainingSummary(manifest) + whatNext(options, manifest),
    );
  } finally {
    await closeCompiler();
  }
}

export function addTrain(program: Command, terminal: Terminal, version: string): void {
  program
    .command('train')
    .description('Train a model on bars, judge it on purged folds, and compile the strategy that carries it')
    .requiredOption('--csv <file>', 'bars: symbol,timestamp,open,high,low,close,volume; plain or gzip')
    .requiredOption('--strategy <name>', 'ml-direction, or ml-rank for many symbols')
    .requiredOption('--out <folder>', 'a new folder for the model, its module and its manifest')
    .option('--features <names>', 'comma-separated (default: ten of returns, volatility, trend and oscillators)')
    .option('--label <label>', 'direction:5, return:5 or triple-barrier:10:2:2 (default: direction:5)')
    .option('--model <kind>', 'boosting, forest, logistic, ridge, lasso, elastic-net or least-squares (default: boosting)')
    .option('--model-param <name=value>', 'of the model, as trees=100 or penalty=10; repeatable', repeat, [])
    .option('--split <split>', 'k-fold:5, walk-forward:1000:250, anchored:1000:250 or combinatorial:6:2 (default: k-fold:5)')
    .option('--weights <names>', 'uniqueness, returns or both, comma-separated (default: none)')
    .option('--calibration <kind>', 'of a logistic regression: none, platt or isotonic (default: none)')
    .option('--seed <n>', 'whatever is drawn follows from it (default: 0)')
    .option('--parent <id>', 'the model that this one follows, for the manifest')
    .option('--notes <text>', 'for the manifest')
    .option('--from <day>', 'first bars to learn from (default: all)')
    .option('--to <day>', 'last bars to learn from: keep later ones, which the model has not seen, to test it')
    .option('--symbol <symbol>', 'names the bars of a file without a symbol column, or picks one symbol')
    .option('--ignore-extra', 'ignore columns that are not bars', false)
    .option('--json', 'print the manifest as JSON')
    .addHelpText(
      'after',
      `
Examples:
  tidemark train --csv bars.csv --strategy ml-direction --to 2018-12-31 --out model
  tidemark backtest --strategy model/strategy.wasm --csv bars.csv --from 2019-01-01 --param long=0.56
  tidemark sweep --strategy model/strategy.wasm --csv bars.csv --from 2019-01-01 --grid long=0.5..0.6:0.01
  tidemark train --csv many.csv --strategy ml-rank --label return:21 --model ridge --split walk-forward:1000:250 --out ranking`,
    )
    .action((options: Options) => train(options, terminal, version));
}
