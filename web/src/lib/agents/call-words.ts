import type { AgentCallPartsFragment, CallOutcome } from '@tidemark/schema/documents';

/** How a call ended. */
export const OUTCOMES: Readonly<Record<CallOutcome, { readonly text: string; readonly tone: 'up' | 'warn' | 'down' }>> = {
  ANSWERED: { text: '✓ answered', tone: 'up' },
  FAILED: { text: '▲ could not be done', tone: 'warn' },
  REFUSED: { text: '■ refused', tone: 'down' },
};

/** JSON to be read by people; a text as it came where it is none. */
export function laidOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return text;
    throw error;
  }
}

/** What stands in one line beside a tool: its arguments, as far as they go. */
export function shortGiven({ arguments: given }: Pick<AgentCallPartsFragment, 'arguments'>): string {
  const LENGTH_MAX = 90;
  return given === '{}' ? '' : given.length > LENGTH_MAX ? `${given.slice(0, LENGTH_MAX)}…` : given;
}
