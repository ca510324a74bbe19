import { createServer } from 'node:http';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decode, encode } from '@msgpack/msgpack';
import { WebSocketServer } from 'ws';
import type { RawData, WebSocket } from 'ws';

/** One connection as the script sees it. */
export interface ScriptedSocket {
  readonly socket: WebSocket;
  /** Messages of the client, decoded. */
  readonly heard: Record<string, unknown>[];
  send(message: unknown, raw?: Uint8Array): void;
}

export interface ScriptedServer {
  readonly url: string;
  readonly sockets: ScriptedSocket[];
  /** Upgrades asked for, refused ones too. */
  readonly upgrades: () => number;
  readonly close: () => Promise<void>;
}

export interface Script {
  readonly codec: 'json' | 'msgpack' | 'binary-json';
  /** A status with which the upgrade is refused; `undefined` lets it in. */
  readonly refuse?: (number: number) => number | undefined;
  readonly onOpen?: (socket: ScriptedSocket, number: number) => void;
  readonly onMessage?: (socket: ScriptedSocket, message: Record<string, unknown>, number: number) => void;
  readonly onRequest?: (request: IncomingMessage) => { readonly status: number; readonly body: string };
}

const bytesOf = (data: RawData): Uint8Array => (Array.isArray(data) ? Buffer.concat(data) : new Uint8Array(data as Buffer));

/** A server on loopback that says what a test makes it say, right or wrong. */
export async function scriptedServer(script: Script): Promise<ScriptedServer> {
  const server = createServer((request, response) => {
    const { status, body } = script.onRequest?.(request) ?? { status: 503, body: '' };
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  });
  const webSockets = new WebSocketServer({ noServer: true });
  const sockets: ScriptedSocket[] = [];
  let upgrades = 0;
  server.on('upgrade', (request, socket, head) => {
    const number = upgrades;
    upgrades += 1;
    const status = script.refuse?.(number);
    if (status !== undefined) {
      socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    webSockets.handleUpgrade(request, socket, head, (client) => {
      const scripted: ScriptedSocket = {
        socket: client,
        heard: [],
        send: (message, raw) => {
          if (raw !== undefined) client.send(raw);
          else if (script.codec === 'msgpack') client.send(encode(message));
          else client.send(JSON.stringify(message), { binary: script.codec === 'binary-json' });
        },
      };
      sockets.push(scripted);
      client.on('message', (data) => {
        const bytes = bytesOf(data);
        const message = (script.codec === 'msgpack' ? decode(bytes) : JSON.parse(Buffer.from(bytes).toString())) as Record<string, unknown>;
        scripted.heard.push(message);
        script.onMessage?.(scripted, message, number);
      });
      script.onOpen?.(scripted, number);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sockets,
    upgrades: () => upgrades,
    close: async () => {
      for (const { socket } of sockets) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
