import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Occasion } from '../faults/board.ts';
import { occasionOf } from '../faults/rest-faults.ts';
import type { Outcome, RestFaults } from '../faults/rest-faults.ts';
import { VenueHaltedError } from '../host.ts';
import type { VenueHost } from '../host.ts';
import type { OptionMarket } from '../option-market/option-market.ts';
import { accountRoutes } from './account.ts';
import { activityRoutes } from './activities.ts';
import { activityEventRoutes } from './activity-events.ts';
import { admin } from './admin.ts';
import type { AdminParts } from './admin.ts';
import { keyPairIn } from './authentication.ts';
import type { KeyPair } from './authentication.ts';
import { barRoutes } from './bars.ts';
import { readJson } from './body.ts';
import type { Body } from './body.ts';
import { clockRoutes } from './clock.ts';
import { corporateActionRoutes } from './corporate-actions.ts';
import { latestRoutes } from './latest.ts';
import { marketRoutes } from './markets.ts';
import { optionRoutes } from './options.ts';
import { orderRoutes } from './orders.ts';
import { portfolioRoutes } from './portfolio.ts';
import { positionRoutes } from './positions.ts';
import { printRoutes } from './prints.ts';
import { RateLimiter } from './rate-limit.ts';
import { steer } from './steering.ts';
import type { SteeringParts } from './steering.ts';
import { failure } from './reply.ts';
import type { Reply, Route } from './reply.ts';

const ROUTES: readonly Route[] = [
  ...orderRoutes,
  ...accountRoutes,
  ...positionRoutes,
  ...activityRoutes,
  ...activityEventRoutes,
  ...portfolioRoutes,
  ...clockRoutes,
  ...marketRoutes,
  ...corporateActionRoutes,
  ...latestRoutes,
  ...barRoutes,
  ...printRoutes,
];
const DATA_PATH = /^\/(?:v2\/stocks|v1|v1beta1\/options)\//;
const LOOPBACK = /^(?:::1|(?:::ffff:)?127\.\d+\.\d+\.\d+)$/;
const LOCAL_HOST = /^(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;
const LOCAL_ORIGIN = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

export interface GatewayParts extends AdminParts, SteeringParts {
  readonly restFaults: RestFaults;
  readonly host: VenueHost;
  readonly optionMarket: OptionMarket;
  readonly authenticate: (pair: KeyPair | undefined) => Promise<string | undefined>;
  readonly rateLimitPerMinute: number;
  readonly onWarning: (message: string) => void;
}

function urlOf(request: IncomingMessage): URL | undefined {
  return URL.parse(request.url ?? '/', 'http://localhost') ?? undefined;
}

function send(response: ServerResponse, reply: Reply): void {
  if (reply.stream !== undefined) return reply.stream(response);
  if (reply.text !== undefined) {
    response.writeHead(reply.status, { 'Content-Type': reply.type ?? 'text/plain', 'Content-Length': Buffer.byteLength(reply.text) });
    return void response.end(reply.text);
  }
  if (reply.body === undefined) return void response.writeHead(reply.status).end();
  const text = JSON.stringify(reply.body);
  response
    .writeHead(reply.status, { 'Content-Type': 'application/json; charset=UTF-8', 'Content-Length': Buffer.byteLength(text) })
    .end(text);
}

/** Path parts are decoded; a broken escape matches nothing. */
function match(path: RegExp, pathname: string): readonly string[] | undefined {
  const found = path.exec(pathname);
  if (found === null) return undefined;
  try {
    return found.slice(1).map(decodeURIComponent);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** The HTTP interface: authentication, limits, routing and errors around the handlers. */
export class Gateway {
  readonly #parts: GatewayParts;
  readonly #limiter: RateLimiter;
  readonly #routes: readonly Route[];

  constructor(parts: GatewayParts) {
    this.#parts = parts;
    this.#limiter = new RateLimiter(parts.rateLimitPerMinute);
    this.#routes = [...ROUTES, ...optionRoutes(parts.optionMarket)];
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('X-Request-ID', randomUUID());
    const occasion = occasionOf(request);
    const steering = occasion.path?.startsWith('/sim/') === true;
    // Read at once: whoever asks may be gone before a slow request is carried out.
    const body = await this.#bodyOf(request);
    const outcome = steering ? await this.#safely(request, response, body) : await this.#throughFaults(occasion, request, response, body);
    if (outcome === 'reset') request.socket.destroy();
    else send(response, outcome);
  }

  async #bodyOf(request: IncomingMessage): Promise<Body> {
    if (request.method !== 'POST' && request.method !== 'PATCH') return { ok: true, value: undefined };
    try {
      return await readJson(request);
    } catch (error) {
      this.#parts.onWarning(`a request was cut off: ${error instanceof Error ? error.message : String(error)}`);
      return { ok: false, status: 400, message: 'the request was cut off' };
    }
  }

  #safely(request: IncomingMessage, response: ServerResponse, body: Body): Promise<Reply> {
    return this.#answer(request, response, body).catch((error: unknown) => this.#internal(error));
  }

  async #throughFaults(occasion: Occasion, request: IncomingMessage, response: ServerResponse, body: Body): Promise<Outcome> {
    const { restFaults } = this.#parts;
    const instead = await restFaults.before(occasion, response);
    return instead ?? restFaults.after(occasion, await this.#safely(request, response, body));
  }

  #internal(error: unknown): Reply {
    this.#parts.onWarning(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return error instanceof VenueHaltedError
      ? failure(503, 50310000, error.message)
      : failure(500, 50010000, 'internal server error occurred');
  }

  async #answer(request: IncomingMessage, response: ServerResponse, body: Body): Promise<Reply> {
    const url = urlOf(request);
    if (url === undefined) return failure(400, 40010000, 'malformed request path');
    const method = request.method ?? 'GET';
    if (url.pathname.startsWith('/sim/')) return this.#admin(request, method, url, body);

    const accountId = await this.#parts.authenticate(keyPairIn(request.headers));
    if (accountId === undefined) return failure(401, 40110000, 'unauthorized.');
    const lane = DATA_PATH.test(url.pathname) ? 'data' : 'trading';
    const rate = this.#limiter.take(`${lane} ${accountId}`, Date.now());
    response.setHeader('X-RateLimit-Limit', rate.limit);
    response.setHeader('X-RateLimit-Remaining', rate.remaining);
    response.setHeader('X-RateLimit-Reset', rate.resetAtSeconds);
    if (!rate.allowed) return failure(429, 42910000, 'rate limit exceeded');
    return this.#route(method, url, accountId, body);
  }

  async #route(method: string, url: URL, accountId: string, body: Body): Promise<Reply> {
    let known = false;
    for (const route of this.#routes) {
      const params = match(route.path, url.pathname);
      if (params === undefined) continue;
      known = true;
      if (route.method !== method) continue;
      if (!body.ok) return failure(body.status, 40010000, body.message);
      const { host, restFaults } = this.#parts;
      const core = restFaults.view(host.venue.core, { method, path: url.pathname });
      const skewMs = route.path.source.includes('clock') ? restFaults.skewMs() : 0;
      return route.handler({ host, core, skewMs, accountId, params, query: url.searchParams, body: body.value });
    }
    return known
      ? failure(405, 40510000, `method ${method} is not allowed here`)
      : failure(404, 40410000, `endpoint not found: ${url.pathname}`);
  }

  /** Pages of other sites could reach a loopback port through a browser: `Origin` tells of them, or `Host` when a name was bent to it. */
  async #admin(request: IncomingMessage, method: string, url: URL, body: Body): Promise<Reply> {
    const { origin, host = '' } = request.headers;
    const local =
      LOOPBACK.test(request.socket.remoteAddress ?? '') && LOCAL_HOST.test(host) && (origin === undefined || LOCAL_ORIGIN.test(origin));
    if (!local) return failure(403, 40310000, 'the paths under /sim/ answer only on this machine');
    if (!body.ok) return failure(body.status, 40010000, body.message);
    const { value } = body;
    return (
      (await admin(this.#parts, method, url, value)) ??
      (await steer(this.#parts, method, url, value)) ??
      failure(404, 40410000, `endpoint not found: ${url.pathname}`)
    );
  }
}
