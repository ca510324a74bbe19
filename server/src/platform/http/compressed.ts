import type { IncomingMessage, ServerResponse } from 'node:http';
import compression from 'compression';

/** A shorter answer is in its first packet or two, and would come no sooner. */
const BYTES_LEAST = 2_048;
/** Measured on the first answer of the dashboard: the levels above it take longer and save next to nothing. */
const LEVEL = 4;
/** Answered bit by bit: what has been said would wait until there is more. */
const STREAMS = /^(?:text\/event-stream|multipart\/)/i;

const compress = compression({
  threshold: BYTES_LEAST,
  level: LEVEL,
  filter: (request, response) => !STREAMS.test(String(response.getHeader('Content-Type'))) && compression.filter(request, response),
});

/**
 * From here on the answer is compressed as its asker can read it, where it is text, whole and long enough. What stands beside a secret in an answer must not be
 * a stranger's to choose, or its length would tell of the secret: only behind the check of where a request comes from.
 */
export function compressAnswer(request: IncomingMessage, response: ServerResponse): void {
  compress(request, response, () => undefined);
}
