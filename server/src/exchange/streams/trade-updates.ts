import type { WebSocket } from 'ws';
import type { VenueEvent } from '../core/types.ts';
import type { VenueHost } from '../host.ts';
import type { KeyPair } from '../http/authentication.ts';
import { tradeUpdateJson } from '../wire.ts';
import { decodeFrame, isRecord, sendFrame, textIn } from './socket.ts';
import type { Encoding } from './socket.ts';

const STREAM = 'trade_updates';
const POLICY_VIOLATION = 1008;

export type Authenticate = (pair: KeyPair) => Promise<string | undefined>;

interface Client {
  readonly socket: WebSocket;
  readonly encoding: Encoding;
  accountId: string | undefined;
  listening: boolean;
}

/** The account stream: `trade_updates` for whoever has authenticated and listens. No replay: what is missed is missed. */
export class TradeUpdateStream {
  readonly #host: VenueHost;
  readonly #authenticate: Authenticate;
  readonly #clients = new Set<Client>();

  constructor(host: VenueHost, authenticate: Authenticate) {
    this.#host = host;
    this.#authenticate = authenticate;
  }

  /** Sockets that are open now. */
  get count(): number {
    return this.#clients.size;
  }

  accept(socket: WebSocket, encoding: Encoding): void {
    const client: Client = { socket, encoding, accountId: undefined, listening: false };
    this.#clients.add(client);
    socket.on('close', () => this.#clients.delete(client));
    socket.on('error', () => socket.terminate());
    let queue = Promise.resolve();
    socket.on('message', (data, binary) => {
      const frame = decodeFrame(data, binary, encoding);
      queue = queue.then(() => this.#receive(client, frame)).catch(() => socket.terminate());
    });
  }

  publish(events: readonly VenueEvent[]): void {
    for (const client of this.#clients) {
      if (!client.listening) continue;
      for (const event of events) {
        if (event.accountId !== client.accountId) continue;
        const data = tradeUpdateJson(event, this.#host.assetClass(event.order.symbol), this.#host.options.venueId);
        if (!sendFrame(client.socket, { stream: STREAM, data }, client.encoding)) client.socket.terminate();
      }
    }
  }

  async #receive(client: Client, frame: unknown): Promise<void> {
    if (!isRecord(frame)) return this.#fail(client, 'invalid message');
    const action = textIn(frame, 'action');
    if (action === 'auth' || action === 'authenticate') return this.#authorize(client, frame);
    if (action === 'listen') return this.#listen(client, frame);
    return this.#fail(client, `unknown action ${action.slice(0, 40)}`);
  }

  /** Both forms: keys beside the action, or in `data` as `key_id` and `secret_key`. */
  async #authorize(client: Client, frame: Readonly<Record<string, unknown>>): Promise<void> {
    const data = isRecord(frame['data']) ? frame['data'] : {};
    const pair = { keyId: textIn(frame, 'key') || textIn(data, 'key_id'), secret: textIn(frame, 'secret') || textIn(data, 'secret_key') };
    client.accountId = await this.#authenticate(pair);
    const status = client.accountId === undefined ? 'unauthorized' : 'authorized';
    sendFrame(client.socket, { stream: 'authorization', data: { status, action: 'authenticate' } }, client.encoding);
    if (client.accountId === undefined) client.socket.close(POLICY_VIOLATION);
  }

  #listen(client: Client, frame: Readonly<Record<string, unknown>>): void {
    if (client.accountId === undefined) {
      sendFrame(client.socket, { stream: 'authorization', data: { status: 'unauthorized', action: 'listen' } }, client.encoding);
      return;
    }
    const data = isRecord(frame['data']) ? frame['data'] : {};
    const asked = Array.isArray(data['streams']) ? data['streams'] : [];
    client.listening = asked.includes(STREAM);
    sendFrame(client.socket, { stream: 'listening', data: { streams: client.listening ? [STREAM] : [] } }, client.encoding);
  }

  #fail(client: Client, message: string): void {
    sendFrame(client.socket, { action: 'error', data: { error_message: message } }, client.encoding);
    client.socket.close(POLICY_VIOLATION);
  }
}
