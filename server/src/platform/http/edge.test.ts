import { mkdir, writeFile } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openDrawing } from '../drawing/drawing.ts';
import { createServer } from './server.ts';
import type { RunningServer } from './server.ts';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { DatabaseUnavailable } from '../database-unavailable.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';

let api: ApiWorld;
/** A second server over the same parts, with a dashboard to serve. */
let server: RunningServer;
const failures: string[] = [];

beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  const webBuild = join(api.world.dir, 'build');
  await mkdir(join(webBuild, '_app/immutable'), { recursive: true });
  await writeFile(
    join(webBuild, 'index.html'),
    '<!doctype html><script>start()</script><script type="application/json">{}</script><script src="/x.js"></script>',
  );
  await writeFile(join(webBuild, '_app/immutable/entry.abc123.js'), 'export {};');
  const { capabilities, accounts, reports } = api.opened;
  server = await createServer({
    capabilities,
    accounts,
    reports,
    webBuild,
    port: 0,
    report: (what, error) => failures.push(`${what}: ${String(error)}`),
  });
});
afterAll(async () => {
  await server.close();
  await api.close();
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request as no browser would send it, with headers and path exactly as written. */
function send(method: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answer> {
  const { port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    const sent = httpRequest(
      { host: '127.0.0.1', port, method, path, agent: false, headers: { host: `127.0.0.1:${port}`, ...headers } },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };
const VIEWER = JSON.stringify({ query: '{ viewer { name } }' });
const bearer = (): Record<string, string> => ({ ...JSON_TYPE, authorization: `Bearer ${api.apiKey}` });
const origin = (): string => server.url;

/** Logs in by a link and gives the cookie back. */
async function logIn(): Promise<string> {
  const answer = await send('GET', `/login?token=${await api.loginToken()}`);
  const [cookie = ''] = answer.headers['set-cookie'] ?? [];
  return cookie.split(';')[0] ?? '';
}

describe('log-in', () => {
  test('a link works once, and leaves a cookie that scripts and other sites cannot use', async () => {
    const token = await api.loginToken();
    const first = await send('GET', `/login?token=${token}`);
    expect([first.status, first.headers.location]).toEqual([303, '/']);
    expect(first.headers['set-cookie']?.[0]).toMatch(
      /^tidemark_session=[A-Za-z0-9_-]{40,}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
    );
    expect((await send('GET', `/login?token=${token}`)).status).toBe(403);
  });

  test.each(['', 'x', 'a'.repeat(5_000), '%00', "' or 1=1 --"])('the token %j opens nothing', async (token) => {
    const answer = await send('GET', `/login?token=${encodeURIComponent(token)}`);
    expect(answer.status).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  test('HEAD does not spend a link', async () => {
    const token = await api.loginToken();
    await send('HEAD', `/login?token=${token}`);
    expect((await send('GET', `/login?token=${token}`)).status).toBe(303);
  });

  test('after log-out the cookie is worth nothing', async () => {
    const cookie = await logIn();
    const asks = (): Promise<Answer> => send('POST', '/graphql', { ...JSON_TYPE, cookie, origin: origin() }, VIEWER);
    expect((await asks()).status).toBe(200);
    expect((await send('POST', '/logout', { cookie, origin: 'http://evil.example' })).status).toBe(403);
    expect((await send('GET', '/logout', { cookie })).status).toBe(405);
    expect((await send('POST', '/logout', { cookie, origin: origin() })).headers['set-cookie']?.[0]).toContain('Max-Age=0');
    expect((await asks()).status).toBe(401);
  });
});

describe('who may ask', () => {
  test.each([
    ['nobody', {}],
    ['a wrong key', { authorization: `Bearer tmk_${'A'.repeat(43)}` }],
    ['a key of another shape', { authorization: 'Bearer ../../etc/passwd' }],
    ['basic authentication', { authorization: 'Basic b3duZXI6b3duZXI=' }],
    ['a wrong cookie', { cookie: `tidemark_session=${'A'.repeat(43)}`, origin: 'SAME' }],
  ])('%s: 401', async (_name, headers: Record<string, string>) => {
    const sent = headers['origin'] === 'SAME' ? { ...headers, origin: origin() } : headers;
    const answer = await send('POST', '/graphql', { ...JSON_TYPE, ...sent }, VIEWER);
    expect([answer.status, (JSON.parse(answer.body) as { errors: { extensions: { code: string } }[] }).errors[0]?.extensions.code]).toEqual(
      [401, 'UNAUTHENTICATED'],
    );
  });

  test.each(['http://evil.example', 'null', 'http://127.0.0.1', 'http://127.0.0.1.evil.example', 'http://localhost:1', undefined])(
    'a cookie with the Origin %s: 403',
    async (from) => {
      const cookie = await logIn();
      const answer = await send('POST', '/graphql', { ...JSON_TYPE, cookie, ...(from === undefined ? {} : { origin: from }) }, VIEWER);
      expect(answer.status).toBe(403);
    },
  );

  test('a key from a foreign page: 403', async () => {
    expect((await send('POST', '/graphql', { ...bearer(), origin: 'http://evil.example' }, VIEWER)).status).toBe(403);
  });

  test.each(['evil.example', '127.0.0.1.evil.example', 'evil.example:4000'])('the Host %j is not ours', async (host) => {
    expect((await send('POST', '/graphql', { ...bearer(), host }, VIEWER)).status).toBeGreaterThanOrEqual(400);
    expect((await send('GET', '/', { host })).status).toBeGreaterThanOrEqual(400);
  });

  test.each(['localhost', '127.0.0.1', '[::1]'])('the Host %s is ours', async (name) => {
    expect((await send('GET', '/healthz', { host: `${name}:${new URL(server.url).port}` })).status).toBe(200);
  });
});

describe('what may be sent', () => {
  test.each([
    [
      'GET with a mutation',
      'GET',
      `/graphql?query=${encodeURIComponent('mutation { releaseKillSwitch(reason: "now") { __typename } }')}`,
      undefined,
      405,
    ],
    ['GET with a query', 'GET', '/graphql?query=%7B__typename%7D', undefined, 405],
    ['PUT', 'PUT', '/graphql', VIEWER, 405],
    ['DELETE on a page', 'DELETE', '/', undefined, 405],
  ])('%s', async (_name, method, path, body, status) => {
    expect((await send(method, path, bearer(), body)).status).toBe(status);
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
    'application/json; charset=utf-16',
    '',
  ])('the content type %j: 415', async (type) => {
    expect((await send('POST', '/graphql', { ...bearer(), 'content-type': type }, VIEWER)).status).toBe(415);
  });

  test('a body above a megabyte: 413, said or not', async () => {
    const big = JSON.stringify({ query: `{ viewer { name } } #${'x'.repeat(1_100_000)}` });
    expect((await send('POST', '/graphql', { ...bearer(), 'content-length': String(big.length) }, big)).status).toBe(413);
    expect((await send('POST', '/graphql', { ...bearer(), 'transfer-encoding': 'chunked' }, big)).status).toBe(413);
  });

  test.each([
    ['no JSON', 'nonsense', 400],
    ['an array', `[${VIEWER},${VIEWER}]`, 400],
    ['a prototype', '{"__proto__":{"polluted":1},"query":"{ viewer { name } }"}', 400],
    ['ten thousand levels', '['.repeat(10_000), 400],
    ['a query that is no text', '{"query":1}', 400],
  ])('%s', async (_name, body, status) => {
    const answer = await send('POST', '/graphql', bearer(), body);
    expect(answer.status).toBe(status);
    expect(answer.body).not.toMatch(/node_modules|\.ts:\d/);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe('documents that ask for too much are refused before any resolver', () => {
  const nested = (depth: number): string =>
    `{ orders { ${'edges { node { fills { '.repeat(1)}${'... on Fill { '.repeat(depth)} id ${'} '.repeat(depth)} } } } } }`;
  const deep = (levels: number): string => `{ ${'a { '.repeat(levels)}b${' }'.repeat(levels)} }`;
  const introspection = (levels: number): string =>
    `{ __schema { types { ${'fields { type { '.repeat(levels)}name${' } }'.repeat(levels)} } } }`;
  const amplified = [
    ...Array.from({ length: 30 }, (_, index) => `fragment f${index} on Query { ...f${index + 1} ...f${index + 1} }`),
    'fragment f30 on Query { overview { seq } }',
  ].join('\n');
  test.each([
    ['depth 12', deep(12)],
    ['depth 50', deep(50)],
    ['depth 5,000', deep(5_000)],
    ['introspection in circles', introspection(6)],
    ['a circle of fragments', '{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }'],
    [
      'fragments that amplify',
      `{ ...f0 ...f0 } ${amplified.replace('overview { seq }', Array.from({ length: 3 }, (_, index) => `o${index}: orders(first: 500) { totalCount }`).join(' '))}`,
    ],
    ['aliases', `{ ${Array.from({ length: 100 }, (_, index) => `a${index}: overview { seq }`).join(' ')} }`],
    ['directives', `{ overview ${'@include(if: true) '.repeat(100)} { seq } }`],
    ['tokens', `{ overview { ${'seq '.repeat(4_000)} } }`],
    ['a long text', `{ instruments { id } } # ${'x'.repeat(200_000)}`],
    [
      'pages of pages',
      '{ orders(first: 500) { edges { node { fills { id executionId symbol price quantity } life { name at seq detail } denials { code message limit } } } } a: orders(first: 500) { edges { node { fills { id executionId symbol price quantity } life { name at seq detail } denials { code message limit } } } } b: orders(first: 500) { edges { node { fills { id executionId symbol price quantity } life { name at seq detail } denials { code message limit } } } } c: orders(first: 500) { edges { node { fills { id executionId symbol price quantity } life { name at seq detail } } } } }',
    ],
    ['a page without end', '{ orders(first: 99999999) { edges { node { id fills { id } } } } }'],
  ])('%s', async (_name, query) => {
    const answer = await send('POST', '/graphql', bearer(), JSON.stringify({ query }));
    const parsed = JSON.parse(answer.body) as { data?: unknown; errors: { message: string }[] };
    expect(parsed.errors.length).toBeGreaterThan(0);
    expect(parsed.data ?? null).toBeNull();
    expect(answer.body.length).toBeLessThan(20_000);
    expect(answer.body).not.toMatch(/node_modules|\.ts:\d/);
  });

  test('type conditions do not hide depth, and cost none', async () => {
    const answer = await send('POST', '/graphql', bearer(), JSON.stringify({ query: nested(5) }));
    expect(answer.status).toBe(200);
  });

  test('a whole introspection is answered', async () => {
    const { getIntrospectionQuery } = await import('graphql');
    const answer = await send('POST', '/graphql', bearer(), JSON.stringify({ query: getIntrospectionQuery() }));
    expect((JSON.parse(answer.body) as { errors?: unknown }).errors).toBeUndefined();
  });
});

describe('the dashboard', () => {
  test('every page is the app, under a policy that knows its one inline script', async () => {
    for (const path of ['/', '/orders', '/strategies/some-id', '/..%2f..%2fetc%2fpasswd']) {
      const answer = await send('GET', path);
      if (path.includes('%2f')) expect(answer.body).not.toContain('root:');
      else expect([answer.status, answer.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
    }
    const policy = String((await send('GET', '/')).headers['content-security-policy']);
    expect(policy.match(/'sha256-/g)).toHaveLength(1);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("default-src 'none'");
    expect(/script-src[^;]*unsafe-inline/.test(policy)).toBe(false);
  });

  test('what is under a hashed name is kept for ever, the rest is asked for again', async () => {
    expect((await send('GET', '/_app/immutable/entry.abc123.js')).headers['cache-control']).toContain('immutable');
    const page = await send('GET', '/');
    expect(page.headers['cache-control']).toBe('no-cache');
    expect((await send('GET', '/', { 'if-none-match': page.headers.etag ?? '' })).status).toBe(304);
  });

  test.each(['/missing.js', '/_app/immutable/../../index.html.map', '/%E0%A4%A.js', '/..\\..\\secrets.txt'])(
    '%s is not there',
    async (path) => {
      expect((await send('GET', path)).status).toBe(404);
    },
  );

  test('every answer carries the headers that browsers need', async () => {
    for (const answer of [await send('GET', '/'), await send('GET', '/missing.js'), await send('POST', '/graphql', {}, '')]) {
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
      });
    }
    expect((await send('POST', '/graphql', bearer(), VIEWER)).headers['cache-control']).toBe('no-store');
  });
});

test('nothing of all this was a failure of ours', () => {
  expect(failures).toEqual([]);
});

describe('the database is gone', () => {
  test('requests are answered with what happened and what to do, and nothing of the failure', async () => {
    const { capabilities, accounts, reports } = api.opened;
    const reported: unknown[] = [];
    const cut = await createServer({
      capabilities,
      accounts: { ...accounts, byApiKey: () => Promise.reject(new DatabaseUnavailable('connect ECONNREFUSED 10.1.2.3:5432')) },
      reports,
      webBuild: join(api.world.dir, 'build'),
      port: 0,
      report: (_what, error) => reported.push(error),
    });
    try {
      const response = await fetch(`${cut.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${api.apiKey}` },
        body: VIEWER,
      });
      const body = await response.text();
      expect(response.status).toBe(503);
      expect(body).toContain('DATABASE_UNAVAILABLE');
      expect(body).toMatch(/Bring it back/);
      expect(body).not.toContain('10.1.2.3');
      expect(reported).toHaveLength(1);
    } finally {
      await cut.close();
    }
  });
});

test('a report that cannot be drawn is answered with what and why', async () => {
  const { capabilities, accounts, reports } = api.opened;
  const drawing = openDrawing({ report: (what, error) => failures.push(`${what}: ${String(error)}`) });
  const reported: unknown[] = [];
  const broken = await createServer({
    capabilities,
    accounts,
    reports: { ...reports, json: () => drawing.document('json', 'no JSON') },
    webBuild: join(api.world.dir, 'build'),
    port: 0,
    report: (_what, error) => reported.push(error),
  });
  try {
    const response = await fetch(`${broken.url}/reports/run-1.json`, { headers: bearer() });
    expect(response.status).toBe(500);
    expect(await response.text()).toMatch(/^The run as JSON could not be drawn: .*not valid JSON\n$/);
    expect(reported).toHaveLength(1);
  } finally {
    await broken.close();
    await drawing.close();
  }
});

describe('GraphiQL', () => {
  test('is for who is logged in, whole in itself, under a policy of its own', async () => {
    expect((await send('GET', '/graphql', { accept: 'text/html' })).status).toBe(401);
    const page = await send('GET', '/graphql', { ...bearer(), accept: 'text/html' });
    expect(page.status).toBe(200);
    expect(page.headers['content-security-policy']).toMatch(/script-src 'self' 'wasm-unsafe-eval' 'sha256-/);
    expect(page.headers['content-security-policy']).not.toMatch(/script-src[^;]*unsafe-inline/);
    expect(page.body).not.toMatch(/<(?:script|link)[^>]+(?:src|href)="https?:/);
  });
});
