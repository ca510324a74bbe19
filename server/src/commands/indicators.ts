import type { Command } from 'commander';
import { parseOnBad } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Options {
  readonly csv: string;
  readonly spec: string;
  readonly onBad: 'fail' | 'skip';
  readonly ignoreExtra: boolean;
}

export function addIndicators(program: Command, terminal: Terminal): void {
  program
    .command('indicators')
    .description('Compute indicators over a CSV of bars; one CSV on stdout: timestamp, then a column per output')
    .requiredOption('--csv <file>', 'bars: symbol,timestamp,open,high,low,close,volume; plain or gzip')
    .requiredOption('--spec <file>', 'JSON: [{ "column": "SMA_30", "indicator": "SMA", "parameters": { "timeperiod": 30 } }]')
    .option('--on-bad <what>', 'bad rows: fail, or skip and count them', parseOnBad, 'fail')
    .option('--ignore-extra', 'ignore columns that are not bars', false)
    .addHelpText(
      'after',
      `
Examples:
  tidemark indicators --csv bars.csv --spec spec.json > out.csv
  echo '[{"column":"RSI_14","indicator":"RSI","parameters":{"timeperiod":14}}]' > rsi.json
  tidemark indicators --csv bars.csv.gz --spec rsi.json --on-bad skip

A cell is empty where there is no value yet. Several outputs make several columns: BBANDS_5_2_2_0.upper, .middle, .lower.`,
    )
    .action(async ({ csv, spec, onBad, ignoreExtra }: Options) => {
      const { runIndicatorSpec } = await import('@tidemark/compute/indicator-csv');
      const summary = await runIndicatorSpec({ csvPath: csv, specPath: spec, onBad, ignoreExtra, out: process.stdout });
      if (summary.skipped > 0) terminal.err.write(`${summary.skipped} bad rows set aside; the first: ${summary.firstSkipped ?? ''}\n`);
    });
}
