import type { IncomingHttpHeaders } from 'node:http';

const LOOPBACK_NAMES: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The host's name without its port. */
const nameOf = (host: string): string => host.replace(/:\d+$/, '').toLowerCase();

/** Whether the browser reached this server under a name of this machine: then there is no TLS, and none is needed. */
export const isLoopback = ({ host }: IncomingHttpHeaders): boolean => host !== undefined && LOOPBACK_NAMES.has(nameOf(host));

/**
 * Whether a request was meant for this server: a page on another site that resolves its own name to this address sends its own name.
 * Loopback names always; others only where they were configured.
 */
export function isOurHost({ host }: IncomingHttpHeaders, allowedHosts: ReadonlySet<string>): boolean {
  if (host === undefined) return false;
  const name = nameOf(host);
  return LOOPBACK_NAMES.has(name) || allowedHosts.has(name);
}

/** Whether the page that sends the request came from this server itself: same scheme, name and port. Elsewhere than on this machine only by TLS. */
export function isSameOrigin(headers: IncomingHttpHeaders): boolean {
  const { origin, host } = headers;
  if (origin === undefined || host === undefined) return false;
  return origin === `https://${host}` || (isLoopback(headers) && origin === `http://${host}`);
}

/** Whether a request comes from a page that may use a log-in: one of this server itself, or of a dashboard that stands elsewhere. */
export type IsOurPage = (headers: IncomingHttpHeaders) => boolean;

/** `dashboards` are whole origins, as browsers send them: scheme, name and port where it is not the usual one. */
export const ourPages =
  (dashboards: ReadonlySet<string>): IsOurPage =>
  (headers) =>
    isSameOrigin(headers) || (headers.origin !== undefined && dashboards.has(headers.origin));

/** JSON, and nothing that an HTML form could send. */
export const isJson = (headers: IncomingHttpHeaders): boolean =>
  /^application\/json(?:\s*;\s*charset=utf-8)?$/i.test(headers['content-type'] ?? '');
