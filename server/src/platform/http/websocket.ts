import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import type { ExecutionArgs } from 'graphql';
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws';
import type { Server, SubscribePayload } from 'graphql-ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { ReportFailure } from '../../graphql/command.ts';
import type { Accounts, Authenticated, Resting } from './credentials.ts';
import { sessionSecret } from './credentials.ts';
import type { IsOurPage } from './guards.ts';
import { GRAPHQL_PATH } from './graphql-endpoint.ts';
import type { GraphqlServer, OperationOrigin } from './graphql-endpoint.ts';
import { LiveSockets } from './live-sockets.ts';
import { siteOf } from './site.ts';
import { speak } from './socket-protocol.ts';
import type { Extra } from './socket-protocol.ts';
import { sharedSubscriptions, socketOutlet } from './graphql-shared-operations.ts';
import type { Subscribe } from './graphql-shared-operations.ts';

export const SOCKET_LIMITS = {
  connectionsMax: 12_000,
  subscriptionsMax: 50,
  messageBytesMax: 128 * 1024,
  initTimeoutMs: 3_000,
  keepAliveMs: 12_000,
  /** How long a reader may take to answer that its socket is closed. */
  closeTimeoutMs: 1_000,
} as const;

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends every socket that rests on this proof. */
  closeFor(proof: string): void;
  /** What open sockets rest on, with the role that they were opened with. */
  resting(): readonly Resting[];
  openCount(): number;
  /** Tells every client that the server goes away; who has not answered after a moment is cut off. */
  close(): Promise<void>;
}

type Enveloped = ReturnType<GraphqlServer['getEnveloped']>;
/** Execution is carried by the root value, so that the engine's own plugins run it; and what a subscription is shared by. */
type RootValue = Pick<Enveloped, 'execute'> & { readonly subscribe: Subscribe };

/** Who may open a socket, and from which pages. */
export interface Admission {
  readonly accounts: Accounts;
  readonly isOurPage: IsOurPage;
}

/** A key from the first message, else the session from the cookie: a cookie counts only for our own pages. */
async function authenticateSocket(
  request: IncomingMessage,
  parameters: unknown,
  { accounts, isOurPage }: Admission,
): Promise<Authenticated | undefined> {
  const key = typeof parameters === 'object' && parameters !== null && 'apiKey' in parameters ? parameters.apiKey : undefined;
  if (typeof key === 'string') return key.length > 200 ? undefined : accounts.byApiKey(key);
  const secret = isOurPage(request.headers) ? sessionSecret(request.headers) : undefined;
  return secret === undefined ? undefined : accounts.bySession(secret);
}

async function executionArgs(
  graphql: GraphqlServer,
  origin: OperationOrigin,
  params: SubscribePayload,
  share: (subscribe: Subscribe) => Subscribe,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  const enveloped = graphql.getEnveloped({ ...origin, params });
  const { schema, parse, validate, contextFactory, execute, subscribe } = enveloped;
  let document;
  try {
    document = parse(params.query);
  } catch (error) {
    if (error instanceof GraphQLError) return [error];
    throw error;
  }
  const errors = validate(schema, document);
  if (errors.length > 0) return errors;
  const rootValue: RootValue = { execute, subscribe: share((args) => subscribe(args)) };
  return {
    schema,
    document,
    operationName: params.operationName,
    variableValues: params.variables,
    contextValue: await contextFactory(),
    rootValue,
  };
}

const rootOf = (args: ExecutionArgs): RootValue => args.rootValue as RootValue;

function startProtocol(graphql: GraphqlServer, admission: Admission, live: LiveSockets): Server<Extra> {
  const subscribeShared = sharedSubscriptions();
  return makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: SOCKET_LIMITS.initTimeoutMs,
    execute: (args) => rootOf(args).execute(args),
    subscribe: (args) => rootOf(args).subscribe(args),
    onConnect: async ({ extra, connectionParams }) => {
      const authenticated = await authenticateSocket(extra.request, connectionParams, admission);
      if (authenticated === undefined) return false;
      extra.authenticated = authenticated;
      live.accept(extra.socket, authenticated);
      // What ended while it was being checked has closed no socket that it did not know of.
      return (await authenticateSocket(extra.request, connectionParams, admission)) !== undefined;
    },
    onSubscribe: async ({ extra, subscriptions }, id, params) => {
      if (Object.keys(subscriptions).length > SOCKET_LIMITS.subscriptionsMax) {
        return [new GraphQLError(`At most ${SOCKET_LIMITS.subscriptionsMax} operations at once on one socket.`)];
      }
      const outlet = socketOutlet(extra.socket, extra.request.socket, id);
      return executionArgs(
        graphql,
        { principal: extra.authenticated?.principal, site: siteOf(extra.request.headers, admission.isOurPage) },
        params,
        (subscribe) => (args) => subscribeShared(args, { query: params.query, outlet, subscribe }),
      );
    },
  });
}

const REFUSALS = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' } as const;

function refuse(socket: Duplex, status: keyof typeof REFUSALS): void {
  socket.end(`HTTP/1.1 ${status} ${REFUSALS[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Subscriptions and operations over WebSocket, on the same path and by the same engine as over HTTP. */
export function openSockets(
  graphql: GraphqlServer,
  admission: Admission,
  report: ReportFailure,
  connectionsMax: number = SOCKET_LIMITS.connectionsMax,
): Sockets {
  const options = {
    noServer: true,
    maxPayload: SOCKET_LIMITS.messageBytesMax,
    perMessageDeflate: false,
    // Newer than the library's types.
    closeTimeout: SOCKET_LIMITS.closeTimeoutMs,
    clientTracking: true,
    handleProtocols,
  };
  const server = new WebSocketServer(options);
  const live = new LiveSockets(SOCKET_LIMITS.keepAliveMs, (proof) => admission.accounts.byProof(proof));
  const protocol = startProtocol(graphql, admission, live);
  let closing = false;
  return {
    upgrade: (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      // A secret in the address would be written to logs on the way.
      if (closing) return refuse(socket, 503);
      if (request.url !== GRAPHQL_PATH) return refuse(socket, request.url?.startsWith(`${GRAPHQL_PATH}?`) === true ? 400 : 404);
      if (request.headers.origin !== undefined && !admission.isOurPage(request.headers)) return refuse(socket, 403);
      if (server.clients.size >= connectionsMax) return refuse(socket, 503);
      server.handleUpgrade(request, socket, head, (opened: WebSocket) => {
        live.watch(opened, socket as Socket);
        speak(protocol, opened, request, report);
      });
    },
    closeFor: (proof) => live.closeFor(proof, CloseCode.Forbidden, 'Logged out'),
    resting: () => live.resting(),
    openCount: () => server.clients.size,
    close: async () => {
      closing = true;
      live.stop();
      for (const client of server.clients) client.close(1001, 'Going away');
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
