import type { BacktestFlags } from '@tidemark/compute';
import type { Command } from 'commander';
import type { Timeframe } from '../market-data/bar.ts';
import { parsePositive, parseSymbols, parseTimeframe, repeat, UsageError } from './usage.ts';
import type { Terminal } from './usage.ts';

interface Options extends BacktestFlags {
  readonly strategy: string;
  readonly csv?: string;
  readonly symbols?: readonly string[];
  readonly timeframe: Timeframe;
  readonly dataDir: string;
  readonly symbol?: string;
  readonly ignoreExtra: boolean;
  readonly onBad: string;
  readonly deadline: number;
  readonly json?: boolean;
}

const DEADLINE_S = 30;
const MS = 1_000;

/** Flags that `backtest` and everything built on it share. Values are checked by the backtest itself, which names the flag. */
export function addBacktestFlags(command: Command): Command {
  return command
    .option('--from <time>', 'first bar: a day or an instant in UTC')
    .option('--to <time>', 'last bar, included')
    .option('--param <name=value>', 'a parameter of the strategy; repeatable', repeat, [])
    .option('--cash <dollars>', 'cash at the start (default: 100000)')
    .option('--commission-rate <fraction>', 'of notional, on each side (default: 0.001)')
    .option('--commission-fixed <dollars>', 'an order (default: 0)')
    .option('--commission-per-unit <dollars>', 'a unit (default: 0)')
    .option('--slippage-bps <bps>', 'against you, on each fill (default: 0)')
    .option('--fill <model>', 'next-open or same-close (default: next-open)')
    .option('--size <policy>', 'units:100, equity:0.95@signal, equity:0.95@fill or all (default: all)')
    .option('--whole-units', 'round down to whole units')
    .option('--unaffordable <what>', 'refuse or reduce an order that cash does not cover (default: refuse)')
    .option('--periods-per-year <n>', 'for annualised figures: 252 for daily equities, 365 for crypto (default: 252)')
    .option('--seed <n>', 'goes into the identity of the run (default: 0)');
}

async function readStored(dataDir: string, symbols: readonly string[], timeframe: Timeframe, terminal: Terminal) {
  const { storedSeries } = await import('./stored-bars.ts');
  return storedSeries(dataDir, symbols, timeframe, terminal);
}

export function addBacktest(program: Command, terminal: Terminal): void {
  const command = program
    .command('backtest')
    .description('Run a strategy over bars, inside its own WebAssembly module')
    .requiredOption('--strategy <name|file>', 'a built-in name, FILE.ts or FILE.wasm')
    .option('--csv <file>', 'bars: symbol,timestamp,open,high,low,close,volume; plain or gzip')
    .option('--symbols <list>', 'bars from the database instead of a file, like AAPL,SPX', parseSymbols)
    .option('--timeframe <timeframe>', 'of the bars in the database', parseTimeframe, '1Day')
    .option('--data-dir <folder>', 'where the embedded database lives; DATABASE_URL names a PostgreSQL instead', '.tidemark')
    .option('--symbol <symbol>', 'names the bars of a file without a symbol column, or picks one symbol')
    .option('--ignore-extra', 'ignore columns that are not bars', false)
    .option('--on-bad <what>', 'bad rows: fail, or skip and count them', 'fail')
    .option('--deadline <seconds>', 'a strategy of your own that takes longer is ended', parsePositive, DEADLINE_S)
    .option('--json', 'print everything as JSON: metrics, trades, equity, decisions, denials');
  addBacktestFlags(command)
    .addHelpText(
      'after',
      `
Examples:
  tidemark backtest --strategy sma-crossover --csv bars.csv --param fast=10 --param slow=30
  tidemark backtest --strategy rsi-reversion --csv bars.csv.gz --size units:100 --whole-units --commission-rate 0.0005
  tidemark backtest --strategy sma-crossover --symbols AAPL --from 2015-01-01
  tidemark backtest --strategy my-strategy.ts --csv bars.csv --from 2015-01-01 --to 2017-12-31 --json > run.json`,
    )
    .action(async ({ json, deadline, symbols, timeframe, dataDir, ...options }: Options) => {
      if ((options.csv === undefined) === (symbols === undefined)) throw new UsageError('Give either --csv FILE or --symbols LIST');
      const { closeCompiler, formatBacktest, runBacktestCommand } = await import('@tidemark/compute');
      try {
        const series = symbols === undefined ? undefined : await readStored(dataDir, symbols, timeframe, terminal);
        const { result, skipped, firstSkipped } = await runBacktestCommand({ ...options, series }, { deadlineMs: deadline * MS });
        if (skipped > 0) terminal.err.write(`${skipped} bad rows set aside; the first: ${firstSkipped ?? ''}\n`);
        terminal.out.write(json === true ? `${JSON.stringify(result)}\n` : `${formatBacktest(result)}\n`);
      } finally {
        await closeCompiler();
      }
    });
}
