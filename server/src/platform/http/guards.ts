import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The host's name without its port. */
const nameOf = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

/**
 * Whether a request was meant for this server: a page on another site that resolves its own name to this address sends its own name.
 * Loopback names always; others only where they were configured.
 */
export function isOurHost({ host }: IncomingHttpHeaders, allowedHosts: ReadonlySet<string>): boolean {
  if (host === undefined) return false;
  const name = nameOf(host);
  return LOOPBACK_NAMES.has(name) || allowedHosts.has(name);
}

/** Whether the page that sends the request came from this server itself: same scheme, name and port. */
export function isSameOrigin({ origin, host }: IncomingHttpHeaders): boolean {
  if (origin === undefined || host === undefined) return false;
  return origin === `http://${host}` || origin === `https://${host}`;
}

/** JSON, and nothing that an HTML form could send. */
export const isJson = (headers: IncomingHttpHeaders): boolean =>
  /^application\/json(?:\s*;\s*charset=utf-8)?$/i.test(headers['content-type'] ?? '');
