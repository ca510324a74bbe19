import type { BacktestCommand } from './backtest-command.ts';
import { UsageError } from './backtest-flags.ts';
import { prepareSweep, type SetFlags } from './sweep-flags.ts';
import { runSweep, type SweepChunk, type SweepOptions } from './sweep.ts';

/** `tidemark sweep`: the flags of a backtest, and which sets to run. */
export interface SweepCommand extends BacktestCommand, SetFlags {}

export interface SweepProgress {
  /** Sets that have results or were refused. */
  readonly done: number;
  /** `undefined` where counting them would take long. */
  readonly total: number | undefined;
}

export interface SweepSummary {
  readonly sets: number;
  /** Sets whose parameters break the strategy's own rule. */
  readonly refused: number;
  readonly skippedRows: number;
  readonly firstSkipped: string | null;
}

export interface SweepOutput {
  /** The header and then the rows, in pieces that end with a line feed. Awaited, so that a slow reader is not run over. */
  readonly write: (text: string) => Promise<void> | void;
  readonly onProgress?: (progress: SweepProgress) => void;
  readonly signal?: AbortSignal;
}

const FIGURES = 'total_return,sharpe,max_drawdown,orders,trades';

const cell = (value: number | null): string => (value === null ? '' : String(value));

function linesOf(chunk: SweepChunk): string {
  return chunk
    .rows()
    .map(({ set, totalReturn, sharpe, maxDrawdown, orders, trades }) =>
      [...set, cell(totalReturn), cell(sharpe), cell(maxDrawdown), orders, trades].join(','),
    )
    .concat('')
    .join('\n');
}

/**
 * Runs the sweep and writes a CSV row a set, in order. Memory does not grow with the number of sets. Throws `UsageError` (exit 2), an Error
 * in one sentence, or the signal's reason; what was written stays.
 */
export async function runSweepCommand(command: SweepCommand, output: SweepOutput): Promise<SweepSummary> {
  const { request, sets, options: threads, skipped, firstSkipped } = await prepareSweep(command);
  const { axes, total } = sets;
  const options: SweepOptions = { ...threads, ...(output.signal === undefined ? {} : { signal: output.signal }) };
  let done = 0;
  let refused = 0;
  let isFirst = true;
  for await (const chunk of runSweep({ backtest: request, axes, sets: sets.sets() }, options)) {
    done += chunk.sets.length;
    refused += chunk.refused;
    const head = isFirst ? `${axes.map(({ name }) => name).join(',')},${FIGURES}\n` : '';
    isFirst = false;
    await output.write(head + linesOf(chunk));
    output.onProgress?.({ done, total });
  }
  if (isFirst) throw new UsageError('No set meets --where');
  return { sets: done, refused, skippedRows: skipped, firstSkipped };
}
