import { readFileSync } from 'node:fs';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { createMcpHandler } from '@modelcontextprotocol/server';
import type { McpHttpHandler } from '@modelcontextprotocol/server';
import { openMcpServer } from '../../agents/mcp/server.ts';
import type { ReadyTool } from '../../agents/mcp/server.ts';
import { TOOLS } from '../../agents/mcp/tools.ts';
import type { AgentRecord } from '../../agents/service.ts';
import type { ReportFailure } from '../../graphql/command.ts';
import type { Principal } from '../../graphql/principal.ts';
import { bearerSecret } from './credentials.ts';
import type { Accounts, Authenticated } from './credentials.ts';
import type { EventStreams } from './event-streams.ts';
import type { GraphqlServer } from './graphql-endpoint.ts';
import { actorNamed, mayStopTrading, runInProcess } from './graphql-in-process.ts';
import type { OperationRules } from './graphql-operations.ts';
import { isJson } from './guards.ts';
import type { IsOurPage } from './guards.ts';

export const MCP_PATH = '/mcp';
const BODY_BYTES_MAX = 64 * 1024;
export const { version: VERSION } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

export interface McpParts {
  readonly graphql: GraphqlServer;
  readonly rules: OperationRules;
  readonly accounts: Accounts;
  readonly streams: EventStreams;
  readonly isOurPage: IsOurPage;
  readonly record: AgentRecord;
  readonly tools: readonly ReadyTool[];
  readonly report: ReportFailure;
}

export interface McpEndpoint {
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Ends what is open. */
  close(): Promise<void>;
}

/** JSON-RPC's own shape for refusals, outside of any call. */
const refuse = (response: ServerResponse, status: number, message: string, headers: Readonly<Record<string, string>> = {}): void => {
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store', ...headers });
  response.end(JSON.stringify({ jsonrpc: '2.0', id: null, error: { code: -32_000, message } }));
};

const NO_KEY =
  'Send the API key of an agent: Authorization: Bearer tmk_… One that was revoked or paused, or whose time is over, opens nothing. The page Agents says which, and makes new ones.';
const NO_AGENT =
  'This key is of a service. What comes over this door decides by itself: make a key of the kind agent, on the page Security.';

/** Whether a request is refused before anybody asks who sends it; answers it then. */
function isRefused({ method, headers }: IncomingMessage, response: ServerResponse, isOurPage: IsOurPage): boolean {
  const close = { Connection: 'close' };
  if (method !== 'POST') refuse(response, 405, 'Send messages by POST: there are no sessions here.', { Allow: 'POST' });
  else if (!isJson(headers)) refuse(response, 415, 'Send application/json.');
  else if ((headers['content-encoding'] ?? 'identity') !== 'identity')
    refuse(response, 415, 'Send the body as it is, not compressed.', close);
  else if (Number(headers['content-length'] ?? 0) > BODY_BYTES_MAX)
    refuse(response, 413, `A body has at most ${BODY_BYTES_MAX} bytes.`, close);
  else if (headers.origin !== undefined && !isOurPage(headers)) refuse(response, 403, 'This request comes from another site.');
  else return false;
  return true;
}

/** The body; `undefined` where it is too long. */
async function readBody(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    if (!Buffer.isBuffer(chunk)) throw new Error('Invariant: a request gives bytes');
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** What the library reads of a request's headers, and no secret. */
function passedHeaders(headers: IncomingHttpHeaders): Headers {
  const passed = new Headers();
  for (const [name, value] of Object.entries(headers))
    if (typeof value === 'string' && (name.startsWith('mcp-') || name === 'accept' || name === 'content-type')) passed.set(name, value);
  return passed;
}

/** Writes the library's answer as it comes, for as long as somebody listens. */
async function writeAnswer(answer: Response, response: ServerResponse): Promise<void> {
  response.writeHead(answer.status, { ...Object.fromEntries(answer.headers), 'Cache-Control': 'no-store' });
  response.flushHeaders();
  if (answer.body !== null) {
    const reader = answer.body.getReader();
    response.once('close', () => void reader.cancel().catch(() => undefined));
    for (let part = await reader.read(); !part.done && !response.destroyed; part = await reader.read()) response.write(part.value);
  }
  if (!response.destroyed) response.end();
}

const STOP_TOOLS: readonly string[] = TOOLS.filter(({ scope }) => scope === 'stop').map(({ name }) => name);
const STOPS = STOP_TOOLS.map((name) => `"${name}"`);
/** Whether it is a tool that stops, and the key may stop: what it may not do is refused in any case, and each refusal is written down. */
export const isStop = (tool: string, principal: Principal): boolean => STOP_TOOLS.includes(tool) && mayStopTrading(principal);

/** Whether a message calls a tool that stops, by a key that may. Its name somewhere else in a message makes it none. */
function callsStop(body: string, principal: Principal): boolean {
  if (!STOPS.some((name) => body.includes(name))) return false;
  try {
    const { method, params } = JSON.parse(body) as { readonly method?: unknown; readonly params?: { readonly name?: unknown } | null };
    return method === 'tools/call' && typeof params?.name === 'string' && isStop(params.name, principal);
  } catch (error) {
    // What is wrong with it the library says, to whoever may ask that often.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** Messages count as operations do; what stops is taken at any time, and is counted where it runs. */
function isTooMuch(body: string, { principal }: Authenticated, { rules }: McpParts, response: ServerResponse): boolean {
  if (callsStop(body, principal)) return false;
  const problem = rules.rates.beforeParsing(principal, 'mcp');
  if (problem === undefined) return false;
  refuse(response, 429, problem.message, { 'Retry-After': String(problem.extensions['retryAfterSeconds']) });
  return true;
}

/**
 * The Model Context Protocol on the server's own port. Each request stands by itself and is answered by a server made for its key: there is no session that
 * could outlive a key, and an answer that is under way ends with the key as a stream of events does.
 */
export function openMcpEndpoint(parts: McpParts): McpEndpoint {
  const { accounts, streams, isOurPage, record, tools, report } = parts;
  const open = new Set<McpHttpHandler>();
  const answer = async (request: IncomingMessage, response: ServerResponse, body: string, { principal }: Authenticated): Promise<void> => {
    const ended = new AbortController();
    response.once('close', () => ended.abort());
    const handler = createMcpHandler(
      () =>
        openMcpServer({
          actor: actorNamed(principal),
          scopes: principal.key?.scopes ?? [],
          record,
          clockMs: () => performance.now(),
          report,
          tools,
          run: runInProcess(parts, principal),
          version: VERSION,
          signal: ended.signal,
        }),
      { maxRequestBodySize: BODY_BYTES_MAX, maxSubscriptions: 0 },
    );
    open.add(handler);
    try {
      const asked = new Request(`http://mcp.invalid${MCP_PATH}`, {
        method: 'POST',
        headers: passedHeaders(request.headers),
        body,
        signal: ended.signal,
      });
      await writeAnswer(await handler.fetch(asked), response);
    } catch (error) {
      // Whoever asked is gone, or has no key any more: nobody is there to be told.
      if (!ended.signal.aborted) throw error;
    } finally {
      open.delete(handler);
      await handler.close();
    }
  };
  return {
    handle: async (request, response) => {
      if (isRefused(request, response, isOurPage)) return;
      const secret = bearerSecret(request.headers);
      const authenticated = secret === undefined ? undefined : await accounts.byApiKey(secret);
      if (secret === undefined || authenticated === undefined) return refuse(response, 401, NO_KEY, { 'WWW-Authenticate': 'Bearer' });
      if (authenticated.principal.key?.kind !== 'agent') return refuse(response, 403, NO_AGENT);
      const body = await readBody(request);
      if (body === undefined) return refuse(response, 413, `A body has at most ${BODY_BYTES_MAX} bytes.`, { Connection: 'close' });
      if (/^\s*\[/.test(body)) return refuse(response, 400, 'One message a request: batches are not taken.');
      if (isTooMuch(body, authenticated, parts, response)) return;
      streams.watch(response, authenticated);
      // What ended while it was being checked has ended no answer that it did not know of.
      if ((await accounts.byApiKey(secret)) === undefined) return refuse(response, 401, NO_KEY, { 'WWW-Authenticate': 'Bearer' });
      await answer(request, response, body, authenticated);
    },
    close: async () => {
      await Promise.all([...open].map((handler) => handler.close()));
    },
  };
}
