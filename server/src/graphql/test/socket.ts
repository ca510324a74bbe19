import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { ClientOptions } from 'ws';
import type { ApiWorld } from './api-world.ts';

export interface Frame {
  readonly type: string;
  readonly id?: string;
  readonly payload?: unknown;
}

/** A socket that speaks the protocol by hand. */
export interface HandSocket {
  readonly socket: WebSocket;
  readonly frames: readonly Frame[];
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Texts go as they are, everything else as JSON. */
  send(message: unknown): void;
  /** The first frame that fits, of those that came and those to come; `undefined` once the socket has closed without one. */
  frame(fits: (frame: Frame) => boolean): Promise<Frame | undefined>;
}

/** Opens a socket. Rejects with `status …` where the upgrade is refused. */
export async function openSocket(
  { server: { url } }: Pick<ApiWorld, 'server'>,
  {
    path = '/graphql',
    protocol = 'graphql-transport-ws',
    ...options
  }: ClientOptions & { readonly path?: string; readonly protocol?: string | undefined } = {},
): Promise<HandSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, protocol, options);
  const frames: Frame[] = [];
  const waiting = new Set<() => void>();
  const wake = (): void => waiting.forEach((look) => look());
  const closed = new Promise<{ readonly code: number; readonly reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() })),
  );
  void closed.finally(wake);
  socket.on('message', (data: Buffer) => {
    frames.push(JSON.parse(data.toString()) as Frame);
    wake();
  });
  const refused = new Promise<never>((_resolve, reject) => {
    socket.on('unexpected-response', (_request, response) => reject(new Error(`status ${response.statusCode}`)));
    socket.on('error', reject);
  });
  await Promise.race([once(socket, 'open'), refused]);
  refused.catch(() => undefined);
  return {
    socket,
    frames,
    closed,
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    frame: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = frames.find(fits);
          if (found === undefined && socket.readyState !== WebSocket.CLOSED) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
  };
}

/** A socket that was let in. Throws where it was not. */
export async function acceptedSocket(
  api: Pick<ApiWorld, 'server' | 'apiKey'>,
  options: ClientOptions = {},
  init?: unknown,
): Promise<HandSocket> {
  const opened = await openSocket(api, options);
  opened.send({ type: 'connection_init', payload: init ?? { apiKey: api.apiKey } });
  if ((await opened.frame(({ type }) => type === 'connection_ack')) === undefined) {
    throw new Error(`not let in: ${JSON.stringify(await opened.closed)}`);
  }
  return opened;
}

export const subscribe = (id: string, query: string, variables?: Readonly<Record<string, unknown>>): unknown => ({
  id,
  type: 'subscribe',
  payload: { query, variables },
});
