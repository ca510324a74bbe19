import type { Dataset, DatasetCommand } from '@tidemark/compute/models';
import type { Command } from 'commander';
import type { Terminal } from './usage.ts';

interface Options extends DatasetCommand {
  readonly json?: boolean;
}

const DROPPED: Readonly<Record<keyof Dataset['manifest']['dropped'], string>> = {
  warmUp: 'a feature has no value yet',
  missing: 'a column from elsewhere has none',
  unlabelled: 'the label is not known by the end of the data',
  undecided: 'the label is undecided',
  weightless: 'the weight is 0',
};

const count = (value: number): string => value.toLocaleString('en');
const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** What is in it, and what became of the other bars. */
function summaryOf({ manifest, hash, splits }: Dataset): string {
  const { symbols, rows, bars, dropped, features, firstAtMs, lastAtMs } = manifest;
  const lost = Object.entries(dropped).filter(([, bars]) => bars > 0);
  return [
    `Dataset ${hash}`,
    `${count(rows)} rows of ${count(bars)} bars of ${symbols.join(', ')}, ${day(firstAtMs)} to ${day(lastAtMs)}; ${features.length} features, ${splits.length} splits`,
    ...lost.map(([why, bars]) => `${count(bars)} left out: ${DROPPED[why as keyof typeof DROPPED]}`),
    '',
  ].join('\n');
}

async function dataset({ json, ...flags }: Options, terminal: Terminal): Promise<void> {
  const { runDatasetCommand } = await import('@tidemark/compute/models');
  const made = await runDatasetCommand(flags);
  const written = flags.out === undefined ? '' : `Written to ${flags.out}\n`;
  terminal.out.write(
    json === true ? `${JSON.stringify({ hash: made.hash, manifest: made.manifest }, null, 2)}\n` : `${summaryOf(made)}${written}`,
  );
}

export function addDataset(program: Command, terminal: Terminal): void {
  program
    .command('dataset')
    .description('Features, labels and weights of bars, as a model learns from them; written as Parquet where --out is given')
    .requiredOption('--csv <file>', 'bars: symbol,timestamp,open,high,low,close,volume; plain or gzip')
    .option('--out <file>', 'a new Parquet file')
    .option('--features <names>', 'comma-separated (default: ten of returns, volatility, trend and oscillators)')
    .option('--label <label>', 'direction:5, return:5 or triple-barrier:10:2:2 (default: direction:5)')
    .option('--split <split>', 'k-fold:5, walk-forward:1000:250, anchored:1000:250 or combinatorial:6:2 (default: k-fold:5)')
    .option('--weights <names>', 'uniqueness, returns or both, comma-separated (default: none)')
    .option('--from <day>', 'first bars (default: all)')
    .option('--to <day>', 'last bars')
    .option('--symbol <symbol>', 'names the bars of a file without a symbol column, or picks one symbol')
    .option('--ignore-extra', 'ignore columns that are not bars', false)
    .option('--json', 'print the manifest and its hash as JSON')
    .addHelpText(
      'after',
      `
The file has a row a row, in the order of time: symbol, time, each feature by its name and version, label, label_end, return, and weight where rows do not
count alike. The manifest stands in its metadata under tidemark.manifest, and the SHA-256 of the manifest, the dataset's id, under tidemark.dataset.

Examples:
  tidemark dataset --csv bars.csv --label triple-barrier:10:2:2 --weights uniqueness --out dataset.parquet
  duckdb -c "select symbol, avg(label) from 'dataset.parquet' group by symbol"`,
    )
    .action((options: Options) => dataset(options, terminal));
}
