import type { WebSocket } from 'ws';
import { priceFromNumber, toNumber } from '../../money/fixed.ts';
import type { VenueBar } from '../market/laps.ts';
import type { MarketStep } from '../market/replay.ts';
import type { FaultBoard } from '../faults/board.ts';
import type { VenueHost } from '../host.ts';
import type { KeyPair } from '../http/authentication.ts';
import { quoteAround, quoteJson, tradeJson } from '../quotes.ts';
import { barJson, rfc3339 } from '../wire.ts';
import { decodeFrame, isRecord, sendFrame, textIn } from './socket.ts';
import type { Encoding } from './socket.ts';
import { acknowledgement, noSubscriptions, resubscribed, symbolCount, wants } from './subscriptions.ts';
import type { Channel, Subscriptions } from './subscriptions.ts';
import type { Authenticate } from './trade-updates.ts';

const POLICY_VIOLATION = 1008;

const ERRORS = {
  syntax: [400, 'invalid syntax'],
  notAuthenticated: [401, 'not authenticated'],
  authFailed: [402, 'auth failed'],
  alreadyAuthenticated: [403, 'already authenticated'],
  authTimeout: [404, 'auth timeout'],
  symbolLimit: [405, 'symbol limit exceeded'],
  connectionLimit: [406, 'connection limit exceeded'],
  slowClient: [407, 'slow client'],
} as const;
type StreamError = keyof typeof ERRORS;

const TAPE = 'C';
const STATUS_NAMES: Readonly<Record<string, string>> = {
  H: 'Trading Halt',
  P: 'Volatility Trading Pause',
  Q: 'Quotation Resumption',
  T: 'Trading Resumption',
};
const REASON_NAMES: Readonly<Record<string, string>> = {
  T1: 'Halt News Pending',
  T2: 'Halt News Dissemination',
  T12: 'Halt Additional Information Requested',
  H10: 'Halt SEC Trading Suspension',
  LUDP: 'Volatility Trading Pause',
};

export interface MarketDataOptions {
  readonly authTimeoutMs: number;
  /** Symbols on trades and quotes of one connection; `undefined`: no limit. */
  readonly symbolLimit: number | undefined;
  /** Connections of one account; `undefined`: no limit. */
  readonly connectionLimit: number | undefined;
}

interface Client {
  readonly socket: WebSocket;
  readonly encoding: Encoding;
  accountId: string | undefined;
  subscriptions: Subscriptions;
}

interface Message {
  readonly channel: Channel;
  readonly symbol: string;
  readonly payload: Readonly<Record<string, unknown>> & { readonly t: string };
}

/** The stream of prices, `/v2/iex`: every step's trades and quotes, and bars as they are completed. */
export class MarketDataStream {
  readonly #host: VenueHost;
  readonly #authenticate: Authenticate;
  readonly #options: MarketDataOptions;
  readonly #clients = new Set<Client>();

  readonly #faults: FaultBoard;

  constructor(host: VenueHost, authenticate: Authenticate, options: MarketDataOptions, faults: FaultBoard) {
    this.#host = host;
    this.#faults = faults;
    this.#authenticate = authenticate;
    this.#options = options;
  }

  /** Sockets that are open now. */
  get count(): number {
    return this.#clients.size;
  }

  /** Keys may come with the upgrade already; else in an `auth` frame. */
  accept(socket: WebSocket, encoding: Encoding, pair: KeyPair | undefined): void {
    const client: Client = { socket, encoding, accountId: undefined, subscriptions: noSubscriptions() };
    this.#clients.add(client);
    this.#control(client, { T: 'success', msg: 'connected' });
    const deadline = setTimeout(() => {
      if (client.accountId === undefined) this.#end(client, 'authTimeout');
    }, this.#options.authTimeoutMs);
    socket.on('close', () => {
      clearTimeout(deadline);
      this.#clients.delete(client);
    });
    socket.on('error', () => socket.terminate());
    let queue = pair === undefined ? Promise.resolve() : this.#authorize(client, pair).catch(() => socket.terminate());
    socket.on('message', (data, binary) => {
      const frame = decodeFrame(data, binary, encoding);
      queue = queue.then(() => this.#receive(client, frame)).catch(() => socket.terminate());
    });
  }

  /** Sends everybody what they subscribed to of a step, in one frame each. */
  publish(step: MarketStep): void {
    if (this.#clients.size === 0) return;
    const messages = this.#messagesOf(step);
    for (const client of this.#clients) {
      const wanted = messages.filter(({ channel, symbol }) => wants(client.subscriptions, channel, symbol));
      if (wanted.length === 0 || this.#faults.fires('mute-data') !== undefined) continue;
      if (this.#faults.fires('slow-client') !== undefined) {
        this.#end(client, 'slowClient');
        continue;
      }
      const frame = wanted.map(({ payload }) => (client.encoding === 'msgpack' ? { ...payload, t: new Date(payload.t) } : payload));
      if (!sendFrame(client.socket, frame, client.encoding)) this.#end(client, 'slowClient');
    }
  }

  #messagesOf(step: MarketStep): readonly Message[] {
    const { position } = this.#host.venue;
    const messages: Message[] = [];
    for (const { symbol, price } of step.prices) {
      const at = priceFromNumber(price);
      const instrument = this.#host.instrument(symbol);
      if (instrument === undefined) continue;
      const trade = tradeJson(at, step.at, position.slice * 4 + position.step);
      const quote = quoteJson(quoteAround(at, instrument, this.#host.spread), step.at);
      messages.push({ channel: 'trades', symbol, payload: { T: 't', S: symbol, ...trade } });
      messages.push({ channel: 'quotes', symbol, payload: { T: 'q', S: symbol, ...quote } });
    }
    const t = rfc3339(step.at);
    for (const { symbol, code, reason } of step.statuses ?? []) {
      const payload = {
        T: 's',
        S: symbol,
        sc: code,
        sm: STATUS_NAMES[code] ?? code,
        rc: reason,
        rm: REASON_NAMES[reason] ?? '',
        t,
        z: TAPE,
      };
      messages.push({ channel: 'statuses', symbol, payload });
    }
    for (const { symbol, up, down } of step.bands ?? [])
      messages.push({ channel: 'lulds', symbol, payload: { T: 'l', S: symbol, u: toNumber(up), d: toNumber(down), i: 'B', t, z: TAPE } });
    const bars = (all: readonly VenueBar[], channel: Channel, type: 'b' | 'd'): void => {
      for (const bar of all) messages.push({ channel, symbol: bar.symbol, payload: { T: type, S: bar.symbol, ...barJson(bar) } });
    };
    bars(step.bars, 'bars', 'b');
    bars(step.dailyBars, 'dailyBars', 'd');
    return messages;
  }

  async #receive(client: Client, frame: unknown): Promise<void> {
    if (!isRecord(frame)) return this.#error(client, 'syntax');
    switch (textIn(frame, 'action')) {
      case 'auth':
        return this.#authorize(client, { keyId: textIn(frame, 'key'), secret: textIn(frame, 'secret') });
      case 'subscribe':
        return this.#subscribe(client, frame, true);
      case 'unsubscribe':
        return this.#subscribe(client, frame, false);
      default:
        return this.#error(client, 'syntax');
    }
  }

  async #authorize(client: Client, pair: KeyPair): Promise<void> {
    if (client.accountId !== undefined) return this.#error(client, 'alreadyAuthenticated');
    if (this.#faults.fires('auth-silence', { path: '/v2' }) !== undefined) return;
    if (this.#faults.fires('auth-timeout') !== undefined) return this.#end(client, 'authTimeout');
    const accountId = await this.#authenticate(pair);
    if (accountId === undefined) return this.#end(client, 'authFailed');
    if (this.#faults.fires('connection-limit-open') !== undefined) return this.#error(client, 'connectionLimit');
    if (this.#faults.fires('connection-limit') !== undefined) return this.#end(client, 'connectionLimit');
    const others = [...this.#clients].filter((other) => other.accountId === accountId).length;
    if (others >= (this.#options.connectionLimit ?? Number.POSITIVE_INFINITY)) return this.#end(client, 'connectionLimit');
    client.accountId = accountId;
    this.#control(client, { T: 'success', msg: 'authenticated' });
  }

  #subscribe(client: Client, frame: Readonly<Record<string, unknown>>, add: boolean): void {
    if (client.accountId === undefined) return this.#error(client, 'notAuthenticated');
    const next = resubscribed(client.subscriptions, frame, add);
    if (next === undefined) return this.#error(client, 'syntax');
    if (add && this.#faults.fires('symbol-limit') !== undefined) return this.#error(client, 'symbolLimit');
    if (add && symbolCount(next) > (this.#options.symbolLimit ?? Number.POSITIVE_INFINITY)) return this.#error(client, 'symbolLimit');
    client.subscriptions = next;
    this.#control(client, acknowledgement(next));
  }

  #error(client: Client, error: StreamError): void {
    const [code, msg] = ERRORS[error];
    this.#control(client, { T: 'error', code, msg });
  }

  #end(client: Client, error: StreamError): void {
    this.#error(client, error);
    client.socket.close(POLICY_VIOLATION);
  }

  /** Control frames come alone, in an array like all others. */
  #control(client: Client, message: Readonly<Record<string, unknown>>): void {
    sendFrame(client.socket, [message], client.encoding);
  }
}
