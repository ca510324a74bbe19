import { request as requestPlain } from 'node:http';
import type { ClientRequest, IncomingMessage } from 'node:http';
import { request as requestTls } from 'node:https';
import { isLoopbackName } from '../channel-settings.ts';
import type { WebhookSettings } from '../channel-settings.ts';
import { NotDelivered } from '../channel.ts';
import type { AlertChannel, OutgoingAlert } from '../channel.ts';
import { signatureOf, webhookBody } from '../message.ts';
import { checkLiteral, guardedLookup } from './public-address.ts';

export interface WebhookOptions extends WebhookSettings {
  /** The wall clock, in milliseconds. */
  readonly nowMs: () => number;
  readonly deadlineMs?: number;
  /** Of names; the system's where absent. */
  readonly lookup?: ReturnType<typeof guardedLookup>;
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

/** Posts each alert as signed JSON. Redirects are not followed; any answer but 2xx is a failure; what the other side says is not read. */
export function webhookChannel({ url: text, secret, nowMs, deadlineMs = DEADLINE_MS, lookup }: WebhookOptions): AlertChannel {
  const url = new URL(text);
  const meansLoopback = isLoopbackName(url.hostname);
  const open = url.protocol === 'https:' ? requestTls : requestPlain;

  const post = async (alert: OutgoingAlert, signal: AbortSignal): Promise<void> => {
    checkLiteral(url.hostname, meansLoopback);
    const body = webhookBody(alert);
    const request = open(url, {
      method: 'POST',
      agent: false,
      lookup: lookup ?? guardedLookup(meansLoopback),
      signal: AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        'user-agent': 'tidemark',
        'tidemark-delivery': String(alert.seq),
        'tidemark-signature': signatureOf(body, secret, nowMs()),
      },
    });
    const { statusCode = 0 } = await answerTo(request, body);
    // Whatever else comes is of no interest, and may be endless.
    request.destroy();
    if (statusCode < 200 || statusCode > 299) throw new NotDelivered(`it answered ${statusCode}`);
  };
  return {
    name: 'webhook',
    target: url.host,
    deliver: async (alert, signal) => {
      try {
        await post(alert, signal);
      } catch (error) {
        throw new NotDelivered(reasonOf(error));
      }
    },
    close: () => undefined,
  };
}
