import { prepareBacktest, type BacktestCommand, type PreparedBacktest } from './backtest-command.ts';
import { UsageError } from './backtest-flags.ts';
import { parseAxes, type ParameterAxis } from './parameter-axis.ts';
import { ParameterGrid, type GridSet } from './parameter-grid.ts';
import { sampleSets } from './parameter-samples.ts';
import { resolveParameters } from './parameters.ts';
import type { SweepOptions } from './sweep.ts';
import type { ParameterValues } from './types.ts';

/** Which sets to run: flags that `sweep` and everything built on it share. */
export interface SetFlags {
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

const METHODS = ['grid', 'random', 'sobol'] as const;
/** Combinations up to which counting those that meet the condition is a matter of a second. */
const COUNTED_MAX = 5_000_000;

/** Throws {@link UsageError} for a text that is no whole number from `least`. */
export function wholeNumber(flag: string, text: string, least: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && Number.isSafeInteger(value)) return value;
  throw new UsageError(`--${flag} is ${JSON.stringify(text)}; it must be a whole number from ${least}`);
}

/** The sets that the flags name. */
export interface SweepSets {
  readonly axes: readonly ParameterAxis[];
  /** Begins anew each time. */
  readonly sets: () => Iterable<GridSet>;
  /** `undefined` where counting them would take long. */
  readonly total: number | undefined;
  /** Whether they are those of the axes' grid, not samples. */
  readonly isGrid: boolean;
}

function gridSets(axes: readonly ParameterAxis[], command: SetFlags, fixed: ParameterValues): SweepSets {
  if (command.samples !== undefined) throw new UsageError('--samples belongs to --method random or sobol');
  const grid = new ParameterGrid(axes, command.where, fixed);
  const total = command.where === undefined ? grid.size : grid.size <= COUNTED_MAX ? grid.count() : undefined;
  return { axes, sets: () => grid.sets(), total, isGrid: true };
}

function setsOf(axes: readonly ParameterAxis[], command: SetFlags, fixed: ParameterValues, seed: number): SweepSets {
  const method = METHODS.find((each) => each === (command.method ?? 'grid'));
  if (method === undefined) throw new UsageError(`--method is ${JSON.stringify(command.method)}; it must be ${METHODS.join(' or ')}`);
  if (method === 'grid') return gridSets(axes, command, fixed);
  if (command.samples === undefined) throw new UsageError(`--method ${method} needs --samples: how many sets to draw`);
  const total = wholeNumber('samples', command.samples, 1);
  const samples = { method, count: total, seed, where: command.where, fixed };
  return { axes, sets: () => sampleSets(axes, samples), total, isGrid: false };
}

function axesOf(command: SetFlags & Pick<BacktestCommand, 'param'>): readonly ParameterAxis[] {
  if (command.grid === undefined || command.grid.length === 0)
    throw new UsageError('--grid must name at least one parameter: --grid fast=2..101');
  const axes = parseAxes(command.grid);
  const fixed = (command.param ?? []).map((text) => text.slice(0, Math.max(0, text.indexOf('='))));
  const twice = axes.find(({ name }) => fixed.includes(name));
  if (twice !== undefined) throw new UsageError(`${twice.name} is given by --param and by --grid: give one of them`);
  return axes;
}

/** A command line over many sets, with bars and strategy read. */
export interface PreparedSweep extends PreparedBacktest {
  readonly sets: SweepSets;
  readonly options: Pick<SweepOptions, 'threads' | 'fast'>;
}

/** Throws `UsageError` (exit 2), or an Error in one sentence. */
export async function prepareSweep(command: BacktestCommand & SetFlags): Promise<PreparedSweep> {
  const axes = axesOf(command);
  const threads = command.threads === undefined ? undefined : wholeNumber('threads', command.threads, 1);
  const prepared = await prepareBacktest(command);
  const { module, parameters, options } = prepared.request;
  // The condition may name parameters that stay at their defaults.
  const fixed = resolveParameters(module.description.name, module.description.parameters, parameters).values;
  const sets = setsOf(axes, command, fixed, options.seed);
  return { ...prepared, sets, options: { fast: command.barByBar !== true, ...(threads === undefined ? {} : { threads }) } };
}
