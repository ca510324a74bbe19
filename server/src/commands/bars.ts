import type { Command } from 'commander';
import type { Adjustment, Timeframe } from '../market-data/bar.ts';
import type { ImportReport } from '../market-data/service.ts';
import type { FetchOptions } from './stored-bars.ts';
import { parseAdjustment, parseOnBad, parseSymbols, parseTime, parseTimeframe } from './usage.ts';
import type { Terminal } from './usage.ts';

interface ImportOptions {
  readonly dataDir: string;
  readonly json?: boolean;
  readonly csv: string;
  readonly timeframe: Timeframe;
  readonly symbol?: string;
  readonly adjustment: Adjustment;
  readonly onBad: 'fail' | 'skip';
  readonly ignoreExtra: boolean;
}

const COLUMNS = ['inserted', 'changed', 'unchanged'] as const;

function print(report: ImportReport, json: boolean | undefined, terminal: Terminal): void {
  const { symbols, skipped, refused } = report;
  if (json === true) {
    terminal.out.write(`${JSON.stringify({ symbols, skipped, refused: refused.length })}\n`);
    return;
  }
  terminal.out.write(`${'symbol'.padEnd(12)}${COLUMNS.map((name) => name.padStart(12)).join('')}\n`);
  for (const counts of symbols) {
    terminal.out.write(`${counts.symbol.padEnd(12)}${COLUMNS.map((name) => String(counts[name]).padStart(12)).join('')}\n`);
  }
  if (skipped > 0) terminal.err.write(`${skipped} bad rows set aside\n`);
  for (const { symbol, reason, raw } of refused.slice(0, 10)) terminal.err.write(`refused a bar of ${symbol}: ${reason}: ${raw}\n`);
  if (refused.length > 10) terminal.err.write(`and ${refused.length - 10} more\n`);
}

export function addImport(program: Command, terminal: Terminal): void {
  program
    .command('import')
    .description('Import a CSV of bars into the database; the same file again adds nothing')
    .requiredOption('--csv <file>', 'bars: symbol,timestamp,open,high,low,close,volume; plain or gzip')
    .requiredOption('--timeframe <timeframe>', '1Min, 5Min, 15Min, 30Min, 1Hour or 1Day', parseTimeframe)
    .option('--symbol <symbol>', 'names the bars of a file without a symbol column, or picks one symbol')
    .option('--adjustment <kind>', 'what the prices are adjusted for: raw, split or all', parseAdjustment, 'raw')
    .option('--on-bad <what>', 'bad rows: fail, or skip and count them', parseOnBad, 'fail')
    .option('--ignore-extra', 'ignore columns that are not bars', false)
    .option('--data-dir <folder>', 'where the embedded database lives; DATABASE_URL names a PostgreSQL instead', '.tidemark')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      `
Examples:
  tidemark import --csv aapl.csv --timeframe 1Day --adjustment split
  tidemark import --csv prices.csv.gz --timeframe 1Min --symbol SPY --on-bad skip`,
    )
    .action(async ({ csv, dataDir, json, ...request }: ImportOptions) => {
      const { importFile } = await import('./stored-bars.ts');
      print(await importFile(dataDir, { path: csv, ...request }, terminal), json, terminal);
    });
}

export function addFetch(program: Command, terminal: Terminal): void {
  program
    .command('fetch')
    .description('Fetch historical bars from the provider into the database; what is there already is not added again')
    .requiredOption('--symbols <list>', 'like AAPL,SPY', parseSymbols)
    .requiredOption('--timeframe <timeframe>', '1Min, 5Min, 15Min, 30Min, 1Hour or 1Day', parseTimeframe)
    .requiredOption('--from <time>', 'first bar: a day or an instant in UTC', parseTime)
    .option('--to <time>', 'last bar, included', parseTime)
    .option('--adjustment <kind>', 'raw, split or all', parseAdjustment, 'raw')
    .option('--exchange <name>', 'simulated or alpaca-paper; alpaca-paper where keys are set')
    .option('--exchange-url <url>', 'a simulated exchange that runs elsewhere (see tidemark exchange)')
    .option('--data-dir <folder>', 'where the embedded database lives; DATABASE_URL names a PostgreSQL instead', '.tidemark')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      `
Examples:
  tidemark fetch --symbols AAPL --timeframe 1Day --from 2016-01-01 --to 2016-12-31
  tidemark fetch --symbols AAPL,SPX --timeframe 1Day --from 2016-01-01 --exchange-url http://127.0.0.1:4100
  APCA_API_KEY_ID=… APCA_API_SECRET_KEY=… tidemark fetch --symbols SPY --timeframe 1Min --from 2024-06-03`,
    )
    .action(async ({ json, ...options }: FetchOptions & { readonly json?: boolean }) => {
      const { fetchInto } = await import('./stored-bars.ts');
      print(await fetchInto(options, terminal), json, terminal);
    });
}
