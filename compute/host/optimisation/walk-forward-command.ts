import type { BacktestCommand } from '../backtest-command.ts';
import { UsageError } from '../backtest-flags.ts';
import { openStatistics } from '../statistics.node.ts';
import { prepareSweep, wholeNumber, type SetFlags } from '../sweep-flags.ts';
import { CHOICES, type SelectionSpec } from './selection.ts';
import { runWalkForward, type WalkForwardProgress } from './walk-forward.ts';
import type { WalkForwardResult } from './walk-forward-result.ts';
import { WINDOW_MODES } from './windows.ts';

/** How a set is chosen: flags that a walk-forward and an optimisation share. */
export interface SelectionFlags {
  readonly objective?: string | undefined;
  readonly constraint?: string | undefined;
  readonly choose?: string | undefined;
  readonly plateauSteps?: string | undefined;
  /** Sets that were tried on these data before. */
  readonly trialsBefore?: string | undefined;
}

/** `tidemark walk-forward`: the flags of a sweep, how a set is chosen, and the windows. */
export interface WalkForwardCommand extends BacktestCommand, SetFlags, SelectionFlags {
  /** Bars. */
  readonly train?: string | undefined;
  readonly test?: string | undefined;
  readonly mode?: string | undefined;
}

export interface WalkForwardOutput {
  readonly onProgress?: (progress: WalkForwardProgress) => void;
  readonly signal?: AbortSignal;
}

export interface WalkForwardCommandResult {
  readonly result: WalkForwardResult;
  readonly skipped: number;
  readonly firstSkipped: string | null;
}

function choiceOf<T extends string>(flag: string, text: string | undefined, choices: readonly [T, ...T[]]): T {
  const found = choices.find((choice) => choice === (text ?? choices[0]));
  if (found === undefined) throw new UsageError(`--${flag} is ${JSON.stringify(text)}; it must be ${choices.join(' or ')}`);
  return found;
}

/** Throws {@link UsageError}; the criterion itself is read later, where the parameters are known. */
export function selectionOf({ objective, constraint, choose, plateauSteps }: SelectionFlags): SelectionSpec {
  return {
    objective,
    constraint,
    choose: choiceOf('choose', choose, CHOICES),
    plateauSteps: plateauSteps === undefined ? undefined : wholeNumber('plateau-steps', plateauSteps, 1),
  };
}

export function trialsBeforeOf({ trialsBefore }: SelectionFlags): number {
  return trialsBefore === undefined ? 0 : wholeNumber('trials-before', trialsBefore, 0);
}

function windowsOf({ train, test, mode }: WalkForwardCommand) {
  if (train === undefined || test === undefined) {
    throw new UsageError('--train and --test must say how many bars to choose in and to trade in: --train 504 --test 126');
  }
  return {
    train: wholeNumber('train', train, 2),
    test: wholeNumber('test', test, 1),
    mode: choiceOf('mode', mode, WINDOW_MODES),
  };
}

/** Reads bars and strategy and walks forward. Throws `UsageError` (exit 2), an Error in one sentence, or the signal's reason. */
export async function runWalkForwardCommand(
  command: WalkForwardCommand,
  output: WalkForwardOutput = {},
): Promise<WalkForwardCommandResult> {
  const windows = windowsOf(command);
  const selection = selectionOf(command);
  const trialsBefore = trialsBeforeOf(command);
  const { request, sets, options, skipped, firstSkipped } = await prepareSweep(command);
  if (sets.total === 0) throw new UsageError('No set meets --where');
  const space = { axes: sets.axes, sets: sets.sets, isGrid: sets.isGrid, selection };
  const result = await runWalkForward(
    { backtest: request, space, sets: sets.total, windows, trialsBefore },
    { ...options, ...output, statistics: await openStatistics() },
  );
  return { result, skipped, firstSkipped };
}
