import { DOCUMENT_LIMITS } from '../../graphql/limits.ts';
import { DOCUMENT_POLICIES } from '../../platform/http/graphql-operations.ts';
import type { OperationSettings } from '../../platform/http/graphql-operations.ts';
import { UsageError } from '../usage.ts';

const DOCUMENTS = 'TIDEMARK_DOCUMENTS';

export interface OperationOptions {
  readonly documents?: string;
  readonly operationsPerSecond: number;
  readonly costPerMinute: number;
}

/** What operations the API takes, and how many of whom: from flags and the environment. Throws {@link UsageError}. */
export function readOperations(options: OperationOptions, environment: NodeJS.ProcessEnv): OperationSettings {
  const { operationsPerSecond, costPerMinute } = options;
  const named = options.documents ?? environment[DOCUMENTS] ?? 'any';
  const documents = DOCUMENT_POLICIES.find((each) => each === named);
  if (documents === undefined)
    throw new UsageError(
      `${options.documents === undefined ? DOCUMENTS : '--documents'} is "${named}"; it is any, or trusted: then people who are logged in ask for the dashboard's own operations alone`,
    );
  if (operationsPerSecond < 1) throw new UsageError(`--operations-per-second is ${operationsPerSecond}; the least is 1`);
  const { costMax } = DOCUMENT_LIMITS;
  if (costPerMinute < costMax)
    throw new UsageError(`--cost-per-minute is ${costPerMinute}; the least is ${costMax}, which one operation alone may cost`);
  return { documents, rates: { operationsPerSecond, costPerMinute } };
}
