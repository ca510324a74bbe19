import { WebSocket } from 'ws';
import { bytesOf } from '../streams/socket.ts';
import { Collector } from '../testing.ts';

interface Frame {
  readonly binary: boolean;
  readonly text: string;
}

export const KEYS = { key: 'key', secret: 'secret' } as const;
export const AUTH = { action: 'auth', ...KEYS };
export const LISTEN = { action: 'listen', data: { streams: ['trade_updates'] } };

export interface Wire {
  readonly frames: Collector<Frame>;
  send(message: object): void;
  close(): void;
  readonly closed: Promise<number>;
}

/** A bare socket: what the client hides is seen here. */
export async function wireTo(url: string): Promise<Wire> {
  const socket = new WebSocket(url);
  const frames = new Collector<Frame>();
  socket.on('message', (data, binary) => frames.add({ binary, text: bytesOf(data).toString('utf8') }));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return { frames, send: (message) => socket.send(JSON.stringify(message)), close: () => socket.close(), closed };
}
