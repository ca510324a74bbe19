import { isPrintable } from '../orders/ticket.ts';
import { invalidInput } from './errors.ts';
import type { InvalidInput } from './errors.ts';

const REASON_LENGTH = { min: 3, max: 500 } as const;

/** A reason is kept in the journal for ever: it must say something, and nothing hidden. */
export function reasonProblem(reason: string): InvalidInput | undefined {
  const { length } = reason.trim();
  if (length < REASON_LENGTH.min || length > REASON_LENGTH.max) {
    return invalidInput(
      'reason',
      `reason must be ${REASON_LENGTH.min} to ${REASON_LENGTH.max} characters, got ${length}`,
      'Say in a few words why.',
    );
  }
  if (!isPrintable(reason)) return invalidInput('reason', 'reason holds control or hidden characters', 'Write one line of plain text.');
  return undefined;
}
