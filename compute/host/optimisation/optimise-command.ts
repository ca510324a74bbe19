import type { BacktestCommand } from '../backtest-command.ts';
import { UsageError } from '../backtest-flags.ts';
import { openStatistics } from '../statistics.node.ts';
import { prepareSweep, wholeNumber, type SetFlags } from '../sweep-flags.ts';
import { optimise, type OptimiseResult } from './optimise.ts';
import { selectionOf, trialsBeforeOf, type SelectionFlags } from './walk-forward-command.ts';

/** `tidemark optimise`: the flags of a sweep, how a set is chosen, and how its luck is measured. */
export interface OptimiseCommand extends BacktestCommand, SetFlags, SelectionFlags {
  readonly blocks?: string | undefined;
  readonly groups?: string | undefined;
  readonly tested?: string | undefined;
  /** Bars. */
  readonly embargo?: string | undefined;
  readonly conePaths?: string | undefined;
}

export interface OptimiseOutput {
  readonly onProgress?: (progress: { readonly sets: number; readonly total: number | undefined }) => void;
  readonly signal?: AbortSignal;
}

export interface OptimiseCommandResult {
  readonly result: OptimiseResult;
  readonly skipped: number;
  readonly firstSkipped: string | null;
}

const numberOf = (flag: string, text: string | undefined, fallback: number, least: number): number =>
  text === undefined ? fallback : wholeNumber(flag, text, least);

/** For the figures, and twice for the returns. */
const RUNS_A_SET = 3;

/** Reads bars and strategy and optimises. Throws `UsageError` (exit 2), an Error in one sentence, or the signal's reason. */
export async function runOptimiseCommand(
  command: OptimiseCommand,
  { onProgress, signal }: OptimiseOutput = {},
): Promise<OptimiseCommandResult> {
  const selection = selectionOf(command);
  const paths = {
    groups: numberOf('groups', command.groups, 8, 2),
    tested: numberOf('tested', command.tested, 2, 1),
    embargo: numberOf('embargo', command.embargo, 0, 0),
  };
  const judged = {
    blocks: numberOf('blocks', command.blocks, 12, 2),
    conePaths: numberOf('cone-paths', command.conePaths, 1000, 1),
    paths,
  };
  const trialsBefore = trialsBeforeOf(command);
  const { request, sets, options, skipped, firstSkipped } = await prepareSweep(command);
  if (sets.total === 0) throw new UsageError('No set meets --where');
  const space = { axes: sets.axes, sets: sets.sets, isGrid: sets.isGrid, selection };
  const total = sets.total === undefined ? undefined : RUNS_A_SET * sets.total;
  const result = await optimise(
    { backtest: request, space, trialsBefore, ...judged },
    {
      ...options,
      ...(signal === undefined ? {} : { signal }),
      statistics: await openStatistics(),
      onProgress: (progress) => onProgress?.({ sets: progress.sets, total }),
    },
  );
  return { result, skipped, firstSkipped };
}
