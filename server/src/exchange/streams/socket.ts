import { decode, encode } from '@msgpack/msgpack';
import type { RawData, WebSocket } from 'ws';

/** A reader this far behind is cut off: it must not cost the others anything. */
const BUFFERED_BYTES_MAX = 8_388_608;

export type Encoding = 'text' | 'binary-json' | 'msgpack';

export const bytesOf = (data: RawData): Buffer => {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
};

/** A received frame, decoded; `undefined` when it is neither JSON nor MessagePack. */
export function decodeFrame(data: RawData, binary: boolean, encoding: Encoding): unknown {
  const bytes = bytesOf(data);
  try {
    return binary && encoding === 'msgpack' ? decode(bytes) : JSON.parse(bytes.toString('utf8'));
  } catch {
    // Whatever a decoder dislikes about a frame, the frame is the sender's mistake.
    return undefined;
  }
}

/** Sends a message in the encoding of its socket. False when the reader is too slow and nothing was sent. */
export function sendFrame(socket: WebSocket, message: unknown, encoding: Encoding): boolean {
  if (socket.readyState !== socket.OPEN) return true;
  if (socket.bufferedAmount > BUFFERED_BYTES_MAX) return false;
  if (encoding === 'msgpack') socket.send(encode(message), { binary: true });
  else socket.send(JSON.stringify(message), { binary: encoding === 'binary-json' });
  return true;
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const textIn = (record: Readonly<Record<string, unknown>>, name: string): string => {
  const value = record[name];
  return typeof value === 'string' ? value : '';
};
