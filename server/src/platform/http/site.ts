import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import type { Site } from '../../accounts/passkeys/site.ts';
import type { IsOurPage } from './guards.ts';

/**
 * Where the browser is that sends this request, for passkeys: the origin of one of our pages. `undefined` where it is none, or an address of
 * numbers.
 */
export function siteOf(headers: IncomingHttpHeaders, isOurPage: IsOurPage): Site | undefined {
  const { origin } = headers;
  if (origin === undefined || !isOurPage(headers) || !URL.canParse(origin)) return undefined;
  const url = new URL(origin);
  if (url.hostname.startsWith('[') || isIP(url.hostname) !== 0) return undefined;
  return { origin: url.origin, rpId: url.hostname };
}
