import type { IncomingMessage, ServerResponse } from 'node:http';
import { authenticate, bearerSecret, endedCookies, sessionCookie, sessionSecret } from './credentials.ts';
import type { Accounts, Authenticated } from './credentials.ts';
import { compressAnswer } from './compressed.ts';
import { MODEL_FILES } from '../../models/files.ts';
import type { ModelFileKind } from '../../models/files.ts';
import type { EventStreams } from './event-streams.ts';
import { BODY_BYTES_MAX, GRAPHQL_PATH } from './graphql-endpoint.ts';
import type { HandleGraphql } from './graphql-endpoint.ts';
import { deviceOf } from './device.ts';
import { graphiqlPage } from './graphiql.ts';
import { isJson } from './guards.ts';
import type { IsOurPage } from './guards.ts';
import { isLogInDoor, logInDoor } from './log-in.ts';
import { rightOf } from './right.ts';
import { siteOf } from './site.ts';
import { contentSecurityPolicy, scriptHashes } from './security-headers.ts';
import { MCP_PATH } from './mcp-endpoint.ts';
import type { McpEndpoint } from './mcp-endpoint.ts';
import type { Metrics } from './metrics.ts';
import type { StaticFiles } from './static-files.ts';

/** Finished runs as documents, and models as files. */
export interface Reports {
  html(runId: string): Promise<string | undefined>;
  json(runId: string): Promise<string | undefined>;
  csv(runId: string, what: 'trades' | 'equity'): Promise<string | undefined>;
  model(modelId: string, file: ModelFileKind): Promise<Uint8Array | undefined>;
}

export interface Parts {
  readonly graphql: HandleGraphql;
  readonly mcp: McpEndpoint;
  readonly streams: EventStreams;
  readonly accounts: Accounts;
  readonly reports: Reports;
  readonly metrics: Metrics;
  readonly staticFiles: StaticFiles;
  readonly documents: StaticFiles;
  readonly isOurPage: IsOurPage;
}

const LOG_IN_FIRST = 'Log in first: open the link that the server printed at start.';

const text = (response: ServerResponse, status: number, body: string, headers: Readonly<Record<string, string>> = {}): void => {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store', ...headers }).end(`${body}\n`);
};

/** GraphQL's own shape for refusals, so that clients have one way to read them. */
const refuseGraphql = (
  response: ServerResponse,
  status: number,
  code: string,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void => {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', ...headers });
  response.end(JSON.stringify({ errors: [{ message, extensions: { code } }] }));
};

const refuseStranger = (response: ServerResponse): void =>
  refuseGraphql(response, 401, 'UNAUTHENTICATED', 'Log in first: open the link that the server printed at start, or send an API key.');

const wantsPage = ({ method, headers }: IncomingMessage): boolean => method === 'GET' && (headers.accept ?? '').includes('text/html');

/** The explorer of the API, for whoever is logged in. */
async function graphiql(request: IncomingMessage, response: ServerResponse, { accounts }: Parts): Promise<void> {
  if ((await authenticate(request.headers, accounts)) === undefined) return text(response, 401, LOG_IN_FIRST);
  const page = await graphiqlPage();
  const headers = { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': page.contentSecurityPolicy };
  response.writeHead(200, { ...headers, 'Cache-Control': 'no-store' }).end(page.html);
}

/** A secret that is old is replaced with the answer: a copy of it that somebody took opens nothing for long. */
async function renewSecret(
  request: IncomingMessage,
  response: ServerResponse,
  { renewalDue }: Authenticated,
  accounts: Accounts,
): Promise<void> {
  const secret = renewalDue ? sessionSecret(request.headers) : undefined;
  const renewed = secret === undefined ? undefined : await accounts.renew(secret);
  if (renewed !== undefined) response.setHeader('Set-Cookie', sessionCookie(request.headers, renewed));
}

async function graphql(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const { accounts, graphql: handle, isOurPage } = parts;
  if (request.method !== 'POST') return refuseGraphql(response, 405, 'METHOD_NOT_ALLOWED', 'Send operations by POST.', { Allow: 'POST' });
  if (!isJson(request.headers)) return refuseGraphql(response, 415, 'JSON_ONLY', 'Send application/json.');
  // A few bytes could unpack to gigabytes.
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    return refuseGraphql(response, 415, 'NOT_COMPRESSED', 'Send the body as it is, not compressed.', { Connection: 'close' });
  }
  if (Number(request.headers['content-length'] ?? 0) > BODY_BYTES_MAX) {
    return refuseGraphql(response, 413, 'BODY_TOO_LARGE', `A body has at most ${BODY_BYTES_MAX} bytes.`, { Connection: 'close' });
  }
  // A page elsewhere can make a browser send our cookie only with its own Origin; programs with a key send none.
  const foreign = request.headers.origin !== undefined && !isOurPage(request.headers);
  if (
    foreign ||
    (bearerSecret(request.headers) === undefined && sessionSecret(request.headers) !== undefined && !isOurPage(request.headers))
  ) {
    return refuseGraphql(response, 403, 'FOREIGN_ORIGIN', 'This request comes from another site, or does not say where it comes from.');
  }
  const authenticated = await authenticate(request.headers, accounts);
  if (authenticated === undefined) return refuseStranger(response);
  const right = rightOf(request, response, authenticated, parts);
  compressAnswer(request, response);
  response.setHeader('Cache-Control', 'no-store');
  await renewSecret(request, response, authenticated, accounts);
  await handle(request, response, { principal: authenticated.principal, site: siteOf(request.headers, isOurPage), right });
}

/** Spends the one-time token of the link and comes back as a session, at an address without the token. */
async function login(request: IncomingMessage, response: ServerResponse, { accounts }: Parts): Promise<void> {
  const token = new URL(request.url ?? '/', 'http://server.invalid').searchParams.get('token') ?? '';
  const session = token === '' || token.length > 200 ? undefined : await accounts.redeemLogin(token, deviceOf(request));
  if (session === undefined)
    return text(response, 403, 'This link has been used, has expired or was never given. Each start of the server prints a new one.');
  response.writeHead(303, { Location: '/', 'Set-Cookie': sessionCookie(request.headers, session), 'Cache-Control': 'no-store' }).end();
}

async function logout(request: IncomingMessage, response: ServerResponse, { accounts, isOurPage }: Parts): Promise<void> {
  if (request.method !== 'POST') return text(response, 405, 'Log out by POST.', { Allow: 'POST' });
  if (!isOurPage(request.headers)) return text(response, 403, 'This request comes from another site.');
  const secret = sessionSecret(request.headers);
  if (secret !== undefined) await accounts.endSession(secret);
  response.writeHead(303, { Location: '/', 'Set-Cookie': [...endedCookies(request.headers)], 'Cache-Control': 'no-store' }).end();
}

const REPORT = /^\/reports\/([A-Za-z0-9_-]{1,100})\.(html|json|trades\.csv|equity\.csv)$/;
type ReportKind = 'html' | 'json' | 'trades.csv' | 'equity.csv';

function reportBody(id: string, kind: ReportKind, reports: Reports): Promise<string | undefined> {
  if (kind === 'html') return reports.html(id);
  return kind === 'json' ? reports.json(id) : reports.csv(id, kind === 'trades.csv' ? 'trades' : 'equity');
}

function reportHeaders(id: string, kind: ReportKind, body: string): Readonly<Record<string, string>> {
  if (kind === 'html')
    return { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': contentSecurityPolicy(scriptHashes(body)) };
  if (kind === 'json') return { 'Content-Type': 'application/json; charset=utf-8' };
  return { 'Content-Type': 'text/csv; charset=utf-8', 'Content-Disposition': `attachment; filename="${id}.${kind}"` };
}

async function report(
  request: IncomingMessage,
  response: ServerResponse,
  authenticated: Authenticated | undefined,
  [, id = '', kind]: RegExpExecArray,
  { reports }: Parts,
): Promise<void> {
  if (authenticated === undefined) return text(response, 401, LOG_IN_FIRST);
  const body = await reportBody(id, kind as ReportKind, reports);
  if (body === undefined) return text(response, 404, 'There is no such report.');
  compressAnswer(request, response);
  response.writeHead(200, { ...reportHeaders(id, kind as ReportKind, body), 'Cache-Control': 'no-store' }).end(body);
}

const MODEL = /^\/models\/([0-9a-f]{64})\/([a-z.]{1,20})$/;
const MODEL_TYPES: Readonly<Record<ModelFileKind, string>> = {
  'manifest.json': 'application/json; charset=utf-8',
  model: 'application/octet-stream',
  'strategy.wasm': 'application/wasm',
};

/** One of the files of a model, to be put into a folder that `tidemark predict` reads. */
async function modelFile(
  response: ServerResponse,
  authenticated: Authenticated | undefined,
  [, id = '', name]: RegExpExecArray,
  { reports }: Parts,
): Promise<void> {
  if (authenticated === undefined) return text(response, 401, LOG_IN_FIRST);
  const file = MODEL_FILES.find((each) => each === name);
  const body = file === undefined ? undefined : await reports.model(id, file);
  if (file === undefined || body === undefined) return text(response, 404, 'There is no such model, or no such file of it.');
  const headers = { 'Content-Type': MODEL_TYPES[file], 'Content-Disposition': `attachment; filename="${file}"` };
  response.writeHead(200, { ...headers, 'Cache-Control': 'no-store' }).end(body);
}

/** Whether the server can do its work; `/healthz` says that the process lives. */
async function readiness(response: ServerResponse, parts: Parts): Promise<void> {
  const down = await parts.metrics.partsDown();
  return down.length === 0 ? text(response, 200, 'ready') : text(response, 503, `not ready: ${down.join(', ')}`, { 'Retry-After': '5' });
}

async function metrics(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  if ((await authenticate(request.headers, parts.accounts)) === undefined)
    return text(response, 401, 'Send the API key of a viewer: Authorization: Bearer tmk_…', { 'WWW-Authenticate': 'Bearer' });
  compressAnswer(request, response);
  response.writeHead(200, { 'Content-Type': parts.metrics.contentType, 'Cache-Control': 'no-store' }).end(await parts.metrics.read());
}

/** Sends each request to its part. */
export async function routeRequest(request: IncomingMessage, response: ServerResponse, parts: Parts): Promise<void> {
  const [path = '/'] = (request.url ?? '/').split('?', 1);
  if (path === GRAPHQL_PATH && wantsPage(request)) return graphiql(request, response, parts);
  if (path === GRAPHQL_PATH) return graphql(request, response, parts);
  if (path === MCP_PATH) return parts.mcp.handle(request, response);
  if (path === '/logout') return logout(request, response, parts);
  if (request.method === 'POST' && isLogInDoor(path)) return logInDoor(request, response, path, parts);
  if (request.method !== 'GET' && request.method !== 'HEAD') return text(response, 405, 'Only GET here.', { Allow: 'GET, HEAD' });
  if (path === '/healthz') return text(response, 200, 'ok');
  if (path === '/readyz') return readiness(response, parts);
  if (path === '/metrics') return metrics(request, response, parts);
  if (path === '/login' && request.method === 'GET') return login(request, response, parts);
  const asked = REPORT.exec(path);
  if (asked !== null) return report(request, response, await authenticate(request.headers, parts.accounts), asked, parts);
  const model = MODEL.exec(path);
  if (model !== null) return modelFile(response, await authenticate(request.headers, parts.accounts), model, parts);
  if (!parts.documents(request, response) && !parts.staticFiles(request, response)) text(response, 404, 'There is nothing here.');
}
