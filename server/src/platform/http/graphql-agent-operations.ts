import { BREAK, getOperationAST, GraphQLError, Kind, visit } from 'graphql';
import type { DocumentNode, ExecutionArgs, ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { audited } from '../../agents/mcp/audited.ts';
import type { Call, Worked } from '../../agents/mcp/audited.ts';
import { isRefusal } from '../../agents/mcp/calling.ts';
import type { AgentRecord } from '../../agents/service.ts';
import type { ReportFailure } from '../../graphql/command.ts';
import { costOf } from '../../graphql/limits.ts';
import { actorOf } from '../../graphql/principal.ts';
import type { Principal } from '../../graphql/principal.ts';

/** How the record names an operation that an agent's key asks of the API itself. */
export const GRAPHQL_TOOL = 'graphql';
/** Roots that carry what an agent remembers: a person may have it erased, so that the record keeps its hash alone. */
const OF_MEMORY: ReadonlySet<string> = new Set(['agentMemory', 'rememberAsAgent']);

interface Asked {
  readonly principal: Principal | undefined;
  readonly params: { readonly query?: string | null | undefined };
  /** The call is in the record already: it came by a tool. */
  readonly isRecorded?: boolean | undefined;
}

function isOfMemory(document: DocumentNode): boolean {
  let found = false;
  visit(document, {
    Field: ({ name }) => {
      found ||= OF_MEMORY.has(name.value);
      return found ? BREAK : undefined;
    },
  });
  return found;
}

function callOf({ document, operationName, variableValues }: ExecutionArgs, query: string): Call {
  const asked = { query, operationName: operationName ?? undefined, variables: variableValues ?? {} };
  const isSecret = isOfMemory(document);
  return {
    tool: GRAPHQL_TOOL,
    given: isSecret ? { asked } : asked,
    erasable: isSecret ? 'asked' : undefined,
    meta: undefined,
    signal: new AbortController().signal,
  };
}

/** Whether it asks for one thing: of several mutations the first may be done where a later one is refused, and the answer does not say so. */
function isOne({ document, operationName }: ExecutionArgs): boolean {
  const selections = getOperationAST(document, operationName)?.selectionSet.selections ?? [];
  return selections.length === 1 && selections[0]?.kind === Kind.FIELD;
}

/** What came of it: refused where nothing was done, by its error. */
function workedOf(result: ExecutionResult, asked: ExecutionArgs, isSecret: boolean): Worked<unknown> {
  const { document, operationName, variableValues } = asked;
  const cost = costOf(document, operationName, variableValues ?? {});
  const [error] = result.errors ?? [];
  const code = error?.extensions['code'];
  if (error !== undefined && typeof code === 'string' && isRefusal(code) && isOne(asked))
    return { outcome: 'refused', refusal: error.message, cost };
  const told: unknown = isSecret ? JSON.stringify(result) : result;
  return { outcome: error === undefined ? 'answered' : 'failed', result: told, cost };
}

/**
 * Operations that an agent's key asks for without a tool stand in the record as calls of tools do: before anything is done, and before the answer leaves. Over
 * HTTP and over a socket; of a subscription nothing is written, as it only reads.
 */
export function recordedAgents(record: Pick<AgentRecord, 'begin' | 'end'>, report: ReportFailure): Plugin {
  return {
    onExecute: ({ args, executeFn, setExecuteFn }) => {
      const { principal, params, isRecorded } = args.contextValue as unknown as Asked;
      if (principal?.key?.kind !== 'agent' || isRecorded === true) return;
      const caller = { actor: actorOf(principal), record, clockMs: () => performance.now(), report };
      setExecuteFn(async (given: ExecutionArgs) => {
        const call = callOf(given, params.query ?? '');
        let done: ExecutionResult | undefined;
        const worked = await audited(caller, call, async () => {
          done = (await executeFn(given)) as ExecutionResult;
          return workedOf(done, given, call.erasable !== undefined);
        });
        const isTold = worked.outcome !== 'refused' || done?.errors?.[0]?.message === worked.refusal;
        if (done !== undefined && isTold) return done;
        const refusal = worked.outcome === 'refused' ? worked.refusal : 'It was not done.';
        return { errors: [new GraphQLError(refusal, { extensions: { code: 'UNAVAILABLE' } })] };
      });
    },
  };
}
