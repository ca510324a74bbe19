import { parseAxes, UsageError } from '@tidemark/compute';
import { instant, InstantTextError } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import { asksToWalk } from '../mcp/acting-tools.ts';
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

/** The daily bars that a walk-forward goes through. */
export interface WalkedSpan {
  readonly symbol: string;
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
}

/** What a call of a tool would try. */
export interface Asked {
  /** As the ledger counts them: each set once in each window, and once over all of them. */
  readonly trials: number;
  readonly sets: number;
  /** None where it is no walk-forward. */
  readonly windows: number;
}

/** Nothing where it is no time: the server refuses it, and tries nothing. */
function instantIn(value: unknown): Instant | undefined {
  if (typeof value !== 'string') return undefined;
  try {
    return instant(value);
  } catch (error) {
    if (error instanceof InstantTextError) return undefined;
    throw error;
  }
}

/** Windows of a walk-forward, by the bars that are there. None where it is no walk-forward, or one that cannot be and tries nothing. */
async function windowsOf(given: unknown, barsOf: (span: WalkedSpan) => Promise<number>): Promise<number> {
  if (typeof given !== 'object' || given === null || !asksToWalk(given as Arguments)) return 0;
  const { symbol, from, to, train, test } = given as Arguments;
  if (typeof symbol !== 'string' || typeof train !== 'number' || typeof test !== 'number') return 0;
  const bars = await barsOf({ symbol, from: instantIn(from), to: instantIn(to) });
  return bars > train && test > 0 ? Math.ceil((bars - train) / test) : 0;
}

/** What a call of a tool would try: what the agent says of it counts for nothing. */
export async function researchAskedFor(tool: string, given: unknown, barsOf: (span: WalkedSpan) => Promise<number>): Promise<Asked> {
  const sets = setsAskedFor(tool, given);
  const windows = sets === 0 || RESEARCH[tool] !== 'many' ? 0 : await windowsOf(given, barsOf);
  return { trials: windows === 0 ? sets : sets * (windows + 1), sets, windows };
}

/** Why so many trials more would be too much; nothing where they are not. */
export function researchProblem(
  { trials, sets, windows }: Asked,
  used: Used,
  { trialsPerDayMax, workSecondsPerDayMax }: Budget,
): string | undefined {
  const each = windows === 0 ? '' : `: ${sets} in each of ${windows} windows and over all of them`;
  if (used.trials + trials > trialsPerDayMax)
    return `That would be ${trials} trials${each}, and ${Math.max(0, trialsPerDayMax - used.trials)} of the day’s ${trialsPerDayMax} are left. Nothing was done. Try less, or report what you have.`;
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
