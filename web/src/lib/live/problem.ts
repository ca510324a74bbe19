import type { CombinedError } from '@urql/core';
import { sentences } from '#lib/format.ts';

/** What a mutation answers with instead of its payload: bad input names its field and what to do. */
interface Problem {
  readonly message: string;
  readonly field?: string;
  readonly hint?: string;
}

/** The problem in sentences. */
export const problemText = ({ message, field, hint }: Problem): string =>
  field === undefined || hint === undefined ? message : sentences(`${field}: ${message}`, hint);

/** Whether the server refused an operation by this code. */
export const isRefusedAs = (error: Pick<CombinedError, 'graphQLErrors'> | undefined, code: string): boolean =>
  error?.graphQLErrors.some(({ extensions }) => extensions['code'] === code) ?? false;
