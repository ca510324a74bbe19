import type { Duplex } from 'node:stream';
import { CloseCode } from 'graphql-ws';
import type { Server } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { Site } from '../../accounts/passkeys/site.ts';
import type { ReportFailure } from '../../graphql/command.ts';
import type { Authenticated } from './credentials.ts';
import { CLOSE } from './live-sockets.ts';
import type { Turnstile } from './turnstile.ts';

/** What is kept of the request that opened a connection: with ten thousand of them, the whole of each is memory. */
export interface Caller {
  readonly wire: Duplex;
  /** Where the browser is; programs are nowhere. */
  readonly site: Site | undefined;
  /** Of the session that the browser sent; until it is accepted. */
  secret: string | undefined;
}

/** `extra` of a connection. */
export interface Extra extends Caller, Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  /** Once it is accepted. */
  authenticated?: Authenticated;
}

const send = (socket: WebSocket, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    if (socket.readyState !== WebSocket.OPEN) return resolve();
    socket.send(text, (error) => (error === null || error === undefined ? resolve() : reject(error)));
  });

/** What only a server says, or nobody: the caller’s mistake, as everything else that is not the protocol. */
const isNoRequest = (error: unknown): boolean => error instanceof Error && error.message.startsWith('Unexpected message of type');

/**
 * Speaks GraphQL’s protocol over one socket. The library’s own way does it too, but hears on after a close that the other side does not answer,
 * takes binary frames, and prints a stack for what a stranger sends.
 */
export function speak(protocol: Server<Extra>, socket: WebSocket, caller: Caller, turnstile: Turnstile, report: ReportFailure): void {
  const hear = async (listener: (text: string) => Promise<void>, text: string): Promise<void> => {
    // Whose turn comes after he has gone asks for nothing any more: what began now, nobody would end.
    if (socket.readyState !== WebSocket.OPEN) return;
    try {
      await listener(text);
    } catch (error) {
      if (isNoRequest(error)) return socket.close(CloseCode.BadRequest, 'Not a message of a client');
      // Whoever has gone is told nothing any more.
      if (socket.readyState !== WebSocket.OPEN) return;
      report('a message on a socket failed', error);
      socket.close(CloseCode.InternalServerError, 'Internal server error');
    }
  };
  const closed = protocol.opened(
    {
      protocol: socket.protocol,
      send: (text) => send(socket, text),
      close: (code, reason) => socket.close(code, reason),
      onMessage: (listener) =>
        socket.on('message', (data: Buffer, isBinary) => {
          if (socket.readyState !== WebSocket.OPEN) return;
          if (isBinary) socket.close(CLOSE.notText, 'Text only');
          else turnstile.enter(() => void hear(listener, data.toString('utf8')));
        }),
    },
    { ...caller, socket },
  );
  socket.on('error', () => socket.terminate());
  socket.once('close', (code, reason) => {
    const end = (): void => void closed(code, reason.toString()).catch((error: unknown) => report('a socket did not end', error));
    turnstile.leave(end);
  });
}
