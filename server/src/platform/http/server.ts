import { createServer as createHttpServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { DrawingFailed } from '../drawing/drawing.ts';
import type { ReportFailure } from '../../graphql/command.ts';
import type { Capabilities } from '../../graphql/context.ts';
import type { Accounts } from './credentials.ts';
import { createGraphql, graphqlHandler } from './graphql-endpoint.ts';
import { DatabaseUnavailable } from '../database-unavailable.ts';
import { isOurHost } from './guards.ts';
import { openMetrics } from './metrics.ts';
import { routeRequest } from './routes.ts';
import type { Reports } from './routes.ts';
import { SECURITY_HEADERS } from './security-headers.ts';
import { openStaticFiles } from './static-files.ts';
import { openSockets } from './websocket.ts';
import type { Sockets } from './websocket.ts';

export interface ServerOptions {
  readonly capabilities: Capabilities;
  readonly accounts: Accounts;
  readonly reports: Reports;
  /** Folder of the built dashboard. */
  readonly webBuild: string;
  /** Loopback where absent. */
  readonly host?: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Names other than loopback under which browsers may reach this server. */
  readonly allowedHosts?: readonly string[];
  /** Where failures are written for the operator. */
  readonly report: ReportFailure;
}

export interface RunningServer {
  readonly url: string;
  /** Sockets open now. */
  socketCount(): number;
  close(): Promise<void>;
}

const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
const CONNECTIONS_MAX = 500;
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

function listen(server: Server, port: number, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('Invariant: a TCP server has an address and a port');
      resolve(`http://${host.includes(':') ? `[${host}]` : host}:${address.port}`);
    });
  });
}

async function closeServer(server: Server, sockets: Sockets): Promise<void> {
  await sockets.close();
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

/** API, live updates, reports and dashboard on one port. Rejects where the port is taken. */
export async function createServer(options: ServerOptions): Promise<RunningServer> {
  const { capabilities, accounts, reports, report, host = DEFAULT_HOST } = options;
  const graphql = createGraphql(capabilities, report);
  const sockets = openSockets(graphql, accounts);
  const stopListening = accounts.onEnded((proof) => sockets.closeFor(proof));
  const staticFiles = await openStaticFiles(options.webBuild);
  const allowedHosts = new Set((options.allowedHosts ?? []).map((name) => name.toLowerCase()));
  const metrics = openMetrics(capabilities, () => sockets.openCount());
  const parts = { graphql: graphqlHandler(graphql), accounts, reports, metrics, staticFiles };
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    if (!isOurHost(request.headers, allowedHosts)) {
      response.writeHead(421, { 'Content-Type': 'text/plain; charset=utf-8' }).end('This server does not answer under that name.\n');
      return;
    }
    routeRequest(request, response, parts).catch((error: unknown) => answerFailure(response, report, error));
  };
  const server = createHttpServer(
    { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS, maxHeaderSize: 16 * 1024 },
    handle,
  );
  server.maxConnections = CONNECTIONS_MAX;
  server.on('upgrade', (request, socket, head) => {
    if (isOurHost(request.headers, allowedHosts)) sockets.upgrade(request, socket, head);
    else socket.destroy();
  });
  const url = await listen(server, options.port, host);
  return {
    url,
    socketCount: () => sockets.openCount(),
    close: async () => {
      stopListening();
      await closeServer(server, sockets);
    },
  };
}
