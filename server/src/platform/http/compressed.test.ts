import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { brotliDecompressSync, gunzipSync, inflateSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';
import { createServer } from './server.ts';

let api: ApiWorld;
beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
});
afterAll(() => api.close());

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** As it came over the line. */
  readonly body: Buffer;
}

/** As sent, and nothing undone: `fetch` would unpack the answer. */
function ask(query: string, headers: Readonly<Record<string, string>>): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const all = { 'content-type': 'application/json', authorization: `Bearer ${api.apiKey}`, ...headers };
  const sent = httpRequest(`${api.server.url}/graphql`, { method: 'POST', agent: false, headers: all }, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }));
  });
  sent.on('error', reject);
  sent.end(JSON.stringify({ query }));
  return promise;
}

const LONG = '{ limits { id name code title description unit looser value default ceiling } }';
const SHORT = '{ viewer { name } }';

test.each([
  ['gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
] as const)('a long answer comes as %s to whoever reads it, and is the same answer', async (encoding, unpack) => {
  const plain = await ask(LONG, {});
  const packed = await ask(LONG, { 'accept-encoding': encoding });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect([packed.status, packed.headers['content-encoding']]).toEqual([200, encoding]);
  expect(packed.headers['content-length']).toBeUndefined();
  expect(packed.headers.vary).toContain('Accept-Encoding');
  expect(plain.headers.vary).toContain('Accept-Encoding');
  expect(unpack(packed.body).equals(plain.body)).toBe(true);
  expect(packed.body.length * 3).toBeLessThan(plain.body.length);
});

test('whoever would take a stream as well, as the dashboard’s library says of each question, gets what is whole compressed', async () => {
  const accept = 'application/graphql-response+json, application/json, text/event-stream, multipart/mixed';
  const answer = await ask(LONG, { accept, 'accept-encoding': 'gzip, deflate' });
  expect(answer.headers).toMatchObject({ 'content-type': expect.stringContaining('json') as string, 'content-encoding': 'gzip' });
  expect(JSON.parse(gunzipSync(answer.body).toString())).toMatchObject({ data: {} });
});

test.each([
  ['a short answer', SHORT, { 'accept-encoding': 'gzip' }],
  ['whoever reads nothing packed', LONG, { 'accept-encoding': 'identity' }],
  ['whoever refuses it', LONG, { 'accept-encoding': 'gzip;q=0, identity' }],
])('as it is: %s', async (_name, query, headers) => {
  const answer = await ask(query, headers);
  expect(answer.headers['content-encoding']).toBeUndefined();
  expect(JSON.parse(answer.body.toString())).toMatchObject({ data: {} });
});

test('a stranger, and a page elsewhere, are refused before anything could be compressed', async () => {
  // Whatever comes to the compressor says so, compressed or not.
  expect((await ask(SHORT, {})).headers.vary).toContain('Accept-Encoding');
  for (const headers of [{ authorization: '' }, { origin: 'https://elsewhere.example' }]) {
    const answer = await ask(LONG, { 'accept-encoding': 'gzip', ...headers });
    expect([answer.status >= 400, String(answer.headers.vary)]).toEqual([true, expect.not.stringContaining('Accept-Encoding')]);
  }
});

test('reports and figures for monitors are compressed as answers are', async () => {
  const html = '<p>A report.</p>'.repeat(1_000);
  const { capabilities, accounts, reports } = api.opened;
  const server = await createServer({
    capabilities,
    accounts,
    reports: { ...reports, html: () => Promise.resolve(html) },
    webBuild: api.world.dir,
    docsBuild: api.world.dir,
    port: 0,
    report: (what, error) => void expect.unreachable(`${what}: ${String(error)}`),
  });
  try {
    for (const path of ['/reports/any.html', '/metrics']) {
      const answer = await fetch(`${server.url}${path}`, { headers: { authorization: `Bearer ${api.apiKey}`, 'accept-encoding': 'gzip' } });
      expect([path, answer.status, answer.headers.get('content-encoding')]).toEqual([path, 200, 'gzip']);
      const text = await answer.text();
      expect(path === '/metrics' ? text.includes('# HELP') : text === html).toBe(true);
    }
  } finally {
    await server.close();
  }
});

test('a stream of events comes event by event, never packed', async () => {
  const heard = new AbortController();
  const response = await fetch(`${api.server.url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      'accept-encoding': 'gzip',
      authorization: `Bearer ${api.apiKey}`,
    },
    body: JSON.stringify({ query: 'subscription { controls { tradingState } }' }),
    signal: heard.signal,
  });
  // The engine says so of its streams.
  expect(response.headers.get('content-encoding')).toBe('none');
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('tradingState')) {
    const { done, value = '' } = (await reader?.read()) ?? { done: true };
    if (done) throw new Error(`the stream ended after ${text}`);
    text += value;
  }
  heard.abort();
});
