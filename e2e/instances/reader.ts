import { once } from 'node:events';
import { WebSocket } from 'ws';

/** A fact as a subscription tells it. */
export interface Told {
  readonly cursor: string;
  readonly text: string;
}

interface Frame {
  readonly type: string;
  readonly payload?: { readonly data?: Readonly<Record<string, unknown>>; readonly errors?: readonly { readonly message: string }[] };
}

export interface Listening {
  readonly socket: WebSocket;
  /** The code that the socket was closed with. */
  readonly closed: Promise<number>;
}

/** A socket that speaks the protocol and takes what one subscription tells. */
export async function listen(
  origin: string,
  apiKey: string,
  subscription: { readonly query: string; readonly variables?: object },
  onData: (data: Readonly<Record<string, unknown>>) => void,
): Promise<Listening> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  const closed = once(socket, 'close').then(([code]) => code as number);
  socket.on('error', () => socket.terminate());
  await Promise.race([once(socket, 'open'), closed]);
  if (socket.readyState !== WebSocket.OPEN) throw new Error(`no socket at ${origin}`);
  const acknowledged = new Promise<void>((resolve) => {
    socket.on('message', (bytes: Buffer) => {
      const { type, payload } = JSON.parse(bytes.toString()) as Frame;
      if (type === 'connection_ack') resolve();
      if (type === 'ping') socket.send(JSON.stringify({ type: 'pong' }));
      if (type === 'error' || payload?.errors !== undefined) throw new Error(`a subscription failed: ${bytes.toString()}`);
      if (type === 'next' && payload?.data !== undefined) onData(payload.data);
    });
  });
  socket.send(JSON.stringify({ type: 'connection_init', payload: { apiKey } }));
  await Promise.race([acknowledged, closed]);
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: subscription }));
  return { socket, closed };
}

/** One who reads the facts of one live field and goes on with the cursor wherever it connects next. */
export class Roamer {
  readonly told: Told[] = [];
  private readonly field: string;
  private readonly query: string;
  private readonly apiKey: string;
  private cursor: string;
  private now: Listening | undefined;

  constructor(field: 'journal' | 'orders', selection: string, apiKey: string, cursor: string) {
    this.field = field;
    this.query = `subscription ($after: Cursor${field === 'journal' ? '!' : ''}) { ${field}(after: $after) { __typename ${selection} } }`;
    this.apiKey = apiKey;
    this.cursor = cursor;
  }

  /** Leaves without a word, and goes on there. */
  async moveTo(origin: string): Promise<void> {
    this.leave();
    let current = true;
    this.now = await listen(origin, this.apiKey, { query: this.query, variables: { after: this.cursor } }, (data) => {
      if (!current) return;
      const event = data[this.field] as { readonly __typename: string; readonly cursor: string; readonly entries?: readonly object[] };
      // Told to begin anew: what is compared in the end holds no such thing.
      if (event.__typename === 'Resync') this.told.push({ cursor: event.cursor, text: 'Resync' });
      this.cursor = event.cursor;
      const parts = event.entries ?? [event];
      for (const part of parts) this.told.push({ cursor: event.cursor, text: JSON.stringify(part) });
    });
    const { socket } = this.now;
    // What is still on its way from the socket that was left does not count: its cursor was not taken.
    socket.once('close', () => (current = false));
    this.forget = () => (current = false);
  }

  private forget: () => void = () => undefined;

  leave(): void {
    this.forget();
    this.now?.socket.terminate();
    this.now = undefined;
  }
}
