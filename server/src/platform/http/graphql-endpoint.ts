import type { IncomingMessage, ServerResponse } from 'node:http';
import { GraphQLError } from 'graphql';
import type { DocumentNode, ExecutionArgs } from 'graphql';
import { createYoga, maskError } from 'graphql-yoga';
import type { Plugin } from 'graphql-yoga';
import type { Site } from '../../accounts/passkeys/site.ts';
import type { Capabilities, Context } from '../../graphql/context.ts';
import type { ReportFailure } from '../../graphql/command.ts';
import { documentLimits } from '../../graphql/limits.ts';
import { buildSchema } from '../../graphql/schema.ts';
import { CursorError } from '../../orders/page.ts';
import { badInput } from '../../graphql/connections.ts';
import type { Principal } from '../../graphql/principal.ts';
import { recordedAgents } from './graphql-agent-operations.ts';
import type { OperationRules } from './graphql-operations.ts';
import type { Right } from './right.ts';
import { TextCache } from './text-cache.ts';

export const GRAPHQL_PATH = '/graphql';
export const BODY_BYTES_MAX = 1_000_000;

/** What a transport knows of an operation before it is read. */
export interface OperationOrigin {
  readonly principal: Principal | undefined;
  /** Where the browser is; programs are nowhere. */
  readonly site?: Site | undefined;
  /** An agent's call that is in its record already: it came by a tool. */
  readonly isRecorded?: boolean | undefined;
  /** Over HTTP alone: a socket is closed when its right ends. */
  readonly right?: Right | undefined;
}

export type GraphqlServer = ReturnType<typeof createGraphql>;

/** The failure that a resolver met, under what GraphQL wrapped around it. */
const causeOf = (error: unknown): unknown =>
  error instanceof Error && 'originalError' in error && error.originalError !== undefined ? error.originalError : error;

const MESSAGE_LENGTH_MAX = 2_000;

/** A message may quote what was sent, which may be a megabyte. */
function shortened(error: Error): Error {
  if (!(error instanceof GraphQLError) || error.message.length <= MESSAGE_LENGTH_MAX) return error;
  const { nodes, source, positions, path, extensions } = error;
  return new GraphQLError(`${error.message.slice(0, MESSAGE_LENGTH_MAX)}…`, { nodes, source, positions, path, extensions });
}

/** What of an operation's context the transport put there. */
interface Carried extends OperationOrigin {
  /** Over HTTP alone. */
  readonly request?: object | undefined;
  readonly params: { readonly query?: string | null | undefined };
}

const rightEnded = (): GraphQLError =>
  new GraphQLError(
    'The log-in or the key of this request has ended while it came, or has another role now. Log in, or send a key that stands.',
    {
      extensions: { code: 'UNAUTHENTICATED', http: { status: 401 } },
    },
  );

/** The rules over HTTP. A socket follows them by itself: it shares subscriptions, and an operation that joins one is none that the engine would see. */
function overHttp({ textOf, rates }: OperationRules): Plugin<OperationOrigin> {
  /** Requests whose operation has not come to running: most of them get there, and what does not is counted when it is answered. */
  const unread = new WeakMap<object, { readonly principal: Principal; readonly text: string }>();
  const problemOf = ({ document, operationName, variableValues, contextValue }: ExecutionArgs): GraphQLError | undefined => {
    const { request, principal, params } = contextValue as Carried;
    if (request === undefined || principal === undefined) return undefined;
    unread.delete(request);
    return rates.beforeRunning(principal, { text: params.query ?? '', document, operationName, variables: variableValues });
  };
  return {
    onParams: async ({ params, setParams, context, request }) => {
      // What is no object is refused by the engine's own check.
      if (typeof params !== 'object' || params === null || Array.isArray(params)) return;
      const { documentId, ...rest } = params as typeof params & { readonly documentId?: unknown };
      const { principal, right } = context as unknown as OperationOrigin;
      if (right !== undefined && !(await right.stands())) throw rightEnded();
      const text = textOf({ query: params.query, documentId }, principal);
      if (principal !== undefined && typeof text === 'string') unread.set(request, { principal, text });
      setParams({ ...rest, query: text as string });
    },
    onResultProcess: (answer) => {
      const asked = unread.get(answer.request);
      const problem = asked === undefined ? undefined : rates.whenUnreadable(asked.principal, asked.text);
      if (problem !== undefined) answer.setResult({ errors: [problem] });
    },
    onExecute: ({ args, setResultAndStopExecution }) => {
      const problem = problemOf(args);
      if (problem !== undefined) setResultAndStopExecution({ errors: [problem] });
    },
    onSubscribe: async ({ args, setResultAndStopExecution }) => {
      const problem = problemOf(args);
      if (problem !== undefined) return setResultAndStopExecution({ errors: [problem] });
      // Whatever answer was asked for: an operation is a stream by what it is.
      const { right } = args.contextValue as Carried;
      if (right !== undefined && !(await right.holds())) setResultAndStopExecution({ errors: [rightEnded()] });
    },
  };
}

/**
 * Length of the texts whose parsed documents are kept, with what their validation said: room for all of the dashboard. A character stands for up to some 250
 * bytes of what is kept, so that strangers' documents take 80 megabytes at the worst.
 */
const PARSED_CHARACTERS_MAX = 300_000;
/** The same, of texts that could not be parsed. */
const UNPARSED_CHARACTERS_MAX = 64_000;

/** One GraphQL engine for both transports: limits, context and masking hold wherever an operation comes from. */
export function createGraphql(capabilities: Capabilities, report: ReportFailure, rules: OperationRules) {
  return createYoga<OperationOrigin, Context>({
    schema: buildSchema(),
    graphqlEndpoint: GRAPHQL_PATH,
    context: ({ principal, site }) => ({ ...capabilities, report, principal, site }),
    plugins: [documentLimits(), overHttp(rules), recordedAgents(capabilities.agentRecord, report)],
    maskedErrors: {
      isDev: false,
      maskError: (error, message) => {
        const cause = causeOf(error);
        if (cause instanceof CursorError) return badInput(cause.message);
        const masked = maskError(error, message, false);
        if (masked.message === message) report('an operation failed', cause);
        return shortened(masked);
      },
      errorMessage: 'Something failed here. It is written to the server’s log.',
    },
    parserAndValidationCache: {
      documentCache: new TextCache<DocumentNode>(PARSED_CHARACTERS_MAX),
      errorCache: new TextCache<unknown>(UNPARSED_CHARACTERS_MAX),
    },
    maxRequestBodySize: BODY_BYTES_MAX,
    graphiql: false,
    landingPage: false,
    multipart: false,
    batching: false,
    cors: false,
    logging: false,
  });
}

export type HandleGraphql = (request: IncomingMessage, response: ServerResponse, origin: OperationOrigin) => Promise<void>;

/** The engine as a handler of node's requests. */
export const graphqlHandler =
  (graphql: GraphqlServer): HandleGraphql =>
  async (request, response, origin) => {
    await graphql(request, response, origin);
  };
