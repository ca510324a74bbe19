import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { precompress } from '../../../../scripts/precompress.ts';
import { openStaticFiles } from './static-files.ts';

const LARGE = 'export const word = "tide";\n'.repeat(400);
const SMALL = 'export {};';
const VAST = ' '.repeat(8 * 1024 * 1024);
const ASKING = 40;
let folder: string;
let server: Server;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-static-'));
  const place = join(folder, '_app/immutable');
  await mkdir(place, { recursive: true });
  await writeFile(join(folder, 'index.html'), `<!doctype html><script>start()</script>${' '.repeat(2_000)}`);
  await writeFile(join(place, 'small.js'), SMALL);
  for (const name of ['large.js', 'stale.js', 'half.js']) await writeFile(join(place, name), LARGE);
  await writeFile(join(place, 'vast.js'), VAST);
  await writeFile(join(folder, 'picture.png'), LARGE);
  await precompress(folder);
  await writeFile(join(place, 'stale.js'), `${LARGE}// newer`);
  const later = new Date(Date.now() + 60_000);
  await utimes(join(place, 'stale.js'), later, later);
  await rm(join(place, 'half.js.gz'));
  const answer = await openStaticFiles(folder);
  server = createServer((incoming, response) => {
    if (!answer(incoming, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Nothing is decompressed on the way, as `fetch` would. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, method, path, agent: false, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

const opened = ({ headers, body }: Answer): string =>
  (headers['content-encoding'] === 'br'
    ? brotliDecompressSync(body)
    : headers['content-encoding'] === 'gzip'
      ? gunzipSync(body)
      : body
  ).toString();

describe('what was compressed when it was built', () => {
  test.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['gzip;q=1, br;q=0.1', 'br'],
    ['br;q=0, gzip;q=0.1', 'gzip'],
    ['*', 'br'],
    ['identity', undefined],
    ['zstd', undefined],
    ['', undefined],
    ['br;q=0, *;q=0', undefined],
    ['garbage;;q=x', undefined],
  ])('goes to who takes "%s" as %s, and is the same content', async (takes, encoding) => {
    const path = '/_app/immutable/large.js';
    const answer = await get(path, { 'accept-encoding': takes });
    expect([answer.status, answer.headers['content-encoding'], answer.headers.vary]).toEqual([200, encoding, 'Accept-Encoding']);
    expect([opened(answer), answer.headers['content-length']]).toEqual([LARGE, String(answer.body.length)]);
    const head = await get(path, { 'accept-encoding': takes }, 'HEAD');
    expect([head.headers['content-length'], head.body.length]).toEqual([answer.headers['content-length'], 0]);
    const etag = answer.headers.etag ?? '';
    expect((await get(path, { 'accept-encoding': takes, 'if-none-match': etag })).status).toBe(304);
    // Another form is another content: a cache that has one must not take it for the other.
    const other = encoding === 'br' ? 'gzip' : 'br';
    expect((await get(path, { 'accept-encoding': other, 'if-none-match': etag })).status).toBe(200);
  });

  test('is chosen, never named', async () => {
    expect((await get('/_app/immutable/large.js.br')).status).toBe(404);
    expect((await get('/index.html.gz')).status).toBe(404);
  });

  test('keeps the policy of a page', async () => {
    const page = await get('/', { 'accept-encoding': 'br' });
    expect([page.headers['content-encoding'], String(page.headers['content-security-policy']).match(/'sha256-/g)]).toEqual([
      'br',
      ["'sha256-"],
    ]);
  });
});

test('a file that is large only when it is decompressed is decompressed once, however many ask for it so at once', async () => {
  const before = process.memoryUsage().arrayBuffers;
  const { port } = server.address() as AddressInfo;
  const sockets = await Promise.all(
    Array.from(
      { length: ASKING },
      () =>
        new Promise<Socket>((resolve, reject) => {
          const socket = connect(port, '127.0.0.1', () => socket.write('GET /_app/immutable/vast.js HTTP/1.1\r\nHost: x\r\n\r\n'));
          // Its head has come; nobody reads on.
          socket.once('readable', () => resolve(socket));
          socket.once('error', reject);
        }),
    ),
  );
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * VAST.length);
  for (const socket of sockets) socket.destroy();
});

test.each([
  ['a form that is older than its file', '/_app/immutable/stale.js', `${LARGE}// newer`],
  ['one form without the other', '/_app/immutable/half.js', LARGE],
  ['a file that fits in a packet', '/_app/immutable/small.js', SMALL],
  ['a picture', '/picture.png', LARGE],
])('%s goes as it is', async (_name, path, content) => {
  const answer = await get(path, { 'accept-encoding': 'br, gzip' });
  expect([answer.status, answer.headers['content-encoding'], answer.headers.vary, answer.body.toString()]).toEqual([
    200,
    undefined,
    undefined,
    content,
  ]);
});
