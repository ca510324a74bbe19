import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server as TlsServer } from 'node:https';
import { readyTools } from '../../agents/mcp/server.ts';
import type { OpenDoor } from '../../agents/runner/offered-tool.ts';
import { DrawingFailed } from '../drawing/drawing.ts';
import type { ReportFailure } from '../../graphql/command.ts';
import type { Capabilities } from '../../graphql/context.ts';
import type { Accounts } from './credentials.ts';
import { EventStreams } from './event-streams.ts';
import { createGraphql, graphqlHandler } from './graphql-endpoint.ts';
import { operationRules } from './graphql-operations.ts';
import type { OperationSettings } from './graphql-operations.ts';
import { DatabaseUnavailable } from '../database-unavailable.ts';
import { crossOrigin } from './cross-origin.ts';
import { isOurHost, ourPages } from './guards.ts';
import { agentDoor } from './agent-door.ts';
import { schemaOf } from './graphql-in-process.ts';
import { openMcpEndpoint } from './mcp-endpoint.ts';
import { openMetrics } from './metrics.ts';
import { routeRequest } from './routes.ts';
import type { Reports } from './routes.ts';
import { SECURITY_HEADERS, STRICT_TRANSPORT } from './security-headers.ts';
import { openDocuments, openStaticFiles } from './static-files.ts';
import { readTls, renewTls, TLS_VERSION_MIN } from './tls.ts';
import type { TlsFiles } from './tls.ts';
import { readTrustedDocuments } from './trusted-documents.ts';
import { Underway } from './underway.ts';
import { openSockets } from './websocket.ts';
import type { Sockets } from './websocket.ts';

export interface ServerOptions {
  readonly capabilities: Capabilities;
  readonly accounts: Accounts;
  readonly reports: Reports;
  /** Folder of the built dashboard. */
  readonly webBuild: string;
  /** Folder of the built documents. */
  readonly docsBuild: string;
  /** What the build wrote: trusted documents by id. None where absent. */
  readonly documentManifest?: string;
  /** Texts of trusted documents beside those: what commands ask. */
  readonly commandDocuments?: readonly string[];
  /** What operations may be, and how many: the defaults where absent. */
  readonly operations?: OperationSettings | undefined;
  /** How many sockets at once; {@link SOCKET_LIMITS} says the usual. */
  readonly socketsMax?: number;
  /** Loopback where absent. */
  readonly host?: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Speaks TLS where they are given, and plain HTTP else. */
  readonly tls?: TlsFiles | undefined;
  /** How often a renewed certificate is looked for. */
  readonly tlsLookMs?: number;
  /** Names other than loopback under which browsers may reach this server. */
  readonly allowedHosts?: readonly string[];
  /** Origins of dashboards that stand elsewhere, like `https://desk.example.com`: none where absent, and then no other site may call. */
  readonly dashboards?: readonly string[];
  /** Where failures are written for the operator. */
  readonly report: ReportFailure;
}

export interface RunningServer {
  readonly url: string;
  /** Sockets open now. */
  socketCount(): number;
  /** For agents that this server runs. */
  readonly openDoor: OpenDoor;
  close(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CONNECTIONS_MAX = 12_500;
/** An order's answer takes milliseconds; what takes longer than this is a document, which can be asked for again. */
const DRAIN_MS = 3_000;
const TLS_LOOK_MS = 30_000;
const DEFAULT_HOST = '127.0.0.1';

const DATABASE_GONE =
  'The database does not answer. No order is sent meanwhile; nothing that was written is lost. Bring it back, then restart the server if trading is halted.';

function answerFailure(response: ServerResponse, report: ReportFailure, error: unknown): void {
  report('a request failed', error);
  if (error instanceof DrawingFailed && !response.headersSent) {
    response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' }).end(`${error.message}\n`);
    return;
  }
  if (error instanceof DatabaseUnavailable && !response.headersSent) {
    const body = JSON.stringify({ errors: [{ message: DATABASE_GONE, extensions: { code: 'DATABASE_UNAVAILABLE' } }] });
    response
      .writeHead(503, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', 'Retry-After': '5' })
      .end(body);
    return;
  }
  if (!response.headersSent) response.writeHead(500, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end('Something failed here. It is written to the server’s log.\n');
}

function listen(server: Server | TlsServer, port: number, host: string, scheme: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('Invariant: a TCP server has an address and a port');
      resolve(`${scheme}://${host.includes(':') ? `[${host}]` : host}:${address.port}`);
    });
  });
}

/** Takes no more, lets what has begun come to its answer, tells the sockets, and then cuts off what is still there. */
async function closeServer(server: Server | TlsServer, sockets: Sockets, underway: Underway): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  await Promise.all([sockets.close(), underway.ended(DRAIN_MS)]);
  server.closeAllConnections();
  await closed;
}

type Handle = (request: IncomingMessage, response: ServerResponse) => void;
interface Listener {
  readonly server: Server | TlsServer;
  readonly scheme: 'http' | 'https';
  readonly stopRenewing: () => void;
}

/** Plain HTTP, or TLS where certificate and key are configured. */
async function openListener({ tls, tlsLookMs = TLS_LOOK_MS, report }: ServerOptions, handle: Handle): Promise<Listener> {
  const limits = { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, maxHeaderSize: 16 * 1024 };
  if (tls === undefined) return { server: createHttpServer(limits, handle), scheme: 'http', stopRenewing: () => undefined };
  const pair = await readTls(tls);
  const server = createTlsServer({ ...limits, ...pair, minVersion: TLS_VERSION_MIN }, handle);
  return { server, scheme: 'https', stopRenewing: renewTls(server, tls, pair, report, tlsLookMs) };
}

/** API, live updates, reports and dashboard on one port. Rejects where the port is taken. */
export async function createServer(options: ServerOptions): Promise<RunningServer> {
  const { capabilities, accounts, reports, report, host = DEFAULT_HOST } = options;
  const trusted =
    options.documentManifest === undefined ? undefined : await readTrustedDocuments(options.documentManifest, options.commandDocuments);
  const metrics = openMetrics(capabilities, () => sockets.openCount());
  const rules = operationRules({ settings: options.operations, trusted, onRefused: metrics.refused });
  const graphql = createGraphql(capabilities, report, rules);
  const dashboards = new Set(options.dashboards);
  const isOurPage = ourPages(dashboards);
  const sockets = openSockets({ graphql, rules }, { accounts, isOurPage }, report, options.socketsMax);
  const streams = new EventStreams((proof) => accounts.byProof(proof));
  const stopListening = accounts.onEnded((proof) => {
    sockets.closeFor(proof);
    streams.endFor(proof);
  });
  const stopWatching = accounts.watchOpen(() => [...sockets.resting(), ...streams.resting()]);
  const staticFiles = await openStaticFiles(options.webBuild);
  const documents = await openDocuments(options.docsBuild);
  const allowedHosts = new Set((options.allowedHosts ?? []).map((name) => name.toLowerCase()));
  const tools = readyTools(schemaOf({ graphql }));
  const agents = { graphql, rules, accounts, record: capabilities.agentRecord, report };
  const mcp = openMcpEndpoint({ ...agents, streams, isOurPage, tools });
  const parts = { graphql: graphqlHandler(graphql), mcp, streams, accounts, reports, metrics, staticFiles, documents, isOurPage };
  const underway = new Underway();
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if (options.tls !== undefined || request.headers['x-forwarded-proto'] === 'https')
      response.setHeader('Strict-Transport-Security', STRICT_TRANSPORT);
    if (!isOurHost(request.headers, allowedHosts)) {
      response.writeHead(421, { 'Content-Type': 'text/plain; charset=utf-8' }).end('This server does not answer under that name.\n');
      return;
    }
    if (underway.isEnding) {
      response
        .writeHead(503, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close', 'Retry-After': '5' })
        .end('The server stops.\n');
      return;
    }
    if (crossOrigin(request, response, dashboards)) return;
    underway.add(response);
    routeRequest(request, response, parts).catch((error: unknown) => answerFailure(response, report, error));
  };
  const { server, scheme, stopRenewing } = await openListener(options, handle);
  server.maxConnections = CONNECTIONS_MAX;
  server.on('upgrade', (request, socket, head) => {
    if (isOurHost(request.headers, allowedHosts)) sockets.upgrade(request, socket, head);
    else socket.destroy();
  });
  const url = await listen(server, options.port, host, scheme);
  return {
    url,
    socketCount: () => sockets.openCount(),
    openDoor: agentDoor(agents, tools),
    close: async () => {
      stopListening();
      stopWatching();
      streams.endAll();
      await mcp.close();
      stopRenewing();
      await closeServer(server, sockets, underway);
    },
  };
}
