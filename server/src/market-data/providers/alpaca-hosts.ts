/** Where Alpaca is, and with which keys. `baseUrl` points the SDK at a simulated exchange instead. */
export interface AlpacaEndpoint {
  readonly keyId: string;
  readonly secret: string;
  readonly mode: 'simulated' | 'paper' | 'live';
  /** Names the account in the journal, whatever its keys are now; the key id where absent. */
  readonly account?: string;
  /** `http://127.0.0.1:4100`: REST and streams of the simulated exchange; only for mode `simulated`, and only on this machine. */
  readonly baseUrl?: string;
}

/** Every host that keys of a kind may be sent to. There are no others. */
const HOSTS = {
  paper: { rest: ['paper-api.alpaca.markets', 'data.alpaca.markets'], account: 'paper-api.alpaca.markets' },
  live: { rest: ['api.alpaca.markets', 'data.alpaca.markets'], account: 'api.alpaca.markets' },
} as const;
/** The host that holds an account of this kind. */
export const accountHost = (mode: 'paper' | 'live'): string => HOSTS[mode].account;
const DATA_STREAM_HOST = 'stream.data.alpaca.markets';

/** Alpaca marks its keys: of a paper account, of a live one. */
const KEY_MARKS = { paper: 'PK', live: 'AK' } as const;
const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/;

/** A request to a host that this mode may not speak to. */
export class HostRefused extends Error {
  override readonly name = 'HostRefused';
  constructor(host: string, mode: AlpacaEndpoint['mode']) {
    super(`A ${mode} connection may not send to ${host}`);
  }
}

/** Keys and place do not belong together; the message says what to do, and names no key. */
export class EndpointRefused extends Error {
  override readonly name = 'EndpointRefused';
}

/** Refuses keys of one kind at the place of the other before anything is sent. */
export function checkEndpoint({ mode, keyId, secret, baseUrl }: AlpacaEndpoint): void {
  if (keyId === '' || secret === '') throw new EndpointRefused('A key id or a secret is empty: set both');
  if (mode === 'simulated') return checkSimulator(baseUrl);
  if (baseUrl !== undefined) throw new EndpointRefused(`A ${mode} connection takes no address of its own: leave it out`);
  const other = mode === 'paper' ? 'live' : 'paper';
  const mark = keyId.slice(0, 2).toUpperCase();
  if (mark === KEY_MARKS[other])
    throw new EndpointRefused(
      `The key id begins with ${KEY_MARKS[other]}: it is a ${other} key, and this is ${mode} trading. Set a ${mode} key pair`,
    );
  // Where money is real, what is not known to be right is wrong.
  if (mode === 'live' && mark !== KEY_MARKS.live)
    throw new EndpointRefused(`A key id of a live account begins with ${KEY_MARKS.live}, and this one does not`);
}

function checkSimulator(baseUrl: string | undefined): void {
  if (baseUrl === undefined) throw new EndpointRefused('A simulated connection needs the address of its exchange');
  if (!URL.canParse(baseUrl) || !/^https?:$/.test(new URL(baseUrl).protocol))
    throw new EndpointRefused(`The exchange's address "${baseUrl}" is none; it must be like http://127.0.0.1:4100`);
  const { hostname, username } = new URL(baseUrl);
  if (username !== '' || !LOOPBACK.test(hostname))
    throw new EndpointRefused(`The simulated exchange must be on this machine: "${hostname}" is not a loopback address`);
}

/** The SDK takes no base URL, so each request's host is exchanged here, and every other host refused. */
export function requestUrl(url: string, endpoint: AlpacaEndpoint): string {
  const parsed = new URL(url);
  if (endpoint.mode === 'simulated') {
    if (endpoint.baseUrl === undefined) throw new HostRefused(parsed.host, endpoint.mode);
    return `${endpoint.baseUrl}${parsed.pathname}${parsed.search}`;
  }
  const allowed: readonly string[] = HOSTS[endpoint.mode].rest;
  if (parsed.protocol !== 'https:' || parsed.username !== '' || !allowed.includes(parsed.host))
    throw new HostRefused(parsed.host, endpoint.mode);
  return url;
}

/** Address of a path of the account's REST service. */
export function tradingUrl(endpoint: AlpacaEndpoint, path: string): string {
  const host = endpoint.mode === 'simulated' ? HOSTS.paper.account : HOSTS[endpoint.mode].account;
  return requestUrl(`https://${host}${path}`, endpoint);
}

const ownStream = ({ baseUrl }: AlpacaEndpoint, path: string): string | undefined =>
  baseUrl === undefined ? undefined : `${baseUrl.replace(/^http/, 'ws')}${path}`;

/** Address of the account's order stream. */
export function accountStreamUrl(endpoint: AlpacaEndpoint): string {
  if (endpoint.mode !== 'simulated') return `wss://${HOSTS[endpoint.mode].account}/stream`;
  const own = ownStream(endpoint, '/stream');
  if (own === undefined) throw new HostRefused('no address', endpoint.mode);
  return own;
}

/** Address of the market-data stream of a feed. */
export const dataStreamUrl = (endpoint: AlpacaEndpoint, feed: string): string =>
  ownStream(endpoint, `/v2/${feed}`) ?? `wss://${DATA_STREAM_HOST}/v2/${feed}`;
