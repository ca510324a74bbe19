import { Alpaca } from '@alpacahq/alpaca-trade-api';
import { checkEndpoint, requestUrl } from './alpaca-hosts.ts';
import type { AlpacaEndpoint } from './alpaca-hosts.ts';

export type { AlpacaEndpoint } from './alpaca-hosts.ts';

export interface AlpacaClientOptions {
  /** The SDK's own repetition of reads; off where lanes decide what is sent when. */
  readonly retryReads: boolean;
  /** The way to the network, with its own time limits; the platform's, with the SDK's limit, where absent. */
  readonly send?: (url: string, init?: RequestInit) => Promise<Response>;
}

const READ_MS_MAX = 15_000;

/**
 * The official SDK for one endpoint. Throws `EndpointRefused` where keys and place do not belong together. Its limiter is off: it is first in, first
 * out over everything, so that an order would wait behind reads and could time out before it was sent.
 */
export function openAlpaca(endpoint: AlpacaEndpoint, { retryReads, send }: AlpacaClientOptions): Alpaca {
  checkEndpoint(endpoint);
  const through = send ?? ((url: string, init?: RequestInit) => fetch(url, init));
  const options = {
    keyId: endpoint.keyId,
    secret: endpoint.secret,
    paper: endpoint.mode !== 'live',
    timeoutMs: send === undefined ? READ_MS_MAX : 0,
    rateLimit: false as const,
    fetchApi: (async (input: string | URL | Request, init?: RequestInit) => {
      const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
      return await through(requestUrl(url, endpoint), init);
    }) as typeof fetch,
  };
  return new Alpaca(retryReads ? options : { ...options, retry: false });
}
