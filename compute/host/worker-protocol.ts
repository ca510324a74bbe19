import { ParameterError } from './errors.ts';
import { StrategyTrap } from './types.ts';

/** An error as plain data: a structured clone would lose its class. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly details: { readonly parameter: string; readonly value: unknown; readonly allowed: string } | undefined;
}

export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly value: unknown }
  | { readonly kind: 'answer'; readonly value: unknown }
  | { readonly kind: 'failure'; readonly error: PlainError };

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), details: undefined };
  const details = error instanceof ParameterError ? { parameter: error.parameter, value: error.value, allowed: error.allowed } : undefined;
  return { name: error.name, message: error.message, details };
}

export function fromPlainError({ name, message, details }: PlainError): Error {
  if (details !== undefined) {
    const error = new ParameterError('', details.parameter, details.value, details.allowed);
    error.message = message;
    return error;
  }
  if (name === 'StrategyTrap') return new StrategyTrap(message);
  // What cannot be used is told by its class from what broke.
  return name === 'RangeError' ? new RangeError(message) : new Error(message);
}
