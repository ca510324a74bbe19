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
  const docsBuild = join(api.world.dir, 'docs');
  await mkdir(join(docsBuild, 'how-to'), { recursive: true });
  await writeFile(join(docsBuild, 'index.html'), '<!doctype html><h1>Documents</h1>');
  await writeFile(join(docsBuild, 'how-to/x.html'), '<!doctype html><h1>X</h1>');
  const { capabilities, accounts, reports } = api.opened;
  server = await createServer({
    capabilities,
    accounts,
    reports,
    webBuild,
    docsBuild,
    port: 0,
    allowedHosts: ['tidemark.example'],
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
      /^__Host-tidemark_session=[A-Za-z0-9_-]{40,}; Secure; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/,
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

describe('through a proxy with TLS', () => {
  const PUBLIC = { host: 'tidemark.example', origin: 'https://tidemark.example' };
  const asks = (headers: Record<string, string>): Promise<Answer> => send('POST', '/graphql', { ...JSON_TYPE, ...headers }, VIEWER);

  test('the cookie counts under its __Host- name alone, and from https alone', async () => {
    const cookie = await logIn();
    expect((await asks({ ...PUBLIC, cookie })).status).toBe(200);
    expect((await asks({ ...PUBLIC, cookie: cookie.replace('__Host-', '') })).status).toBe(401);
    expect((await asks({ ...PUBLIC, cookie, origin: 'http://tidemark.example' })).status).toBe(403);
  });

  test('where a log-in came from is what the proxy saw, not what the sender claims', async () => {
    const token = await api.loginToken();
    const headers = { host: PUBLIC.host, 'x-forwarded-for': '10.6.6.6, 192.0.2.44', 'user-agent': 'Firefox/145.0 (Linux)' };
    const [cookie = ''] = (await send('GET', `/login?token=${token}`, headers)).headers['set-cookie'] ?? [];
    const query = JSON.stringify({ query: '{ sessions { address device current } }' });
    const answer = await send('POST', '/graphql', { ...JSON_TYPE, ...PUBLIC, cookie: cookie.split(';')[0] ?? '' }, query);
    expect(answer.body).toContain('{"address":"192.0.2.44","device":"Firefox on Linux","current":true}');
  });
});

test('Safari, which keeps no Secure cookie of http on this machine, has a plain one there and nowhere else', async () => {
  const agent = { 'user-agent': 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/19.0 Safari/605.1.15' };
  const cookieFor = async (headers: Record<string, string>): Promise<string> =>
    (await send('GET', `/login?token=${await api.loginToken()}`, { ...agent, ...headers })).headers['set-cookie']?.[0] ?? '';
  expect(await cookieFor({})).toMatch(/^tidemark_session=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/);
  expect(await cookieFor({ host: 'tidemark.example' })).toMatch(/^__Host-tidemark_session=[^;]+; Secure;/);
});

describe('who may ask', () => {
  test.each([
    ['nobody', {}],
    ['a wrong key', { authorization: `Bearer tmk_${'A'.repeat(43)}` }],
    ['a key of another shape', { authorization: 'Bearer ../../etc/passwd' }],
    ['basic authentication', { authorization: 'Basic b3duZXI6b3duZXI=' }],
    ['a wrong cookie', { cookie: `__Host-tidemark_session=${'A'.repeat(43)}`, origin: 'SAME' }],
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

describe('the documents', () => {
  test('are read without a log-in, under the narrowest policy', async () => {
    const home = await send('GET', '/docs/');
    expect([home.status, home.body]).toEqual([200, '<!doctype html><h1>Documents</h1>']);
    expect(home.headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/);
    expect((await send('GET', '/docs/how-to/x.html?from=help')).status).toBe(200);
    expect((await send('GET', '/docs/', { 'if-none-match': home.headers.etag ?? '' })).status).toBe(304);
  });

  test.each([
    ['without its slash', '/docs', 308],
    ['a page that is not there, which no page of the dashboard stands in for', '/docs/none', 404],
    ['out of the folder', '/docs/../build/index.html', 404],
    ['out of the folder, escaped', '/docs/%2e%2e/build/index.html', 404],
  ])('%s', async (_name, path, status) => expect((await send('GET', path)).status).toBe(status));

  test('that were not built say what to do', async () => {
    const answer = await fetch(`${api.server.url}/docs/index.html`);
    expect([answer.status, await answer.text()]).toEqual([503, expect.stringContaining('npm start')]);
  });
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
      docsBuild: join(api.world.dir, 'docs'),
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
    docsBuild: join(api.world.dir, 'docs'),
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
