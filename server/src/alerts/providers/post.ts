import { request as requestPlain } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { isLoopbackName } from '../channel-settings.ts';
import { NotDelivered } from '../channel.ts';
import { checkLiteral, guardedLookup } from './public-address.ts';

export interface Poster {
  readonly host: string;
  /** Resolves at an answer of 2xx; rejects with {@link NotDelivered}. */
  readonly post: (body: string, headers: Readonly<Record<string, string>>, signal: AbortSignal) => Promise<void>;
}

export interface PosterOptions {
  readonly url: string;
  readonly deadlineMs?: number | undefined;
  /** Of names; the system's where absent. */
  readonly lookup?: ReturnType<typeof guardedLookup> | undefined;
}

const DEADLINE_MS = 10_000;

/** What went wrong, in words that hold nothing of the address or of the answer. */
function reasonOf(error: unknown): string {
  if (error instanceof NotDelivered) return error.message;
  if (error instanceof Error && (error.name === 'AbortError' || error.name === 'TimeoutError')) return 'no answer in time';
  return error instanceof Error && 'code' in error ? `the connection failed (${String(error.code)})` : 'the connection failed';
}

const answerTo = (request: ClientRequest, body: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    request.once('response', resolve);
    request.once('error', reject);
    request.end(body);
  });

/** Posts JSON to an address that somebody has set. Redirects are not followed; any answer but 2xx is a failure; what the other side says is not read. */
export function openPoster({ url: text, deadlineMs = DEADLINE_MS, lookup }: PosterOptions): Poster {
  const url = new URL(text);
  const meansLoopback = isLoopbackName(url.hostname);
  const open = url.protocol === 'https:' ? requestTls : requestPlain;

  const post: Poster['post'] = async (body, headers, signal) => {
    checkLiteral(url.hostname, meansLoopback);
    const request = open(url, {
      method: 'POST',
      agent: false,
      lookup: lookup ?? guardedLookup(meansLoopback),
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'tidemark',
        ...headers,
      },
    });
    const { statusCode = 0 } = await answerTo(request, body);
    // Whatever else comes is of no interest, and may be endless.
    request.destroy();
    if (statusCode < 200 || statusCode > 299) throw new NotDelivered(`it answered ${statusCode}`);
  };
  return {
    host: url.host,
    post: async (body, headers, signal) => {
      try {
        await post(body, headers, signal);
      } catch (error) {
        throw new NotDelivered(reasonOf(error));
      }
    },
  };
}
