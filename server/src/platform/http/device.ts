import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Device } from '../../accounts/session-service.ts';
import { isLoopback } from './guards.ts';

const AGENT_LENGTH_MAX = 200;
const UNPRINTABLE = /[^\x20-\x7e]/g;

/**
 * Where a request came from. The server listens on loopback: under any other name it was reached through a proxy, which appends the address that it
 * saw itself to `X-Forwarded-For`. What stands before that is what the sender claims.
 */
export function deviceOf({ headers, socket }: Pick<IncomingMessage, 'headers' | 'socket'>): Device {
  const forwarded = isLoopback(headers)
    ? undefined
    : String(headers['x-forwarded-for'] ?? '')
        .split(',')
        .at(-1)
        ?.trim();
  const address = forwarded !== undefined && isIP(forwarded) !== 0 ? forwarded : (socket.remoteAddress ?? '');
  return { address, agent: (headers['user-agent'] ?? '').replace(UNPRINTABLE, '').slice(0, AGENT_LENGTH_MAX) };
}
