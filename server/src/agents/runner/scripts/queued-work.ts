import { figure, listAt, numberAt, percent, said, textAt, textsAt, valueAt } from './answers.ts';
import { ask } from './course.ts';
import type { Course, ScriptedAnswer } from './course.ts';

/** How long each look at queued work is waited with; half a minute together, in which most are done. */
export const WAITS_MS = [500, 1_000, 2_000, 4_000, 6_000, 8_000, 8_000] as const;

/** With costs, as little as a careful person would reckon with. */
export const COSTS = { slippageBps: 1, commissionPerUnit: 0.005 } as const;

const ENDED: ReadonlySet<string | undefined> = new Set(['DONE', 'FAILED', 'ABORTED']);

/** What came of queued work: what the answer says of it, or why there is nothing. */
export type Ended = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly because: string };

/** Asks for queued work until it has ended, or the patience has. */
export function* untilEnded(kind: 'run' | 'sweep', id: string): Course<Ended> {
  let because = 'it was not looked at.';
  for (const afterMs of WAITS_MS) {
    const answer = yield* ask(`I look whether the ${kind} is done.`, 'get_runs', { id }, afterMs);
    const value = valueAt(answer.data, kind);
    const state = textAt(value, 'state');
    if (state === 'DONE') return { ok: true, value };
    if (ENDED.has(state)) return { ok: false, because: `the ${kind} ${id} is ${said(state)}: ${said(valueAt(value, 'error'))}` };
    if (answer.data === undefined) return { ok: false, because: answer.text };
    because = `the ${kind} ${id} is not done yet; the page Runs shows it.`;
  }
  return { ok: false, because };
}

/** The id of what a call has queued, or why nothing was. */
export function queuedId(answer: ScriptedAnswer, ...path: readonly string[]): Ended {
  const id = textAt(answer.data, ...path, 'id');
  return id === undefined ? { ok: false, because: answer.text } : { ok: true, value: id };
}

/** Figures of a backtest that is done. */
export interface RunFigures {
  readonly totalReturn: number | undefined;
  readonly sharpe: number | undefined;
  readonly maxDrawdown: number | undefined;
  readonly trades: number | undefined;
  /** What warns of it, in short words. */
  readonly badges: readonly string[];
}

export function figuresOf(run: unknown): RunFigures {
  const metrics = listAt(run, 'metrics');
  const metric = (name: string): number | undefined =>
    numberAt(
      metrics.find((one) => textAt(one, 'name') === name),
      'value',
    );
  return {
    totalReturn: metric('totalReturn'),
    sharpe: metric('sharpe'),
    maxDrawdown: metric('maxDrawdown'),
    trades: metric('trades'),
    badges: textsAt(run, 'badges'),
  };
}

export const figuresInWords = ({ totalReturn, sharpe, maxDrawdown, trades }: Omit<RunFigures, 'badges'>): string =>
  `return ${percent(totalReturn)}, Sharpe ratio ${figure(sharpe)}, drawdown ${percent(maxDrawdown)}, ${figure(trades, 0)} trades`;

export const badgesInWords = (badges: readonly string[]): string =>
  badges.length === 0 ? 'Nothing warns of it.' : `What warns of it: ${badges.join('; ')}.`;
