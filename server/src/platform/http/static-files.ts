import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompress } from 'node:zlib';
import Negotiator from 'negotiator';
import { openPreloads } from './preloads.ts';
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

/** Which of a file's forms may be sent, the smallest first. */
const ENCODINGS = ['br', 'gzip', 'identity'] as const;
type Encoding = (typeof ENCODINGS)[number];
/** Beside a file, the same compressed: the build writes them. */
const COMPRESSED: Readonly<Record<'br' | 'gzip', string>> = { br: '.br', gzip: '.gz' };

interface StaticFile {
  /** The compressed forms, where there are any. */
  readonly bodies: ReadonlyMap<Encoding, Buffer>;
  /** As it lies there. Whoever takes no compressed form is rare: it is decompressed for the first of them, and kept for all who come after, however many at once. */
  readonly plain: () => Promise<Buffer>;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the content, whatever form it has. */
  readonly hash: string;
}

/** Answers where it has the file (or a page of the app); false where it has not. */
export type StaticFiles = (request: IncomingMessage, response: ServerResponse) => boolean;

type PolicyOf = (html: string) => string;
const appPolicy: PolicyOf = (html) => contentSecurityPolicy(scriptHashes(html));
const decompress = promisify(brotliDecompress);

/** The compressed forms of a file that were made of what lies there now; none where one is missing. */
async function compressedBodies(entry: string): Promise<ReadonlyMap<Encoding, Buffer>> {
  const bodies = new Map<Encoding, Buffer>();
  const { mtimeMs: writtenMs } = await stat(entry);
  for (const encoding of ['br', 'gzip'] as const) {
    const path = `${entry}${COMPRESSED[encoding]}`;
    const found = await whereThere(stat(path));
    if (found === undefined || found.mtimeMs < writtenMs) return new Map();
    bodies.set(encoding, await readFile(path));
  }
  return bodies;
}

async function readyFile(path: string, entry: string, policyOf: PolicyOf): Promise<StaticFile> {
  const compressed = await compressedBodies(entry);
  const smallest = compressed.get('br');
  const kept = smallest ?? (await readFile(entry));
  let opened: Promise<Buffer> | undefined;
  const html = extname(path) === '.html';
  return {
    bodies: compressed,
    plain: () => (opened ??= smallest === undefined ? Promise.resolve(kept) : decompress(smallest)),
    hash: createHash('sha256').update(kept).digest('base64url').slice(0, 27),
    headers: {
      'Content-Type': TYPES[extname(path)] ?? 'application/octet-stream',
      'Cache-Control': path.startsWith(IMMUTABLE) ? 'public, max-age=31536000, immutable' : 'no-cache',
      ...(html ? { 'Content-Security-Policy': policyOf(await readFile(entry, 'utf8')) } : {}),
    },
  };
}

/**
 * Reads the whole build once: a request can then only name what was in it, whatever dots and slashes it has. Without a build, pages say
 * what to do.
 */
export async function openStaticFiles(directory: string): Promise<StaticFiles> {
  const files = await readAll(directory, appPolicy);
  const linkOf = await openPreloads(directory);
  return (request, response) => {
    const path = pathOf(request.url ?? '/');
    const page = extname(path) === '' ? files.get(FALLBACK) : undefined;
    const file = files.get(path) ?? page;
    const link = file === page ? linkOf(path) : undefined;
    if (link !== undefined) response.setHeader('Link', link);
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
    files.set(path, await readyFile(path, entry, policyOf));
  }
  return files;
}

/** `undefined` where there is no such file or folder. */
async function whereThere<T>(looking: Promise<T>): Promise<T | undefined> {
  try {
    return await looking;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** All but the compressed forms, which nobody names: they are chosen by what a browser takes. */
async function listed(directory: string): Promise<readonly string[]> {
  const entries = (await whereThere(readdir(directory, { recursive: true, withFileTypes: true }))) ?? [];
  const suffixes: ReadonlySet<string> = new Set(Object.values(COMPRESSED));
  return entries.filter((entry) => entry.isFile() && !suffixes.has(extname(entry.name))).map((entry) => join(entry.parentPath, entry.name));
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

/** Sends the smallest form that the browser takes; what takes none that is kept gets the file as it is. */
function send(request: IncomingMessage, response: ServerResponse, { bodies, plain, headers: ofFile, hash }: StaticFile): void {
  const isCompressed = bodies.has('br');
  const taken = isCompressed ? new Negotiator(request).encodings([...ENCODINGS]) : [];
  const encoding = ENCODINGS.find((one) => taken.includes(one)) ?? 'identity';
  if (isCompressed) response.appendHeader('Vary', 'Accept-Encoding');
  const etag = encoding === 'identity' ? `"${hash}"` : `"${hash}-${encoding}"`;
  const headers = { ...ofFile, ETag: etag, ...(encoding === 'identity' ? {} : { 'Content-Encoding': encoding }) };
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304, headers).end();
    return;
  }
  const answer = (body: Buffer): void => {
    response.writeHead(200, { ...headers, 'Content-Length': body.length });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  const kept = bodies.get(encoding);
  if (kept !== undefined) answer(kept);
  else void plain().then(answer, (error: Error) => response.destroy(error));
}
