import { contentSecurityPolicy, scriptHashes, SECURITY_HEADERS, STRICT_TRANSPORT } from './security-headers.ts';

/** What the page asks where the server is. */
const PLACE = '<meta name="tidemark-server" content="" />';
const FOREVER = 'public, max-age=31536000, immutable';

const headersFor = (html: string, server: string): Readonly<Record<string, string>> => ({
  ...SECURITY_HEADERS,
  'Strict-Transport-Security': STRICT_TRANSPORT,
  'Content-Security-Policy': contentSecurityPolicy(scriptHashes(html), [server, server.replace(/^http/, 'ws')]),
});

/** For Vercel: files first, then the page for whatever address of the dashboard. */
function vercelJson(headers: Readonly<Record<string, string>>): string {
  const all = Object.entries(headers).map(([key, value]) => ({ key, value }));
  return `${JSON.stringify(
    {
      headers: [
        { source: '/(.*)', headers: all },
        { source: '/_app/immutable/(.*)', headers: [{ key: 'Cache-Control', value: FOREVER }] },
      ],
      rewrites: [{ source: '/((?!_app/).*)', destination: '/index.html' }],
    },
    null,
    2,
  )}\n`;
}

/** For Netlify and Cloudflare Pages. */
function headersFile(headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${value}`);
  return `/*\n${lines.join('\n')}\n/_app/immutable/*\n  Cache-Control: ${FOREVER}\n`;
}

/**
 * The files that the built dashboard needs beside it on a host of its own: its page, that names the server, and what hosts are told of headers and addresses.
 * `server` is an origin. Throws where the page has no place for it.
 */
export function staticHostFiles(page: string, server: string): Readonly<Record<string, string>> {
  if (page.split(PLACE).length !== 2)
    throw new Error('The page of this build has no place for the address of a server: build it again with npm start');
  const html = page.replace(PLACE, `<meta name="tidemark-server" content="${server}" />`);
  const headers = headersFor(html, server);
  return { 'index.html': html, 'vercel.json': vercelJson(headers), _headers: headersFile(headers), _redirects: '/* /index.html 200\n' };
}
