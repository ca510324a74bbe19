import type { AgentRunLineFragment, AgentRunOutcome, RunnerAgentPartsFragment } from '@tidemark/schema/documents';
import { plural } from '#lib/format.ts';

/** How a run of an agent ended. */
const OUTCOMES: Readonly<Record<AgentRunOutcome, { readonly text: string; readonly tone: 'up' | 'warn' | 'down' }>> = {
  DONE: { text: '✓ done', tone: 'up' },
  OVER_BUDGET: { text: '▲ budget used up', tone: 'warn' },
  STOPPED: { text: '■ stopped', tone: 'warn' },
  FAILED: { text: '■ failed', tone: 'down' },
  CUT_OFF: { text: '▲ cut off', tone: 'warn' },
};

/** A run that waits or works has no outcome yet. */
export function stateOf({ outcome, begunAt }: Pick<AgentRunLineFragment, 'outcome' | 'begunAt'>): {
  readonly text: string;
  readonly tone?: 'up' | 'warn' | 'down';
} {
  if (outcome !== null) return OUTCOMES[outcome];
  return { text: begunAt === null ? '○ waits' : '● at work' };
}

const HOUR = 60;
const DAY = 24 * HOUR;

/** How often an agent runs by itself. */
export function scheduleOf(everyMinutes: number | null): string {
  if (everyMinutes === null) return 'by hand';
  if (everyMinutes % DAY === 0) return everyMinutes === DAY ? 'daily' : `every ${everyMinutes / DAY} days`;
  if (everyMinutes % HOUR === 0) return everyMinutes === HOUR ? 'hourly' : `every ${everyMinutes / HOUR} hours`;
  return `every ${plural(everyMinutes, 'minute')}`;
}

/** Which model it asks, said plainly where it asks none. */
export const modelOf = ({ model }: Pick<RunnerAgentPartsFragment, 'model'>, configured: string | null): string =>
  model === 'SCRIPTED' ? 'scripted: no model' : (configured ?? 'none is set up');
