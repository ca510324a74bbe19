import type { Timeframe } from '../market-data/bar.ts';
import { TIMEFRAME_MS } from '../market-data/validate-bar.ts';

/**
 * How a strategy's orders leave. `automatic`: at once, through the gate. `recommend`: what opens or adds to a position waits for a person. `shadow`: nothing that
 * opens is sent; the strategy trades in a book of its own, beside the account.
 */
export const EXECUTION_MODES = ['automatic', 'recommend', 'shadow'] as const;
export type ExecutionMode = (typeof EXECUTION_MODES)[number];

export interface Execution {
  readonly mode: ExecutionMode;
  /** How long a recommendation waits; absent: {@link defaultWaitMs}. */
  readonly waitMs?: number;
}

/** What holds where nobody has set anything. */
export const AUTOMATIC: Execution = { mode: 'automatic' };

export const WAIT_MS_MIN = 60_000;
export const WAIT_MS_MAX = 7 * 24 * 3_600_000;
const WAIT_MS_USUAL = 30 * 60_000;

/** One interval of the strategy's bars, and at least half an hour: by then it has usually decided anew. */
export const defaultWaitMs = (timeframe: Timeframe): number => Math.max(WAIT_MS_USUAL, TIMEFRAME_MS[timeframe]);

export const waitMsOf = ({ waitMs }: Execution, timeframe: Timeframe): number => waitMs ?? defaultWaitMs(timeframe);

/** Orders leave without anybody who looks at them: this takes a second person where two are asked for. */
export const loosensExecution = (from: Execution, to: Execution): boolean => from.mode !== 'automatic' && to.mode === 'automatic';

/** Why a setting is none, in one sentence; `undefined` where it is one. */
export function executionProblem({ mode, waitMs }: Execution): string | undefined {
  if (waitMs === undefined) return undefined;
  if (mode !== 'recommend') return 'Only recommendations wait: leave the waiting time out.';
  if (Number.isSafeInteger(waitMs) && waitMs >= WAIT_MS_MIN && waitMs <= WAIT_MS_MAX) return undefined;
  return `A recommendation waits 1 minute to 7 days, not ${waitMs} ms.`;
}

export const sameExecution = (left: Execution, right: Execution): boolean => left.mode === right.mode && left.waitMs === right.waitMs;
