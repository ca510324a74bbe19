import type { IncomingMessage, ServerResponse } from 'node:http';

/** How long a browser remembers what it was told, in seconds. */
const REMEMBERED_S = 600;

/**
 * Tells browsers that a dashboard which stands elsewhere may call and read the answers. Nothing is said to any other page, so that its browser keeps them from
 * it. True where this was but the browser's question whether it may, which is answered then.
 */
export function crossOrigin(request: IncomingMessage, response: ServerResponse, dashboards: ReadonlySet<string>): boolean {
  if (dashboards.size === 0) return false;
  response.setHeader('Vary', 'Origin');
  const { origin } = request.headers;
  if (origin === undefined || !dashboards.has(origin)) return false;
  response.setHeader('Access-Control-Allow-Origin', origin);
  response.setHeader('Access-Control-Allow-Credentials', 'true');
  if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return false;
  response
    .writeHead(204, {
      'Access-Control-Allow-Methods': 'GET, POST',
      'Access-Control-Allow-Headers': 'content-type, accept',
      'Access-Control-Max-Age': REMEMBERED_S,
    })
    .end();
  return true;
}
