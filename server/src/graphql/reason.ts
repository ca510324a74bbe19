import { isPrintable } from '../orders/ticket.ts';
import { invalidInput } from './errors.ts';
import type { InvalidInput } from './errors.ts';

export const REASON_LENGTH = { min: 3, max: 500 } as const;

/** A reason is kept in the journal for ever: it must say something, and nothing hidden. */
export const reasonProblem = (reason: string): InvalidInput | undefined =>
  textProblem('reason', reason, REASON_LENGTH, 'Say in a few words why.');

/** A text that people write and that is kept: neither too long nor hidden. */
export function textProblem(
  field: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
  hint = 'Write less.',
): InvalidInput | undefined {
  const { length } = text.trim();
  if (length < min || length > max) return invalidInput(field, `${field} must be ${min} to ${max} characters, got ${length}`, hint);
  if (!isPrintable(text)) return invalidInput(field, `${field} holds control or hidden characters`, 'Write one line of plain text.');
  return undefined;
}
