import type { WebSocket } from 'ws';
import type { VenueEvent } from '../core/types.ts';
import { newLineState } from '../faults/stream-faults.ts';
import type { Line, LineState, StreamFaults } from '../faults/stream-faults.ts';
import type { VenueHost } from '../host.ts';
import type { KeyPair } from '../http/authentication.ts';
import { tradeUpdateJson } from '../wire.ts';
import { decodeFrame, isRecord, sendFrame, textIn } from './socket.ts';
import type { Encoding } from './socket.ts';

const STREAM = 'trade_updates';
const POLICY_VIOLATION = 1008;
const INTERNAL_ERROR = 1011;
const HEARTBEAT = Buffer.from([1]);
const FLIPPED: Readonly<Record<Encoding, Encoding>> = { text: 'binary-json', 'binary-json': 'text', msgpack: 'msgpack' };

export type Authenticate = (pair: KeyPair) => Promise<string | undefined>;

interface Client {
  readonly socket: WebSocket;
  readonly encoding: Encoding;
  readonly line: Line;
  readonly state: LineState;
  accountId: string | undefined;
  listening: boolean;
}

/** The account stream: `trade_updates` for whoever has authenticated and listens. No replay: what is missed is missed. */
export class TradeUpdateStream {
  readonly #host: VenueHost;
  readonly #authenticate: Authenticate;
  readonly #faults: StreamFaults;
  readonly #clients = new Set<Client>();

  constructor(host: VenueHost, authenticate: Authenticate, faults: StreamFaults) {
    this.#host = host;
    this.#authenticate = authenticate;
    this.#faults = faults;
  }

  /** Sockets that are open now. */
  get count(): number {
    return this.#clients.size;
  }

  accept(socket: WebSocket, encoding: Encoding): void {
    const client: Client = {
      socket,
      encoding,
      line: this.#lineOf(socket, encoding),
      state: newLineState(),
      accountId: undefined,
      listening: false,
    };
    this.#clients.add(client);
    socket.on('close', () => {
      clearTimeout(client.state.flush);
      this.#clients.delete(client);
    });
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
        this.#faults.pass(client.line, client.state, { stream: STREAM, data }, (kind) => ({ stream: STREAM, data: { ...data, ...kind } }));
      }
    }
  }

  /** The newest events again, the byte 0x01, or an error and the end, to everybody who listens. */
  disturb(action: 'replay' | 'heartbeat' | 'error', count: number): void {
    for (const { line, state, listening } of this.#clients) {
      if (!listening) continue;
      if (action === 'replay') this.#faults.replay(line, state, count);
      if (action === 'heartbeat') line.beat();
      if (action === 'error') line.fail();
    }
  }

  #lineOf(socket: WebSocket, encoding: Encoding): Line {
    return {
      send: (event, flipped) => {
        if (!sendFrame(socket, event, flipped ? FLIPPED[encoding] : encoding)) socket.terminate();
      },
      beat: () => {
        if (socket.readyState === socket.OPEN) socket.send(HEARTBEAT, { binary: true });
      },
      fail: () => {
        sendFrame(socket, { action: 'error', data: { error_message: 'internal server error' } }, encoding);
        socket.close(INTERNAL_ERROR);
      },
    };
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
    if (this.#faults.board.fires('auth-silence', { path: '/stream' }) !== undefined) return;
    const data = isRecord(frame['data']) ? frame['data'] : {};
    const pair = { keyId: textIn(frame, 'key') || textIn(data, 'key_id'), secret: textIn(frame, 'secret') || textIn(data, 'secret_key') };
    client.accountId = this.#faults.board.fires('stream-unauthorized') === undefined ? await this.#authenticate(pair) : undefined;
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
