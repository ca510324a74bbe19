import type { Jitter } from './jitter.ts';
import type { Lane, RateHeaders, RequestBudget, RequestsLeft } from './request-budget.ts';
import { LANES } from './request-budget.ts';
import type { Timers } from './timers.ts';

/** The request never left this machine: sending it again cannot do anything twice. */
export class RequestNotSent extends Error {
  override readonly name = 'RequestNotSent';
}

/** The request may have left, and there is no answer: what became of it is open. */
export class RequestUnanswered extends Error {
  override readonly name = 'RequestUnanswered';
}

/** One request, for the log: the broker's id of it cannot be looked up later. */
export interface RequestRecord {
  readonly lane: Lane;
  readonly method: string;
  readonly path: string;
  readonly status?: number;
  readonly requestId?: string;
  readonly queuedMs: number;
  readonly tookMs: number;
  readonly failure?: string;
}

export interface LaneTiming {
  /** Requests of the lane on their way at once. */
  readonly atOnceMax: number;
  /** Longer than this a request does not wait for its turn. */
  readonly queueMsMax: number;
  /** From sending to the whole answer. */
  readonly answerMsMax: number;
}

/**
 * An order decided seconds ago is no longer what was decided; a cancel is wanted however late. All that a kill switch finds on an ordinary day leaves at
 * once, without waiting for answers; the bound is below a minute's allowance, so that a broker who refuses for too many is heard.
 */
export const LANE_TIMING: Readonly<Record<Lane, LaneTiming>> = {
  cancel: { atOnceMax: 128, queueMsMax: 120_000, answerMsMax: 10_000 },
  order: { atOnceMax: 8, queueMsMax: 5_000, answerMsMax: 15_000 },
  lookup: { atOnceMax: 4, queueMsMax: 120_000, answerMsMax: 10_000 },
  read: { atOnceMax: 4, queueMsMax: 120_000, answerMsMax: 30_000 },
};

const ORDER_BY_ID = /^\/v2\/orders(?:\/[^/]+|:by_client_order_id)$/;
const REST_OF_A_SECOND = 1_000;

/** Which lane a request takes, by what it does. */
export function laneOf(method: string, path: string): Lane {
  if (method === 'DELETE') return 'cancel';
  if (method !== 'GET') return 'order';
  return ORDER_BY_ID.test(path) ? 'lookup' : 'read';
}

/** Failures of a connection that was never there. */
const NEVER_CONNECTED: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Every code in a failure and its causes; of several addresses tried, of each. */
function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  if (error instanceof AggregateError) return error.errors.flatMap(codesOf);
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  return [...own, ...codesOf(error.cause)];
}

/** True only where it is certain that no byte of the request reached anybody. */
export function wasNeverSent(error: unknown): boolean {
  const codes = codesOf(error);
  return codes.length > 0 && codes.every((code) => NEVER_CONNECTED.has(code));
}

const numberIn = (headers: Headers, name: string): number | undefined => {
  const text = headers.get(name);
  const value = text === null || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
};

function rateHeaders(headers: Headers): RateHeaders {
  const [limit, remaining, reset] = ['X-RateLimit-Limit', 'X-RateLimit-Remaining', 'X-RateLimit-Reset'].map((name) =>
    numberIn(headers, name),
  );
  return {
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(reset === undefined ? {} : { resetAtMs: reset * 1_000 }),
  };
}

export interface LanesOptions {
  readonly budget: RequestBudget;
  readonly timers: Timers;
  readonly jitter: Jitter;
  readonly timing?: Readonly<Record<Lane, LaneTiming>>;
  readonly onRequest?: (record: RequestRecord) => void;
  /** The way to the network; the platform's where absent. */
  readonly send?: typeof fetch;
}

interface Waiting {
  readonly since: number;
  readonly go: () => void;
}

/**
 * Requests of one account, each in its lane: first in, first out, as many at once as the lane has room for, and never more than the account's
 * allowance leaves to it. An order does not wait behind reads, and a cancel behind nothing.
 */
export class RequestLanes {
  readonly #options: LanesOptions;
  readonly #timing: Readonly<Record<Lane, LaneTiming>>;
  readonly #waiting: Record<Lane, Waiting[]> = { cancel: [], order: [], lookup: [], read: [] };
  readonly #underWay: Record<Lane, number> = { cancel: 0, order: 0, lookup: 0, read: 0 };
  readonly #wakers: Record<Lane, (() => void) | undefined> = { cancel: undefined, order: undefined, lookup: undefined, read: undefined };

  constructor(options: LanesOptions) {
    this.#options = options;
    this.#timing = options.timing ?? LANE_TIMING;
  }

  left(): RequestsLeft {
    const { budget, timers } = this.#options;
    return budget.left(timers.now());
  }

  /** Sends in the lane of the request's kind. Rejects with {@link RequestNotSent} or {@link RequestUnanswered}. */
  async send(url: string, init: RequestInit = {}): Promise<Response> {
    const { timers, onRequest } = this.#options;
    const method = init.method ?? 'GET';
    const { pathname, search } = new URL(url);
    const lane = laneOf(method, pathname);
    const askedAt = timers.elapsedMs();
    let sentAt = askedAt;
    const record = (found: Partial<RequestRecord>): void => {
      const tookMs = timers.elapsedMs() - sentAt;
      onRequest?.({ lane, method, path: pathname + search, queuedMs: sentAt - askedAt, tookMs, ...found });
    };
    try {
      await this.#turn(lane, init.signal ?? undefined);
      sentAt = timers.elapsedMs();
      const response = await this.#exchange(lane, url, init);
      const requestId = response.headers.get('X-Request-ID') ?? undefined;
      record({ status: response.status, ...(requestId === undefined ? {} : { requestId }) });
      return response;
    } catch (error) {
      record({ failure: error instanceof Error ? `${error.name}: ${error.message}` : String(error) });
      throw error;
    }
  }

  /** Resolves when it is the request's turn. */
  #turn(lane: Lane, signal: AbortSignal | undefined): Promise<void> {
    const { timers } = this.#options;
    const { queueMsMax } = this.#timing[lane];
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        stopWaiting();
        signal?.removeEventListener('abort', onAbort);
        this.#waiting[lane] = this.#waiting[lane].filter((each) => each !== entry);
      };
      const giveUp = (why: string): void => {
        leave();
        reject(new RequestNotSent(`The request was not sent: ${why}`));
      };
      const onAbort = (): void => giveUp('it was given up while it waited for its turn');
      const entry: Waiting = {
        since: timers.elapsedMs(),
        go: () => {
          leave();
          resolve();
        },
      };
      const stopWaiting = timers.after(queueMsMax, () => giveUp(`its turn did not come within ${queueMsMax} ms`));
      if (signal?.aborted === true) return onAbort();
      signal?.addEventListener('abort', onAbort);
      this.#waiting[lane].push(entry);
      this.#advance(lane);
    });
  }

  /** Lets go whoever may; where the allowance is used up, looks again when it is renewed. */
  #advance(lane: Lane): void {
    const { budget, timers } = this.#options;
    while (this.#underWay[lane] < this.#timing[lane].atOnceMax) {
      const [first] = this.#waiting[lane];
      if (first === undefined) return;
      const waitMs = budget.waitMs(lane, timers.now());
      if (waitMs > 0) {
        this.#wakers[lane]?.();
        this.#wakers[lane] = timers.after(waitMs, () => this.#advance(lane));
        return;
      }
      budget.spend(timers.now());
      this.#underWay[lane] += 1;
      first.go();
    }
  }

  async #exchange(lane: Lane, url: string, init: RequestInit): Promise<Response> {
    const { budget, timers, jitter } = this.#options;
    try {
      const response = await this.#fetchWhole(lane, url, init);
      const found = rateHeaders(response.headers);
      if (response.status === 429) budget.stop(lane, found, timers.now(), jitter() * REST_OF_A_SECOND);
      budget.learn(found, timers.now());
      return response;
    } finally {
      this.#underWay[lane] -= 1;
      for (const each of LANES) this.#advance(each);
    }
  }

  /** The answer with its whole body, within the lane's time. */
  async #fetchWhole(lane: Lane, url: string, init: RequestInit): Promise<Response> {
    const { timers, send = fetch } = this.#options;
    const { answerMsMax } = this.#timing[lane];
    const expired = new AbortController();
    const stop = timers.after(answerMsMax, () => expired.abort());
    const signal = init.signal ? AbortSignal.any([init.signal, expired.signal]) : expired.signal;
    try {
      const response = await send(url, { ...init, signal });
      const body = await response.arrayBuffer();
      return new Response(body.byteLength === 0 ? null : body, { status: response.status, headers: response.headers });
    } catch (error) {
      if (wasNeverSent(error)) throw new RequestNotSent(`The request was not sent: ${messageOf(error)}`, { cause: error });
      const why = expired.signal.aborted ? `no answer within ${answerMsMax} ms` : messageOf(error);
      throw new RequestUnanswered(`The request has no answer: ${why}`, { cause: error });
    } finally {
      stop();
    }
  }
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${messageOf(error.cause)}` : error.message;
}
