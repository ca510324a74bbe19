import { prepareBacktest, type BacktestCommand } from '../../backtest-command.ts';
import { UsageError } from '../../backtest-flags.ts';
import { runBacktestInWorker, type BacktestWorkerOptions } from '../../backtest-worker.ts';
import { runBacktest } from '../../backtest.ts';
import { builtInStrategies } from '../../built-ins.ts';
import { wholeNumber } from '../../sweep-flags.ts';
import type { BacktestMetrics, ParameterValues } from '../../types.ts';
import { columns, percent, plain } from '../table-text.ts';
import { runStress, type StressResult } from './stress.ts';

/** `tidemark stress`: the flags of a backtest, and what is done to it. */
export interface StressCommand extends BacktestCommand {
  readonly at?: string | undefined;
  readonly spikeBars?: string | undefined;
  readonly outageBars?: string | undefined;
  /** `name=value`, or several with commas. */
  readonly whatIf?: readonly string[] | undefined;
  /** Days. */
  readonly without?: readonly string[] | undefined;
}

export interface StressOutput extends Pick<BacktestWorkerOptions, 'deadlineMs'> {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

function parseAt(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const atMs = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?Z)?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(atMs))
    throw new UsageError(`--at is ${JSON.stringify(text)}; it must be a day or an instant in UTC (2024-01-31T14:30:00Z)`);
  return atMs;
}

function parseWhatIf(text: string): ParameterValues {
  const pairs = text.split(',').map((pair) => {
    const [, name, value] = /^\s*([^=\s]+)\s*=(.*)$/.exec(pair) ?? [];
    if (name === undefined || value === undefined)
      throw new UsageError(`--what-if is ${JSON.stringify(text)}; it must be name=value or name=value,name=value`);
    return [name, value.trim()] as const;
  });
  return Object.fromEntries(pairs);
}

/** Reads bars and strategy, runs them and every scenario. Throws `UsageError` (exit 2), an Error in one sentence, or the signal's reason. */
export async function runStressCommand(
  command: StressCommand,
  { deadlineMs, ...output }: StressOutput = {},
): Promise<{ result: StressResult; skipped: number; firstSkipped: string | null }> {
  const { spikeBars, outageBars, whatIf = [], without = [] } = command;
  const options = {
    atMs: parseAt(command.at),
    spikeBars: spikeBars === undefined ? undefined : wholeNumber('spike-bars', spikeBars, 1),
    outageBars: outageBars === undefined ? undefined : wholeNumber('outage-bars', outageBars, 1),
    parameters: whatIf.map(parseWhatIf),
    withoutDays: without,
  };
  const { request, skipped, firstSkipped } = await prepareBacktest(command);
  const isBuiltIn = builtInStrategies().some(({ name }) => name === command.strategy);
  const worker = deadlineMs === undefined ? {} : { deadlineMs };
  const result = await runStress(request, options, (each) => (isBuiltIn ? runBacktest(each) : runBacktestInWorker(each, worker)), output);
  return { result, skipped, firstSkipped };
}

function rowOf(title: string, { totalReturn, sharpe, maxDrawdown, trades }: BacktestMetrics, change: number | null): readonly string[] {
  return [title, percent(totalReturn), plain(sharpe), percent(maxDrawdown), String(trades), change === null ? '' : percent(change)];
}

/** The table that the command prints without `--json`. */
export function formatStress({ strategy, data, base, scenarios }: StressResult): string {
  const rows = scenarios.flatMap(({ title, metrics, change }) =>
    metrics === null ? [] : [rowOf(title, metrics, change?.totalReturn ?? null)],
  );
  const notes = scenarios.flatMap(({ title, note }) => (note === null ? [] : [`Not run: ${title}; ${note}.`]));
  const parameters = Object.entries(strategy.parameters).map(([name, value]) => `${name}=${value}`);
  return [
    `${strategy.name} ${parameters.join(' ')}`,
    `${data.symbols.join(', ')}, ${data.bars} bars, ${data.from} to ${data.to}`,
    '',
    ...columns([['scenario', 'return', 'Sharpe', 'drawdown', 'trades', 'change'], rowOf('as it was', base, null), ...rows]),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');
}
