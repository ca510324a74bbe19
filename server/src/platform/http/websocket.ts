import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { GraphQLError } from 'graphql';
import type { ExecutionArgs } from 'graphql';
import { CloseCode } from 'graphql-ws';
import type { SubscribePayload } from 'graphql-ws';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import type { WebSocket } from 'ws';
import type { Accounts, Authenticated } from './credentials.ts';
import { sessionSecret } from './credentials.ts';
import { isSameOrigin } from './guards.ts';
import { GRAPHQL_PATH } from './graphql-endpoint.ts';
import type { GraphqlServer, OperationOrigin } from './graphql-endpoint.ts';
import { LiveSockets } from './live-sockets.ts';

export const SOCKET_LIMITS = {
  connectionsMax: 200,
  subscriptionsMax: 50,
  messageBytesMax: 128 * 1024,
  initTimeoutMs: 3_000,
  keepAliveMs: 12_000,
} as const;

export interface Sockets {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Ends every socket that rests on this proof. */
  closeFor(proof: string): void;
  openCount(): number;
  close(): Promise<void>;
}

type Enveloped = ReturnType<GraphqlServer['getEnveloped']>;
/** Execution is carried by the root value, so that the engine's own plugins run it. */
type RootValue = Pick<Enveloped, 'execute' | 'subscribe'>;

/** `extra` of a connection, once it is accepted. */
interface Extra extends Record<PropertyKey, unknown> {
  authenticated?: Authenticated;
}

/** A key from the first message, else the session from the cookie: a cookie counts only for pages of this server itself. */
async function authenticateSocket(request: IncomingMessage, parameters: unknown, accounts: Accounts): Promise<Authenticated | undefined> {
  const key = typeof parameters === 'object' && parameters !== null && 'apiKey' in parameters ? parameters.apiKey : undefined;
  if (typeof key === 'string') return key.length > 200 ? undefined : accounts.byApiKey(key);
  const secret = isSameOrigin(request.headers) ? sessionSecret(request.headers) : undefined;
  return secret === undefined ? undefined : accounts.bySession(secret);
}

async function executionArgs(
  graphql: GraphqlServer,
  origin: OperationOrigin,
  params: SubscribePayload,
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
  const rootValue: RootValue = { execute, subscribe };
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

function startProtocol(graphql: GraphqlServer, accounts: Accounts, server: WebSocketServer, live: LiveSockets) {
  return useServer<Record<string, unknown>, Extra>(
    {
      connectionInitWaitTimeout: SOCKET_LIMITS.initTimeoutMs,
      execute: (args) => rootOf(args).execute(args),
      subscribe: (args) => rootOf(args).subscribe(args),
      onConnect: async ({ extra, connectionParams }) => {
        const authenticated = await authenticateSocket(extra.request, connectionParams, accounts);
        if (authenticated === undefined) return false;
        extra.authenticated = authenticated;
        live.accept(extra.socket, authenticated);
        // What ended while it was being checked has closed no socket that it did not know of.
        return (await authenticateSocket(extra.request, connectionParams, accounts)) !== undefined;
      },
      onSubscribe: async ({ extra, subscriptions }, _id, params) => {
        if (Object.keys(subscriptions).length > SOCKET_LIMITS.subscriptionsMax) {
          return [new GraphQLError(`At most ${SOCKET_LIMITS.subscriptionsMax} operations at once on one socket.`)];
        }
        return executionArgs(graphql, { principal: extra.authenticated?.principal }, params);
      },
      isProd: true,
    },
    server,
    SOCKET_LIMITS.keepAliveMs,
  );
}

const REFUSALS = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' } as const;

function refuse(socket: Duplex, status: keyof typeof REFUSALS): void {
  socket.end(`HTTP/1.1 ${status} ${REFUSALS[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Subscriptions and operations over WebSocket, on the same path and by the same engine as over HTTP. */
export function openSockets(graphql: GraphqlServer, accounts: Accounts): Sockets {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: SOCKET_LIMITS.messageBytesMax,
    perMessageDeflate: false,
    clientTracking: true,
  });
  const live = new LiveSockets();
  const protocol = startProtocol(graphql, accounts, server, live);
  return {
    upgrade: (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      // A secret in the address would be written to logs on the way.
      if (request.url !== GRAPHQL_PATH) return refuse(socket, request.url?.startsWith(`${GRAPHQL_PATH}?`) === true ? 400 : 404);
      if (request.headers.origin !== undefined && !isSameOrigin(request.headers)) return refuse(socket, 403);
      if (server.clients.size >= SOCKET_LIMITS.connectionsMax) return refuse(socket, 503);
      server.handleUpgrade(request, socket, head, (opened: WebSocket) => {
        server.emit('connection', opened, request);
        // The protocol's own listener prints a stack for whatever a stranger sends; ours ends the socket in silence.
        opened.removeAllListeners('error');
        live.watch(opened);
      });
    },
    closeFor: (proof) => live.closeFor(proof, CloseCode.Forbidden, 'Logged out'),
    openCount: () => server.clients.size,
    close: async () => {
      live.stop();
      await protocol.dispose();
      for (const client of server.clients) client.terminate();
    },
  };
}
