import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { contentSecurityPolicy, DOCUMENTS_POLICY, scriptHashes } from './security-headers.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
};
/** The bundler puts a hash of their content in these names: what is under such a name never changes. */
const IMMUTABLE = '/_app/immutable/';
const FALLBACK = '/index.html';

interface StaticFile {
  readonly body: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly etag: string;
}

/** Answers where it has the file (or a page of the app); false where it has not. */
export type StaticFiles = (request: IncomingMessage, response: ServerResponse) => boolean;

type PolicyOf = (html: string) => string;
const appPolicy: PolicyOf = (html) => contentSecurityPolicy(scriptHashes(html));

function readyFile(path: string, body: Buffer, policyOf: PolicyOf): StaticFile {
  const type = TYPES[extname(path)] ?? 'application/octet-stream';
  const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`;
  const html = extname(path) === '.html';
  return {
    body,
    etag,
    headers: {
      'Content-Type': type,
      ETag: etag,
      'Cache-Control': path.startsWith(IMMUTABLE) ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(html ? { 'Content-Security-Policy': policyOf(body.toString('utf8')) } : {}),
    },
  };
}

/**
 * Reads the whole build once: a request can then only name what was in it, whatever dots and slashes it has. Without a build, pages say
 * what to do.
 */
export async function openStaticFiles(directory: string): Promise<StaticFiles> {
  const files = await readAll(directory, appPolicy);
  return (request, response) => {
    const path = pathOf(request.url ?? '/');
    const file = files.get(path) ?? (extname(path) === '' ? files.get(FALLBACK) : undefined);
    if (file !== undefined) send(request, response, file);
    else if (extname(path) === '' && files.size === 0) {
      response
        .writeHead(503, { 'Content-Type': 'text/plain; charset=utf-8' })
        .end('The dashboard has not been built. Start the server with npm start, which builds it.\n');
    } else return false;
    return true;
  };
}

export const DOCS_PATH = '/docs';

/** The documents, under `/docs`: public text, so nobody has to log in. Read as the dashboard is; false for every other path. */
export async function openDocuments(directory: string): Promise<StaticFiles> {
  const files = await readAll(directory, () => DOCUMENTS_POLICY);
  return (request, response) => {
    const path = pathOf(request.url ?? '/');
    if (path === DOCS_PATH) {
      // Links of the pages are relative to the folder.
      response.writeHead(308, { Location: `${DOCS_PATH}/`, 'Cache-Control': 'no-cache' }).end();
      return true;
    }
    if (!path.startsWith(`${DOCS_PATH}/`)) return false;
    const below = path.slice(DOCS_PATH.length);
    const file = files.get(below.endsWith('/') ? `${below}index.html` : below);
    if (file !== undefined) send(request, response, file);
    else {
      const said =
        files.size === 0
          ? 'The documents have not been built. Start the server with npm start, which builds them.'
          : 'There is no such page.';
      response.writeHead(files.size === 0 ? 503 : 404, { 'Content-Type': 'text/plain; charset=utf-8' }).end(`${said}\n`);
    }
    return true;
  };
}

async function readAll(directory: string, policyOf: PolicyOf): Promise<ReadonlyMap<string, StaticFile>> {
  const files = new Map<string, StaticFile>();
  for (const entry of await listed(directory)) {
    const path = `/${relative(directory, entry).split(sep).join('/')}`;
    files.set(path, readyFile(path, await readFile(entry), policyOf));
  }
  return files;
}

async function listed(directory: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(directory, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}

function pathOf(url: string): string {
  const [path = '/'] = url.split(/[?#]/, 1);
  try {
    return decodeURIComponent(path);
  } catch (error) {
    // Bad escapes name no file.
    if (error instanceof URIError) return '/bad.escape';
    throw error;
  }
}

function send(request: IncomingMessage, response: ServerResponse, { body, headers, etag }: StaticFile): void {
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, 'Content-Length': body.length });
  response.end(request.method === 'HEAD' ? undefined : body);
}
