import type { ServerResponse } from 'node:http';
import type { ExchangeCore } from '../core/core.ts';
import type { Refusal } from '../core/types.ts';
import type { VenueHost } from '../host.ts';

/** What a handler answers. Without `body` the response is empty. */
export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  /** Sent as it is, in place of `body`. */
  readonly text?: string;
  readonly type?: string;
  /** Writes the whole response itself, for as long as it wants. */
  readonly stream?: (response: ServerResponse) => void;
}

/** A request as a handler sees it: authenticated, its path matched, its body parsed. */
export interface Call {
  readonly host: VenueHost;
  /** What reads look at: the venue as it is, or as it was a while ago where a fault wants that. */
  readonly core: ExchangeCore;
  /** How far the clock is off that the exchange tells. */
  readonly skewMs: number;
  readonly accountId: string;
  /** The parts of the path that the route captured, decoded. */
  readonly params: readonly string[];
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export type Handler = (call: Call) => Promise<Reply> | Reply;

export interface Route {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: RegExp;
  readonly handler: Handler;
}

export const ok = (body: unknown): Reply => ({ status: 200, body });

export const failure = (
  status: number,
  code: number,
  message: string,
  extra: Readonly<Record<string, string | readonly string[]>> = {},
): Reply => ({
  status,
  body: { ...extra, code, message },
});

export const refused = ({ status, code, message, extra }: Refusal): Reply => failure(status, code, message, extra);

export const badQuery = (message: string): Reply => failure(422, 42210000, message);
/** The market-data interface answers bad queries with 400 and no code. */
export const badDataQuery = (message: string): Reply => ({ status: 400, body: { message } });

export const notFoundReply = (message: string): Reply => failure(404, 40410000, message);
