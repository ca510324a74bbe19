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
