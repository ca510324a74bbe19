import type { Command } from 'commander';
import { once } from 'node:events';
import { repeat } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Options {
  readonly model: string;
  readonly csv: string;
  readonly param: readonly string[];
  readonly features: boolean;
  readonly explain: boolean;
  readonly symbol?: string;
  readonly from?: string;
  readonly to?: string;
  readonly ignoreExtra: boolean;
}

async function predict(options: Options, terminal: Terminal): Promise<void> {
  const { parseBacktestFlags } = await import('@tidemark/compute');
  const { predictionLines, readCsvSeries, readModelFolder } = await import('@tidemark/compute/models');
  const { parameters } = parseBacktestFlags({ param: options.param });
  const folder = await readModelFolder(options.model);
  const series = await readCsvSeries(options);
  const { features, explain } = options;
  for (const line of predictionLines(folder, series, { parameters, features, explain }))
    if (!terminal.out.write(line)) await once(terminal.out, 'drain');
}

export function addPredict(program: Command, terminal: Terminal): void {
  program
    .command('predict')
    .description('What a trained model says of each bar, by the module that trades it; prints a CSV')
    .requiredOption('--model <folder>', 'a folder that `tidemark train` wrote')
    .requiredOption('--csv <file>', 'bars: symbol,timestamp,open,high,low,close,volume; plain or gzip')
    .option('--param <name=value>', 'of the strategy, as long=0.56; repeatable', repeat, [])
    .option('--features', 'print the features too', false)
    .option('--explain', 'print what each feature adds to the score (Shapley values)', false)
    .option('--from <day>', 'first bars (default: all); features need some before they have a value')
    .option('--to <day>', 'last bars')
    .option('--symbol <symbol>', 'names the bars of a file without a symbol column, or picks one symbol')
    .option('--ignore-extra', 'ignore columns that are not bars', false)
    .addHelpText(
      'after',
      `
Columns: time, symbol, probability (or value), decision (LONG, SHORT, OUT, ABSTAIN; empty where a feature has no value yet), reason.

Examples:
  tidemark predict --model model --csv bars.csv > predictions.csv
  tidemark predict --model model --csv bars.csv --param long=0.6 --features --explain`,
    )
    .action((options: Options) => predict(options, terminal));
}
