import { GraphQLError } from 'graphql';
import type { DocumentNode, ExecutionResult, GraphQLSchema } from 'graphql';
import type { GraphqlAnswer, RunDocument } from '../../agents/mcp/calling.ts';
import { mayStop } from '../../graphql/authorization.ts';
import { costOf } from '../../graphql/limits.ts';
import { actorOf } from '../../graphql/principal.ts';
import type { Principal } from '../../graphql/principal.ts';
import type { GraphqlServer } from './graphql-endpoint.ts';
import type { OperationRules } from './graphql-operations.ts';

type Said = Pick<GraphQLError, 'message' | 'extensions'>;

const answerOf = (errors: readonly Said[], cost: number, data?: Readonly<Record<string, unknown>> | null): GraphqlAnswer => ({
  data: data ?? undefined,
  errors: errors.map(({ message, extensions }) => ({
    message,
    code: typeof extensions?.['code'] === 'string' ? extensions['code'] : undefined,
  })),
  cost,
});

interface Engine {
  readonly graphql: GraphqlServer;
  readonly rules: OperationRules;
}

/** Reads a document by the limits of all documents. Throws the GraphQLError that refuses it. */
function readDocument({ graphql, rules }: Engine, principal: Principal, text: string, variables: Readonly<Record<string, unknown>>) {
  const query = String(rules.textOf({ query: text }, principal));
  const enveloped = graphql.getEnveloped({ principal, site: undefined, isRecorded: true, params: { query, variables } });
  const document: DocumentNode = enveloped.parse(query);
  return { query, enveloped, document };
}

/** The schema that those documents are asked of. */
export const schemaOf = ({ graphql }: Pick<Engine, 'graphql'>): GraphQLSchema =>
  graphql.getEnveloped({ principal: undefined, params: {} }).schema as GraphQLSchema;

/** How the journal names whoever asks. */
export const actorNamed = (principal: Principal): string => actorOf(principal);

/** Whether role and scopes let a principal stop trading. */
export const mayStopTrading = (principal: Principal): boolean => mayStop(principal);

/** Runs documents of the server's own as a principal, by the rules that hold over HTTP and over a socket: limits, validation, authorisation, rates, masking. */
export function runInProcess(engine: Engine, principal: Principal): RunDocument {
  return async (text, variables) => {
    let read: ReturnType<typeof readDocument>;
    try {
      read = readDocument(engine, principal, text, variables);
    } catch (error) {
      if (error instanceof GraphQLError) return answerOf([error], 0);
      throw error;
    }
    const { query, document, enveloped } = read;
    const { schema, validate, contextFactory, execute } = enveloped;
    const errors: readonly GraphQLError[] = validate(schema, document);
    if (errors.length > 0) return answerOf(errors, 0);
    const tooMuch = engine.rules.rates.beforeRunning(principal, { text: query, document, operationName: undefined, variables });
    if (tooMuch !== undefined) return answerOf([tooMuch], 0);
    const contextValue: unknown = await contextFactory();
    const result: ExecutionResult = await execute({ schema, document, variableValues: variables, contextValue });
    return answerOf(result.errors ?? [], costOf(document, undefined, variables), result.data);
  };
}
