import { randomBytes } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import type { Duplex } from 'node:stream';

/** A WebSocket of which every byte is our own. */
export interface RawSocket {
  readonly stream: Duplex;
  /** The code of the close frame that came, or `0` where the connection ended without one. */
  readonly closed: Promise<number>;
  write(...frames: readonly Buffer[]): void;
}

export const OPCODE = { continuation: 0, text: 1, binary: 2, reserved: 3, close: 8, ping: 9, pong: 10 } as const;

export interface FrameBits {
  readonly fin?: boolean;
  /** The first reserved bit: the frame says that it is compressed. */
  readonly rsv1?: boolean;
  readonly masked?: boolean;
  /** Other than the payload has. */
  readonly length?: bigint;
}

/** One frame as a client sends it, right or wrong. */
export function frame(
  opcode: number,
  payload: Buffer | string = '',
  { fin = true, rsv1 = false, masked = true, length }: FrameBits = {},
): Buffer {
  const body = Buffer.from(payload);
  const said = length ?? BigInt(body.length);
  const mask = masked ? 0x80 : 0;
  const first = (fin ? 0x80 : 0) | (rsv1 ? 0x40 : 0) | opcode;
  let head: Buffer;
  if (said < 126n) head = Buffer.from([first, mask | Number(said)]);
  else if (said < 65_536n) head = Buffer.from([first, mask | 126, Number(said >> 8n), Number(said & 255n)]);
  else {
    head = Buffer.alloc(10);
    head.writeUInt8(first, 0);
    head.writeUInt8(mask | 127, 1);
    head.writeBigUInt64BE(said, 2);
  }
  // A mask of zeros leaves the payload as it is.
  return Buffer.concat([head, masked ? Buffer.alloc(4) : Buffer.alloc(0), body]);
}

/** Shakes hands and then does nothing by itself. Rejects with `status …` where the upgrade is refused. */
export function openRawSocket(url: string, headers: Readonly<Record<string, string>> = {}): Promise<RawSocket> {
  const { port } = new URL(url);
  const handshake = {
    host: `127.0.0.1:${port}`,
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': randomBytes(16).toString('base64'),
    'sec-websocket-protocol': 'graphql-transport-ws',
    ...headers,
  };
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: '127.0.0.1', port, path: '/graphql', agent: false, headers: handshake });
    request.on('response', (response) => reject(new Error(`status ${response.statusCode}`)));
    request.on('error', reject);
    request.on('upgrade', (_response, stream) => {
      let code = 0;
      stream.on('data', (bytes: Buffer) => {
        const at = bytes.indexOf(0x88);
        if (at !== -1 && at + 3 < bytes.length) code = bytes.readUInt16BE(at + 2);
      });
      // Whoever is refused writes on into a closed connection.
      stream.on('error', () => stream.destroy());
      const closed = new Promise<number>((done) => stream.on('close', () => done(code)));
      resolve({ stream, closed, write: (...frames) => stream.write(Buffer.concat(frames)) });
    });
    request.end();
  });
}
