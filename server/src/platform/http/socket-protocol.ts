import type { IncomingMessage } from 'node:http';
import { CloseCode } from 'graphql-ws';
import type { Server } from 'graphql-ws';
import { WebSocket } from 'ws';
import type { ReportFailure } from '../../graphql/command.ts';
import type { Authenticated } from './credentials.ts';
import { CLOSE } from './live-sockets.ts';

/** `extra` of a connection. */
export interface Extra extends Record<PropertyKey, unknown> {
  readonly socket: WebSocket;
  readonly request: IncomingMessage;
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
export function speak(protocol: Server<Extra>, socket: WebSocket, request: IncomingMessage, report: ReportFailure): void {
  const hear = async (listener: (text: string) => Promise<void>, text: string): Promise<void> => {
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
          else void hear(listener, data.toString('utf8'));
        }),
    },
    { socket, request },
  );
  socket.on('error', () => socket.terminate());
  socket.once('close', (code, reason) => {
    closed(code, reason.toString()).catch((error: unknown) => report('a socket did not end', error));
  });
}
