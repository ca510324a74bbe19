import { Alpaca } from '@alpacahq/alpaca-trade-api';

/** Where Alpaca is, and with which keys. `baseUrl` points the SDK at a simulated exchange instead. */
export interface AlpacaEndpoint {
  readonly keyId: string;
  readonly secret: string;
  readonly mode: 'simulated' | 'paper' | 'live';
  /** `http://127.0.0.1:4100`: REST and streams of the simulated exchange; only for mode `simulated`. */
  readonly baseUrl?: string;
}

const HOSTS = {
  paper: ['paper-api.alpaca.markets', 'data.alpaca.markets'],
  live: ['api.alpaca.markets', 'data.alpaca.markets'],
} as const;

/** A request to a host that this mode may not speak to. */
export class HostRefused extends Error {
  override readonly name = 'HostRefused';
  constructor(host: string, mode: AlpacaEndpoint['mode']) {
    super(`A ${mode} connection may not send to ${host}`);
  }
}

/** The SDK takes no base URL, so each request's host is exchanged here, and every other host refused. */
export function requestUrl(url: string, endpoint: AlpacaEndpoint): string {
  const parsed = new URL(url);
  if (endpoint.mode === 'simulated') {
    if (endpoint.baseUrl === undefined) throw new HostRefused(parsed.host, endpoint.mode);
    return `${endpoint.baseUrl}${parsed.pathname}${parsed.search}`;
  }
  const allowed: readonly string[] = HOSTS[endpoint.mode];
  if (!allowed.includes(parsed.host)) throw new HostRefused(parsed.host, endpoint.mode);
  return url;
}

/** Address of a stream: the simulated exchange's, or `undefined` for the SDK's own. */
export const streamUrl = (path: string, endpoint: AlpacaEndpoint): string | undefined =>
  endpoint.baseUrl === undefined ? undefined : `${endpoint.baseUrl.replace(/^http/, 'ws')}${path}`;

export function openAlpaca(endpoint: AlpacaEndpoint, retryReads: boolean): Alpaca {
  const options = {
    keyId: endpoint.keyId,
    secret: endpoint.secret,
    paper: endpoint.mode !== 'live',
    timeoutMs: 15_000,
    rateLimit: false as const,
    fetchApi: ((input: string | URL | Request, init?: RequestInit) => {
      const url = typeof input === 'string' ? input : input instanceof URL ? input.href : input.url;
      return fetch(requestUrl(url, endpoint), init);
    }) as typeof fetch,
  };
  return new Alpaca(retryReads ? options : { ...options, retry: false });
}
