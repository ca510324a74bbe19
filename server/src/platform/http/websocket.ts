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
import type { Asked, OperationRules } from './graphql-operations.ts';
import { LiveSockets } from './live-sockets.ts';
import { siteOf } from './site.ts';
import { speak } from './socket-protocol.ts';
import type { Caller, Extra } from './socket-protocol.ts';
import { sharedSubscriptions, socketOutlet } from './graphql-shared-operations.ts';
import type { Subscribe } from './graphql-shared-operations.ts';
import { Turnstile } from './turnstile.ts';

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

/** A cookie counts only for our own pages. */
const callerOf = ({ headers }: IncomingMessage, wire: Duplex, { isOurPage }: Admission): Caller => ({
  wire,
  site: siteOf(headers, isOurPage),
  secret: isOurPage(headers) ? sessionSecret(headers) : undefined,
});

/** A key from the first message, else the session from the cookie. */
async function authenticateSocket(
  secret: string | undefined,
  parameters: unknown,
  { accounts }: Admission,
): Promise<Authenticated | undefined> {
  const key = typeof parameters === 'object' && parameters !== null && 'apiKey' in parameters ? parameters.apiKey : undefined;
  if (typeof key === 'string') return key.length > 200 ? undefined : accounts.byApiKey(key);
  return secret === undefined ? undefined : accounts.bySession(secret);
}

/** What runs an operation that came over a socket. */
interface Engine {
  readonly graphql: GraphqlServer;
  readonly rules: OperationRules;
}

/** A socket has no status and no headers. */
function withoutHttp({ message, nodes, source, positions, path, extensions }: GraphQLError): GraphQLError {
  const said = Object.fromEntries(Object.entries(extensions).filter(([name]) => name !== 'http'));
  return new GraphQLError(message, { nodes, source, positions, path, extensions: said });
}

/** Why an operation that cannot run is not even answered with what is wrong with it. */
const unreadable = ({ rules }: Engine, { principal }: OperationOrigin, query: string): GraphQLError | undefined =>
  principal === undefined ? undefined : rules.rates.whenUnreadable(principal, query);

/** Throws where the operation is refused before it is valid. */
function readOperation(engine: Engine, origin: OperationOrigin, asked: SubscribePayload & Asked) {
  const { graphql, rules } = engine;
  const { operationName, variables, extensions } = asked;
  const query = String(rules.textOf(asked, origin.principal));
  const enveloped = graphql.getEnveloped({ ...origin, params: { query, operationName, variables, extensions } });
  try {
    return { query, enveloped, document: enveloped.parse(query) };
  } catch (error) {
    throw unreadable(engine, origin, query) ?? error;
  }
}

async function executionArgs(
  engine: Engine,
  origin: OperationOrigin,
  asked: SubscribePayload & Asked,
  share: (subscribe: Subscribe, query: string) => Subscribe,
): Promise<ExecutionArgs | readonly GraphQLError[]> {
  let read;
  try {
    read = readOperation(engine, origin, asked);
  } catch (error) {
    if (error instanceof GraphQLError) return [withoutHttp(error)];
    throw error;
  }
  const { query, document, enveloped } = read;
  const { schema, validate, contextFactory, execute, subscribe } = enveloped;
  const errors = validate(schema, document);
  if (errors.length > 0) {
    const problem = unreadable(engine, origin, query);
    return problem === undefined ? errors : [withoutHttp(problem)];
  }
  const { operationName, variables } = asked;
  const { principal } = origin;
  const tooMuch =
    principal === undefined ? undefined : engine.rules.rates.beforeRunning(principal, { text: query, document, operationName, variables });
  if (tooMuch !== undefined) return [withoutHttp(tooMuch)];
  const rootValue: RootValue = { execute, subscribe: share((args) => subscribe(args), query) };
  return {
    schema,
    document,
    operationName,
    variableValues: variables,
    contextValue: await contextFactory(),
    rootValue,
  };
}

const rootOf = (args: ExecutionArgs): RootValue => args.rootValue as RootValue;

function startProtocol(engine: Engine, admission: Admission, live: LiveSockets): Server<Extra> {
  const subscribeShared = sharedSubscriptions();
  return makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: SOCKET_LIMITS.initTimeoutMs,
    execute: (args) => rootOf(args).execute(args),
    subscribe: (args) => rootOf(args).subscribe(args),
    onConnect: async ({ extra, connectionParams }) => {
      const { secret } = extra;
      extra.secret = undefined;
      const authenticated = await authenticateSocket(secret, connectionParams, admission);
      if (authenticated === undefined) return false;
      extra.authenticated = authenticated;
      live.accept(extra.socket, authenticated);
      // What ended while it was being checked has closed no socket that it did not know of.
      return (await authenticateSocket(secret, connectionParams, admission)) !== undefined;
    },
    onSubscribe: async ({ extra, subscriptions }, id, params) => {
      if (Object.keys(subscriptions).length > SOCKET_LIMITS.subscriptionsMax) {
        return [new GraphQLError(`At most ${SOCKET_LIMITS.subscriptionsMax} operations at once on one socket.`)];
      }
      const outlet = socketOutlet(extra.socket, extra.wire, id);
      return executionArgs(
        engine,
        { principal: extra.authenticated?.principal, site: extra.site },
        params,
        (subscribe, query) => (args) => subscribeShared(args, { query, outlet, subscribe }),
      );
    },
  });
}

const REFUSALS = { 400: 'Bad Request', 403: 'Forbidden', 404: 'Not Found', 503: 'Service Unavailable' } as const;

/** Nothing else ends a connection whose upgrade was refused: HTTP has let go of it, the other side may never end its own, and may not read either. */
function cutOffSoon(socket: Duplex): void {
  const timer = setTimeout(() => socket.destroy(), SOCKET_LIMITS.closeTimeoutMs).unref();
  socket.once('close', () => clearTimeout(timer));
}

function refuse(socket: Duplex, status: keyof typeof REFUSALS): void {
  cutOffSoon(socket);
  socket.end(`HTTP/1.1 ${status} ${REFUSALS[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

/** Subscriptions and operations over WebSocket, on the same path and by the same engine as over HTTP. */
export function openSockets(
  engine: Engine,
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
  const protocol = startProtocol(engine, admission, live);
  const turnstile = new Turnstile();
  let closing = false;
  return {
    upgrade: (request, socket, head) => {
      socket.on('error', () => socket.destroy());
      // A secret in the address would be written to logs on the way.
      if (closing) return refuse(socket, 503);
      if (request.url !== GRAPHQL_PATH) return refuse(socket, request.url?.startsWith(`${GRAPHQL_PATH}?`) === true ? 400 : 404);
      if (request.headers.origin !== undefined && !admission.isOurPage(request.headers)) return refuse(socket, 403);
      // Those who wait will be in: of a crowd, no more wait than there is room for.
      if (server.clients.size + turnstile.arriving >= connectionsMax) return refuse(socket, 503);
      turnstile.arrive(() => {
        let isOpen = false;
        server.handleUpgrade(request, socket, head, (opened: WebSocket) => {
          isOpen = true;
          live.watch(opened, socket as Socket);
          speak(protocol, opened, callerOf(request, socket, admission), turnstile, report);
        });
        // The library refuses by itself what is no handshake, and waits until that is read.
        if (!isOpen) cutOffSoon(socket);
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
      turnstile.tidyUp();
    },
  };
}
