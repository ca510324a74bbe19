import { parseAxes, UsageError } from '@tidemark/compute';
import type { Arguments } from '../mcp/tool.ts';
import type { Budget, Used } from './agent.ts';

const RESEARCH: Readonly<Record<string, 'one' | 'many'>> = { run_backtest: 'one', run_sweep: 'many' };

/** Sets that a call of a tool asks for: of a grid all its combinations, whatever its condition lets in. None where it tries nothing. */
export function setsAskedFor(tool: string, given: unknown): number {
  const kind = RESEARCH[tool];
  if (kind === undefined) return 0;
  if (kind === 'one' || typeof given !== 'object' || given === null) return 1;
  const { method, samples, grid } = given as Arguments;
  if (method !== undefined && method !== 'grid') return typeof samples === 'number' ? Math.max(1, samples) : 1;
  if (!Array.isArray(grid)) return 1;
  try {
    return parseAxes(grid.map(String)).reduce((size, { count }) => size * (Number.isFinite(count) ? count : 1), 1);
  } catch (error) {
    // The server says what is wrong with the grid, and tries nothing.
    if (error instanceof UsageError) return 1;
    throw error;
  }
}

/** Why so many sets more would be too much; nothing where they are not. */
export function researchProblem(sets: number, used: Used, { trialsPerDayMax, workSecondsPerDayMax }: Budget): string | undefined {
  if (used.trials + sets > trialsPerDayMax)
    return `That would be ${sets} trials, and ${Math.max(0, trialsPerDayMax - used.trials)} of the day’s ${trialsPerDayMax} are left. Nothing was done. Try less, or report what you have.`;
  if (used.workSeconds >= workSecondsPerDayMax)
    return `The day’s ${workSecondsPerDayMax} seconds of backtests are used up. Nothing was done. Report what you have.`;
  return undefined;
}

/** The id of what a call of a tool has queued. */
export function queuedIn(content: unknown): string | undefined {
  if (typeof content !== 'object' || content === null) return undefined;
  for (const payload of Object.values(content) as readonly unknown[])
    for (const queued of typeof payload === 'object' && payload !== null ? (Object.values(payload) as readonly unknown[]) : [])
      if (typeof queued === 'object' && queued !== null && 'id' in queued && typeof queued.id === 'string') return queued.id;
  return undefined;
}
