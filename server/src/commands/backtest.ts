import { readFile } from 'node:fs/promises';
import type { BacktestFlags } from '@tidemark/compute';
import type { BacktestResult } from '@tidemark/compute/types';
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
  readonly actions?: string;
  readonly finerCsv?: string;
  readonly ignoreExtra: boolean;
  readonly onBad: string;
  readonly deadline: number;
  readonly json?: boolean;
}

const DEADLINE_S = 30;
const MS = 1_000;

/** What an order costs, and where it fills. */
const addCostFlags = (command: Command): Command =>
  command
    .option('--commission-rate <fraction>', 'of notional, on each side (default: 0.001)')
    .option('--commission-fixed <dollars>', 'an order (default: 0)')
    .option('--commission-per-unit <dollars>', 'a unit (default: 0)')
    .option('--commission-minimum <dollars>', 'least commission of an order (default: 0)')
    .option('--regulatory-fees', 'what US regulators take of shares, at the rates of 2026 that Alpaca passes on')
    .option('--slippage-bps <bps>', 'against you, on each market and stop order (default: 0)')
    .option(
      '--fill <model>',
      'next-open, same-close (which nobody can trade), spread, volume-share or square-root; the last three fill at the next open and add a cost (default: next-open)',
    )
    .option('--spread-bps <bps>', 'between bid and ask; half of it is paid, with --fill spread (default: 0)')
    .option(
      '--volume-limit <fraction>',
      'of a bar’s volume that one order may take, the rest waits, with --fill volume-share (default: 0.025)',
    )
    .option(
      '--impact <coefficient>',
      'how far an order moves its price: × (share of volume)² with --fill volume-share, × daily volatility × √(share of daily volume) with --fill square-root (default: 0.1)',
    );

/** Whose money is traded with, and within which limits. */
const addAccountFlags = (command: Command): Command =>
  command
    .option('--leverage <multiple>', 'greatest gross exposure as a multiple of equity (default: a cash account, shorts without margin)')
    .option(
      '--maintenance <fraction>',
      'with --leverage: all is closed when equity falls below this part of gross exposure (default: 0.25)',
    )
    .option('--borrow-rate <rate>', 'a year, on the value of shorts: 0.03 is 3 % (default: 0)')
    .option('--cash-rate <rate>', 'a year, earned on cash (default: 0)')
    .option('--debit-rate <rate>', 'a year, paid on debt (default: 0)')
    .option(
      '--risk <limits>',
      'none, default (those of the risk policy that make sense in a backtest), or a FILE.json with the limits that differ from default (default: none)',
    );

/** Flags that `backtest` and everything built on it share. Values are checked by the backtest itself, which names the flag. */
export function addBacktestFlags(command: Command): Command {
  command
    .option('--from <time>', 'first bar: a day or an instant in UTC')
    .option('--to <time>', 'last bar, included')
    .option('--param <name=value>', 'a parameter of the strategy; repeatable', repeat, [])
    .option('--cash <dollars>', 'cash at the start (default: 100000)');
  addCostFlags(command)
    .option('--size <policy>', 'units:100, equity:0.95@signal, equity:0.95@fill or all (default: all)')
    .option('--whole-units', 'round down to whole units')
    .option('--unaffordable <what>', 'refuse or reduce an order that cash does not cover (default: refuse)')
    .option('--protective-from <bar>', 'stop loss and take profit start on the entry-bar or on the next-bar (default: entry-bar)');
  return addAccountFlags(command)
    .option('--periods-per-year <n>', 'for annualised figures: 252 for daily equities, 365 for crypto (default: 252)')
    .option('--seed <n>', 'goes into the identity of the run (default: 0)');
}

/** The text of limits that `--risk` names: words and JSON are themselves, anything else is a file. */
export async function limitsText(risk: string | undefined): Promise<string | undefined> {
  if (risk === undefined || risk === 'default' || risk === 'none' || risk.trimStart().startsWith('{')) return risk;
  try {
    return await readFile(risk, 'utf8');
  } catch (error) {
    throw new UsageError(`--risk: ${risk} cannot be read: give default, none, or a file of JSON limits`, { cause: error });
  }
}

const EXAMPLES = `
Examples:
  tidemark backtest --strategy sma-crossover --csv bars.csv --param fast=10 --param slow=30
  tidemark backtest --strategy rsi-reversion --csv bars.csv.gz --size units:100 --whole-units --commission-rate 0.0005
  tidemark backtest --strategy sma-crossover --symbols AAPL --from 2015-01-01
  tidemark backtest --strategy my-strategy.ts --csv bars.csv --from 2015-01-01 --to 2017-12-31 --json > run.json

  A broker's true costs: a cent a share, a dollar at least, regulators' fees, half of a spread of 4 bps:
  tidemark backtest --strategy sma-crossover --csv bars.csv --commission-rate 0 --commission-per-unit 0.01 \\
    --commission-minimum 1 --regulatory-fees --fill spread --spread-bps 4

  Long and short on margin, with interest, a stop loss, and finer bars to tell what was touched first:
  tidemark backtest --strategy sma-crossover --csv days.csv --finer-csv minutes.csv --param direction=longshort \\
    --param stopLoss=0.05 --size equity:0.9@fill --leverage 2 --borrow-rate 0.03 --debit-rate 0.06

  Raw prices with their dividends and splits (symbol,date,ratio,dividend), under the limits of the risk policy:
  tidemark backtest --strategy rsi-reversion --csv raw.csv --actions actions.csv --size equity:0.1@signal --risk default

  Limits of your own: limits.json holds {"drawdown": 0.2, "shortSale": null}; null is no limit:
  tidemark backtest --strategy rsi-reversion --csv bars.csv --risk limits.json`;

async function readStored(dataDir: string, symbols: readonly string[], timeframe: Timeframe, terminal: Terminal) {
  const { storedSeries } = await import('./stored-bars.ts');
  return storedSeries(dataDir, symbols, timeframe, terminal);
}

/** The result with what the statistics core says of its returns. */
async function jsonOf(result: BacktestResult): Promise<string> {
  const { backtestStatistics } = await import('@tidemark/compute');
  const { openStatistics } = await import('@tidemark/compute/statistics');
  return `${JSON.stringify({ ...result, statistics: backtestStatistics(result, await openStatistics()) })}\n`;
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
    .option('--actions <file>', 'dividends and splits of bars that are not adjusted for them: symbol,date,ratio,dividend')
    .option('--finer-csv <file>', 'finer bars of the same symbols: which of stop and target was touched first inside a bar')
    .option('--ignore-extra', 'ignore columns that are not bars', false)
    .option('--on-bad <what>', 'bad rows: fail, or skip and count them', 'fail')
    .option('--deadline <seconds>', 'a strategy of your own that takes longer is ended', parsePositive, DEADLINE_S)
    .option('--json', 'print everything as JSON: metrics, trades, equity, decisions, denials, statistics');
  addBacktestFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async ({ json, deadline, symbols, timeframe, dataDir, ...options }: Options) => {
      if ((options.csv === undefined) === (symbols === undefined)) throw new UsageError('Give either --csv FILE or --symbols LIST');
      const { closeCompiler, formatBacktest, runBacktestCommand } = await import('@tidemark/compute');
      const risk = await limitsText(options.risk);
      try {
        const series = symbols === undefined ? undefined : await readStored(dataDir, symbols, timeframe, terminal);
        const { result, skipped, firstSkipped } = await runBacktestCommand({ ...options, series, risk }, { deadlineMs: deadline * MS });
        if (skipped > 0) terminal.err.write(`${skipped} bad rows set aside; the first: ${firstSkipped ?? ''}\n`);
        terminal.out.write(json === true ? await jsonOf(result) : `${formatBacktest(result)}\n`);
      } finally {
        await closeCompiler();
      }
    });
}
