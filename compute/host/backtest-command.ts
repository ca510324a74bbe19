import { readActionsCsv, type ActionsBySymbol } from './actions-csv.ts';
import { parseBacktestFlags, UsageError, type BacktestFlags } from './backtest-flags.ts';
import { runBacktestInWorker, type BacktestWorkerOptions } from './backtest-worker.ts';
import { runBacktest } from './backtest.ts';
import { builtInStrategies } from './built-ins.ts';
import { readBarsCsv } from './csv.ts';
import type { BacktestRequest } from './kernel-run.ts';
import { loadStrategy } from './load-strategy.ts';
import { cutSeries, type SymbolSeries } from './timeline.ts';
import type { BacktestMetrics, BacktestResult } from './types.ts';

/** `tidemark backtest`, over a file or over bars that the caller has read. */
export interface BacktestCommand extends BacktestFlags {
  /** A built-in strategy's name, a FILE.ts or a FILE.wasm. */
  readonly strategy: string;
  /** A file of bars; not needed where `series` is given. */
  readonly csv?: string | undefined;
  readonly series?: readonly SymbolSeries[] | undefined;
  /** Names the bars of a file without a symbol column, or picks one symbol out of a file with one. */
  readonly symbol?: string | undefined;
  readonly ignoreExtra?: boolean | undefined;
  readonly onBad?: string | undefined;
  /** A file of dividends and splits: symbol,date,ratio,dividend. */
  readonly actions?: string | undefined;
  /** A file of finer bars of the same symbols, which tell in which order prices were touched inside a bar. */
  readonly finerCsv?: string | undefined;
}

export interface BacktestCommandResult {
  readonly result: BacktestResult;
  /** Rows of the file that were set aside, and what was wrong with the first. */
  readonly skipped: number;
  readonly firstSkipped: string | null;
}

async function readSeries(
  command: BacktestCommand,
): Promise<{ series: readonly SymbolSeries[]; skipped: number; firstSkipped: string | null }> {
  const { csv, symbol, series, ignoreExtra = false, onBad = 'fail' } = command;
  if (series !== undefined) return { series, skipped: 0, firstSkipped: null };
  if (csv === undefined) throw new UsageError('--csv or --symbols must say which bars to run over');
  if (onBad !== 'fail' && onBad !== 'skip') throw new UsageError(`--on-bad is ${JSON.stringify(onBad)}; it must be fail or skip`);
  const read = await readBarsCsv(csv, { ignoreExtra, onBad, ...(symbol === undefined ? {} : { symbol }) });
  return { ...read, series: [...read.symbols].map(([name, bars]) => ({ symbol: name, bars })) };
}

/** Throws where a file speaks of none of the symbols: it is the wrong file, or the wrong name. */
function checkSymbols(file: string, what: string, named: readonly string[], series: readonly SymbolSeries[]): void {
  if (series.some(({ symbol }) => named.includes(symbol))) return;
  throw new Error(`${file}: holds no ${what} of ${series.map(({ symbol }) => symbol).join(', ')}; it has ${named.join(', ') || 'none'}`);
}

async function readActions({ actions }: BacktestCommand, series: readonly SymbolSeries[]): Promise<ActionsBySymbol | undefined> {
  if (actions === undefined) return undefined;
  const read = await readActionsCsv(actions);
  checkSymbols(actions, 'dividends or splits', Object.keys(read), series);
  return read;
}

/** A file without a symbol column is of the only symbol. */
async function readFiner({ finerCsv, ignoreExtra = false }: BacktestCommand, series: readonly SymbolSeries[]) {
  if (finerCsv === undefined) return undefined;
  const [only, ...others] = series;
  const named = only === undefined || others.length > 0 ? {} : { symbol: only.symbol };
  const { symbols } = await readBarsCsv(finerCsv, { ignoreExtra, onBad: 'fail', ...named });
  checkSymbols(finerCsv, 'bars', [...symbols.keys()], series);
  return Object.fromEntries(symbols);
}

function checkSpan({ series, from, to }: BacktestRequest, source: string): void {
  if (series.some(({ bars }) => cutSeries(bars, from, to).length > 0)) return;
  throw new Error(`${source}: holds no bars ${from === undefined && to === undefined ? 'at all' : 'from --from to --to'}`);
}

/** What a command line comes to, with bars and strategy read. */
export interface PreparedBacktest {
  readonly request: BacktestRequest;
  readonly skipped: number;
  readonly firstSkipped: string | null;
}

/** Throws `UsageError` (exit 2), or an Error in one sentence: `CsvError`, `CompileFailed`, `ParameterError`. */
export async function prepareBacktest(command: BacktestCommand): Promise<PreparedBacktest> {
  const { options, parameters, from, to } = parseBacktestFlags(command);
  const module = await loadStrategy(command.strategy);
  const { series, skipped, firstSkipped } = await readSeries(command);
  const span = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const actions = await readActions(command, series);
  const finerBars = await readFiner(command, series);
  const beside = { ...(actions === undefined ? {} : { actions }), ...(finerBars === undefined ? {} : { finerBars }) };
  const request: BacktestRequest = { module, parameters, series, options, ...span, ...beside };
  checkSpan(request, command.csv ?? series.map(({ symbol }) => symbol).join(', '));
  return { request, skipped, firstSkipped };
}

/**
 * Reads the bars and the strategy, and runs the backtest: built-in strategies in this thread, others in a worker.
 * Throws as `prepareBacktest` does, and `StrategyTrap`.
 */
export async function runBacktestCommand(command: BacktestCommand, worker: BacktestWorkerOptions = {}): Promise<BacktestCommandResult> {
  const { request, skipped, firstSkipped } = await prepareBacktest(command);
  const isBuiltIn = builtInStrategies().some(({ name }) => name === command.strategy);
  const result = isBuiltIn ? runBacktest(request) : await runBacktestInWorker(request, worker);
  return { result, skipped, firstSkipped };
}

const percent = (value: number | null): string => (value === null ? 'n/a' : `${(value * 100).toFixed(2)} %`);
const plain = (value: number | null): string => (value === null ? 'n/a' : value.toFixed(2));

const LINES: readonly (readonly [string, (metrics: BacktestMetrics) => string])[] = [
  ['Final equity', (m) => plain(m.finalEquity)],
  ['Total return', (m) => percent(m.totalReturn)],
  ['CAGR', (m) => percent(m.cagr)],
  ['Volatility (annualised)', (m) => percent(m.volatility)],
  ['Sharpe (ddof 1, annualised)', (m) => plain(m.sharpe)],
  ['Sortino (all periods)', (m) => plain(m.sortino)],
  ['Calmar', (m) => plain(m.calmar)],
  ['Maximum drawdown', (m) => percent(m.maxDrawdown)],
  ['Trades (open ones counted)', (m) => String(m.trades)],
  ['Win rate', (m) => percent(m.winRate)],
  ['Profit factor', (m) => plain(m.profitFactor)],
  ['Expectancy a trade', (m) => plain(m.expectancy)],
  ['Payoff', (m) => plain(m.payoff)],
  ['Time in the market', (m) => percent(m.exposure)],
  ['Turnover a year', (m) => plain(m.turnover)],
  ['Fees', (m) => plain(m.fees)],
  ['Slippage', (m) => plain(m.slippage)],
  ['Financing', (m) => plain(m.financing)],
  ['Dividends', (m) => plain(m.dividends)],
  ['Orders filled', (m) => String(m.orders)],
];

/** The table that the command prints without `--json`. */
export function formatBacktest({ strategy, data, metrics, denials }: BacktestResult): string {
  const parameters = Object.entries(strategy.parameters).map(([name, value]) => `${name}=${value}`);
  const head = [
    `${strategy.name} ${parameters.join(' ')}`,
    `version ${strategy.version}`,
    `${data.symbols.join(', ')}, ${data.bars} bars, ${data.from} to ${data.to}`,
  ];
  const width = Math.max(...LINES.map(([label]) => label.length));
  const lines = LINES.map(([label, format]) => `${label.padEnd(width)}  ${format(metrics).padStart(16)}`);
  return [...head, '', ...lines, `${'Orders refused'.padEnd(width)}  ${String(denials.length).padStart(16)}`].join('\n');
}
