import type { streaming } from '@alpacahq/alpaca-trade-api';
import { WebSocket } from 'ws';
import type { RawData } from 'ws';
import type { StreamEnd } from './stream-supervisor.ts';

const CLOSE_MS_MAX = 1_500;
const FRAME_BYTES_MAX = 16_777_216;
const HEARTBEAT = 0x01;

const sizeOf = (data: RawData): number => (Array.isArray(data) ? data.reduce((sum, part) => sum + part.length, 0) : data.byteLength);

function isHeartbeat(data: RawData): boolean {
  if (sizeOf(data) === 0) return true;
  if (sizeOf(data) !== 1) return false;
  const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer);
  return bytes[0] === HEARTBEAT;
}

/**
 * The SDK's sockets, made by us. A one-byte heartbeat is no message, which the SDK would not survive decoding; and a socket that does not
 * answer to its closing is cut, so that it holds no place at the broker.
 */
export function socketFactory(
  readyMsMax: number,
  onSocket: (send: (data: Uint8Array) => void) => void = () => undefined,
): streaming.WebSocketFactory {
  return (url, codec) => {
    const socket = new WebSocket(url, {
      perMessageDeflate: false,
      handshakeTimeout: readyMsMax,
      maxPayload: FRAME_BYTES_MAX,
      ...(codec === 'msgpack' ? { headers: { 'Content-Type': 'application/msgpack' } } : {}),
    });
    onSocket((data) => socket.send(data));
    return {
      on: (event, listener) => {
        if (event !== 'message') return socket.on(event, listener);
        return socket.on('message', (data: RawData) => {
          if (!isHeartbeat(data)) listener(data);
        });
      },
      send: (data) => socket.send(data),
      close: () => {
        const cut = setTimeout(() => socket.terminate(), CLOSE_MS_MAX);
        socket.once('close', () => clearTimeout(cut));
        socket.close();
      },
      terminate: () => socket.terminate(),
      ping: (data) => socket.ping(data),
      get readyState() {
        return socket.readyState;
      },
    };
  };
}

interface Sign {
  readonly words: RegExp;
  readonly kind: StreamEnd['kind'];
}

/** What the streams say when they end, in the SDK's words for their codes. */
const SIGNS: readonly Sign[] = [
  { words: /connection limit exceeded|unexpected server response: 429/i, kind: 'occupied' },
  { words: /auth failed|unexpected server response: 401|insufficient subscription|v2 not enabled/i, kind: 'refused' },
  { words: /auth timeout/i, kind: 'silent' },
];

/** The end that an error of a stream means. */
export const endOf = (message: string): StreamEnd => ({
  kind: SIGNS.find(({ words }) => words.test(message))?.kind ?? 'lost',
  reason: message,
});
