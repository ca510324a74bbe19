import { prepareBacktest, type BacktestCommand } from './backtest-command.ts';
import { UsageError } from './backtest-flags.ts';
import { parseAxes, type ParameterAxis } from './parameter-axis.ts';
import { ParameterGrid, type GridSet } from './parameter-grid.ts';
import { sampleSets } from './parameter-samples.ts';
import { resolveParameters } from './parameters.ts';
import { runSweep, type SweepChunk, type SweepOptions } from './sweep.ts';
import type { ParameterValues } from './types.ts';

/** `tidemark sweep`: the flags of a backtest, and which sets to run. */
export interface SweepCommand extends BacktestCommand {
  /** `name=2..101`, `name=2..101:3`, `name=0.5,1,2`, `name=long,longshort`; the first varies slowest. */
  readonly grid?: readonly string[] | undefined;
  readonly where?: string | undefined;
  /** Every combination, or points drawn at random or by Sobol's sequence. */
  readonly method?: string | undefined;
  /** Points to draw. */
  readonly samples?: string | undefined;
  readonly threads?: string | undefined;
  readonly barByBar?: boolean | undefined;
}

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

const METHODS = ['grid', 'random', 'sobol'] as const;
const FIGURES = 'total_return,sharpe,max_drawdown,orders,trades';
/** Combinations up to which counting those that meet the condition is a matter of a second. */
const COUNTED_MAX = 5_000_000;

function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && Number.isSafeInteger(value)) return value;
  throw new UsageError(`--${flag} is ${JSON.stringify(text)}; it must be a whole number from ${least}`);
}

interface Sets {
  readonly sets: Iterable<GridSet>;
  readonly total: number | undefined;
}

function gridSets(axes: readonly ParameterAxis[], command: SweepCommand, fixed: ParameterValues): Sets {
  if (command.samples !== undefined) throw new UsageError('--samples belongs to --method random or sobol');
  const grid = new ParameterGrid(axes, command.where, fixed);
  const total = command.where === undefined ? grid.size : grid.size <= COUNTED_MAX ? grid.count() : undefined;
  return { sets: grid.sets(), total };
}

function setsOf(axes: readonly ParameterAxis[], command: SweepCommand, fixed: ParameterValues, seed: number): Sets {
  const method = METHODS.find((each) => each === (command.method ?? 'grid'));
  if (method === undefined) throw new UsageError(`--method is ${JSON.stringify(command.method)}; it must be ${METHODS.join(' or ')}`);
  if (method === 'grid') return gridSets(axes, command, fixed);
  if (command.samples === undefined) throw new UsageError(`--method ${method} needs --samples: how many sets to draw`);
  const total = wholeNumber('samples', command.samples, 1);
  return { sets: sampleSets(axes, { method, count: total, seed, where: command.where, fixed }), total };
}

function axesOf(command: SweepCommand): readonly ParameterAxis[] {
  if (command.grid === undefined || command.grid.length === 0)
    throw new UsageError('--grid must name at least one parameter: --grid fast=2..101');
  const axes = parseAxes(command.grid);
  const fixed = (command.param ?? []).map((text) => text.slice(0, Math.max(0, text.indexOf('='))));
  const twice = axes.find(({ name }) => fixed.includes(name));
  if (twice !== undefined) throw new UsageError(`${twice.name} is given by --param and by --grid: give one of them`);
  return axes;
}

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
  const axes = axesOf(command);
  const threads = command.threads === undefined ? undefined : wholeNumber('threads', command.threads, 1);
  const { request, skipped, firstSkipped } = await prepareBacktest(command);
  const { name, parameters } = request.module.description;
  // The condition may name parameters that stay at their defaults.
  const fixed = resolveParameters(name, parameters, request.parameters).values;
  const { sets, total } = setsOf(axes, command, fixed, request.options.seed);
  const options: SweepOptions = {
    fast: command.barByBar !== true,
    ...(threads === undefined ? {} : { threads }),
    ...(output.signal === undefined ? {} : { signal: output.signal }),
  };
  let done = 0;
  let refused = 0;
  let isFirst = true;
  for await (const chunk of runSweep({ backtest: request, axes, sets }, options)) {
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
