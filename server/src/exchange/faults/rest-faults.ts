import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ExchangeCore } from '../core/core.ts';
import { completed, decodeState, encodeState } from '../core/state.ts';
import type { HeldState } from '../core/state.ts';
import { failure } from '../http/reply.ts';
import type { Reply } from '../http/reply.ts';
import { isRecord } from '../streams/socket.ts';
import type { Armed, FaultBoard, Occasion } from './board.ts';
import type { FaultKind } from './catalogue.ts';

const EDGE_PAGE = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>';

/** Calls a minute of an ordinary plan. */
const PLAN_LIMIT = 200;

/** Answers that come instead of carrying a request out. */
const INSTEAD: Readonly<Partial<Record<FaultKind, () => Reply>>> = {
  'error-json': () => failure(500, 50010000, 'internal server error occurred'),
  'error-html': () => ({ status: 502, text: EDGE_PAGE, type: 'text/html' }),
  'error-empty': () => ({ status: 503 }),
  unauthorized: () => failure(401, 40110000, 'unauthorized.'),
  'not-found': () => failure(404, 40410000, 'not found'),
};

/** What a response becomes on its way out. `reset` is no response at all. */
export type Outcome = Reply | 'reset';

/** The faults of the HTTP interface: what comes instead of an answer, or of it. */
export class RestFaults {
  readonly #board: FaultBoard;
  #frozen: ExchangeCore | undefined;

  constructor(board: FaultBoard, freeze: () => ExchangeCore) {
    this.#board = board;
    board.watch('stale-reads', (armed) => {
      if (armed === undefined) this.#frozen = undefined;
      else this.#frozen ??= copyOf(freeze());
    });
  }

  /** The venue that a read looks at. */
  view(core: ExchangeCore, occasion: Occasion): ExchangeCore {
    // Taken first: the last occasion disarms the fault, and with it goes what was kept.
    const frozen = this.#frozen;
    if (frozen === undefined || occasion.method !== 'GET') return core;
    return this.#board.fires('stale-reads', occasion) === undefined ? core : frozen;
  }

  /** Milliseconds that the clock is off. */
  skewMs(): number {
    return this.#board.fires('clock-skew')?.spec.ms ?? 0;
  }

  /** What happens before a request is carried out; `undefined` lets it be. */
  async before(occasion: Occasion, response: ServerResponse): Promise<Outcome | undefined> {
    const board = this.#board;
    if (board.fires('maintenance', occasion) !== undefined) return { status: 503, text: '', type: 'text/html' };
    if (board.fires('reset-before', occasion) !== undefined) return 'reset';
    const slow = board.fires('slow-request', occasion);
    if (slow !== undefined) await sleep(slow.spec.ms);
    const limited = board.fires('rate-limit', occasion);
    if (limited !== undefined) return rateLimited(limited, response);
    for (const [kind, reply] of Object.entries(INSTEAD)) if (board.fires(kind as FaultKind, occasion) !== undefined) return reply();
    return undefined;
  }

  /** What becomes of an answer. */
  async after(occasion: Occasion, reply: Reply): Promise<Outcome> {
    const board = this.#board;
    if (board.fires('reset-after', occasion) !== undefined) return 'reset';
    if (board.fires('error-after', occasion) !== undefined) return { status: 504, text: '', type: 'text/html' };
    const slow = board.fires('slow-answer', occasion);
    if (slow !== undefined) await sleep(slow.spec.ms);
    if (reply.body === undefined) return reply;
    return this.#garbled(occasion, reply);
  }

  #garbled(occasion: Occasion, reply: Reply): Reply {
    const board = this.#board;
    if (board.fires('malformed-body', occasion) !== undefined) {
      const text = JSON.stringify(reply.body);
      return { status: reply.status, text: text.slice(0, Math.ceil(text.length / 2)), type: 'application/json' };
    }
    const missing = board.fires('missing-fields', occasion);
    const extended = board.fires('new-fields', occasion);
    const status = board.fires('unknown-status', occasion);
    if (missing === undefined && extended === undefined && status === undefined) return reply;
    return { ...reply, body: altered(reply.body, new Set(missing?.spec.fields), extended !== undefined, status !== undefined) };
  }
}

function rateLimited({ spec }: Armed, response: ServerResponse): Reply {
  response.setHeader('X-RateLimit-Limit', PLAN_LIMIT);
  response.setHeader('X-RateLimit-Remaining', 0);
  response.setHeader('X-RateLimit-Reset', Math.ceil((Date.now() + spec.ms) / 1000));
  return failure(429, 42910000, 'rate limit exceeded');
}

/** The venue as it stands, on its own. */
const copyOf = (core: ExchangeCore): ExchangeCore =>
  new ExchangeCore(core.options, completed(decodeState(encodeState(core.state)) as HeldState));

const isOrder = (value: Readonly<Record<string, unknown>>): boolean => 'client_order_id' in value && 'status' in value;

function altered(value: unknown, missing: ReadonlySet<string>, extended: boolean, status: boolean): unknown {
  if (Array.isArray(value)) return value.map((member) => altered(member, missing, extended, status));
  if (!isRecord(value)) return value;
  const kept = Object.entries(value).flatMap(([name, member]) =>
    missing.has(name) ? [] : [[name, altered(member, missing, extended, status)] as const],
  );
  return {
    ...Object.fromEntries(kept),
    ...(extended ? { a_field_of_tomorrow: { nested: [1, 'two', null] } } : {}),
    ...(status && isOrder(value) ? { status: 'a_status_of_tomorrow' } : {}),
  };
}

/** The part of a request that faults look at. */
export const occasionOf = (request: IncomingMessage): Occasion => ({
  method: request.method ?? 'GET',
  path: URL.parse(request.url ?? '/', 'http://localhost')?.pathname ?? '/',
});
