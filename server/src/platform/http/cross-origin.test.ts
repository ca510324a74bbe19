import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openApiWorld } from '../../graphql/test/api-world.ts';
import type { ApiWorld } from '../../graphql/test/api-world.ts';
import { joined, logIn, PASSWORD } from '../../graphql/test/log-in.ts';
import { openEmbeddedTestDatabase } from '../test-database.ts';
import { createServer } from './server.ts';
import type { RunningServer } from './server.ts';

const DASHBOARD = 'https://desk.example.com';
const NAME = 'Vera';
const QUERY = JSON.stringify({ query: '{ viewer { name } }' });
const JSON_TYPE = { 'content-type': 'application/json' };

let api: ApiWorld;
/** A second server over the same parts, that knows a dashboard elsewhere; the first knows none. */
let server: RunningServer;

beforeAll(async () => {
  api = await openApiWorld(openEmbeddedTestDatabase);
  const webBuild = join(api.world.dir, 'build');
  await mkdir(webBuild);
  await writeFile(join(webBuild, 'index.html'), '<!doctype html>');
  const { capabilities, accounts, reports } = api.opened;
  server = await createServer({
    capabilities,
    accounts,
    reports,
    webBuild,
    docsBuild: webBuild,
    port: 0,
    dashboards: [DASHBOARD],
    report: (what, error) => {
      throw new Error(what, { cause: error });
    },
  });
  await joined(api, await logIn(api), NAME, 'viewer');
});
afterAll(async () => {
  await server.close();
  await api.close();
});

const preflight = (url: string, path: string, origin: string): Promise<Response> =>
  fetch(url + path, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' },
  });

const allowed = ({ headers }: Response): readonly (string | null)[] =>
  ['access-control-allow-origin', 'access-control-allow-credentials', 'vary'].map((each) => headers.get(each));

const knock = (site: string): Promise<Response> =>
  fetch(`${server.url}/login`, {
    method: 'POST',
    headers: { ...JSON_TYPE, origin: DASHBOARD, 'sec-fetch-site': site },
    body: JSON.stringify({ name: NAME, password: PASSWORD }),
  });

describe('a server that knows no dashboard elsewhere', () => {
  test.each(['/graphql', '/login', '/logout'])('tells nobody that %s may be called', async (path) => {
    const answer = await preflight(api.server.url, path, DASHBOARD);
    expect([answer.status, ...allowed(answer)]).toEqual([405, null, null, null]);
  });
});

describe('a dashboard elsewhere', () => {
  test.each(['/graphql', '/login', '/login/passkey', '/join', '/confirm', '/logout'])('may call %s', async (path) => {
    const answer = await preflight(server.url, path, DASHBOARD);
    expect([answer.status, ...allowed(answer)]).toEqual([204, DASHBOARD, 'true', 'Origin']);
    expect(answer.headers.get('access-control-allow-methods')).toBe('GET, POST');
    expect(answer.headers.get('access-control-allow-headers')).toBe('content-type, accept');
  });

  test.each([
    ['of the same site', 'same-site', /^__Host-tidemark_session=\S+; Secure; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+$/],
    ['of another site', 'cross-site', /^__Host-tidemark_session=\S+; Secure; Path=\/; HttpOnly; SameSite=None; Partitioned; Max-Age=\d+$/],
  ])('%s logs in, asks, and logs out', async (_name, site, pattern) => {
    const answer = await knock(site);
    expect([answer.status, ...allowed(answer)]).toEqual([200, DASHBOARD, 'true', 'Origin']);
    expect(answer.headers.getSetCookie()).toEqual([expect.stringMatching(pattern)]);
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const headers = { ...JSON_TYPE, origin: DASHBOARD, 'sec-fetch-site': site, cookie };
    const asked = await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: QUERY });
    expect([asked.status, await asked.json()]).toEqual([200, { data: { viewer: { name: NAME } } }]);
    const left = await fetch(`${server.url}/logout`, { method: 'POST', headers, redirect: 'manual' });
    expect(left.status).toBe(303);
    expect(left.headers.getSetCookie()[0]).toMatch(
      site === 'cross-site' ? /SameSite=None; Partitioned; Max-Age=0$/ : /SameSite=Strict; Max-Age=0$/,
    );
    expect((await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: QUERY })).status).toBe(401);
  });

  test('is asked for passkeys of its own name, in a cookie that comes back', async () => {
    const answer = await fetch(`${server.url}/login/passkey`, {
      method: 'POST',
      headers: { ...JSON_TYPE, origin: DASHBOARD, 'sec-fetch-site': 'cross-site' },
      body: '{}',
    });
    expect(await answer.json()).toMatchObject({ options: { rpId: 'desk.example.com' } });
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-tidemark_passkey=.*SameSite=None; Partitioned; Max-Age=\d+$/),
    ]);
  });

  test('a link from another site keeps its strict cookie', async () => {
    const answer = await fetch(`${server.url}/login?token=${await api.loginToken()}`, {
      redirect: 'manual',
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(answer.headers.getSetCookie()).toEqual([expect.stringContaining('SameSite=Strict')]);
  });

  test('opens a socket with its log-in', async () => {
    const cookie = (await knock('cross-site')).headers.getSetCookie()[0]?.split(';')[0] ?? '';
    expect(await acknowledged(DASHBOARD, cookie)).toBe('connection_ack');
  });
});

describe('any other page', () => {
  const OTHERS = [
    'https://desk.example.com.evil.example',
    'https://DESK.example.com',
    'http://desk.example.com',
    'https://desk.example.com:8443',
    'null',
    '',
  ];

  test.each(OTHERS)('%o is told nothing and may do nothing', async (origin) => {
    const asked = await preflight(server.url, '/graphql', origin);
    expect([asked.status, ...allowed(asked)]).toEqual([405, null, null, 'Origin']);
    const cookie = (await logIn(api)).cookie;
    const headers = { ...JSON_TYPE, origin, cookie };
    const answers = [
      await fetch(`${server.url}/graphql`, { method: 'POST', headers, body: QUERY }),
      await fetch(`${server.url}/login`, { method: 'POST', headers, body: JSON.stringify({ name: NAME, password: PASSWORD }) }),
      await fetch(`${server.url}/logout`, { method: 'POST', headers }),
    ];
    for (const answer of answers) {
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([403, null]);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
    expect(await acknowledged(origin, cookie)).toMatch(/^(?:refused|closed 4403)$/);
  });
});

/** What comes first from a socket that a page opens, or `refused`. */
function acknowledged(origin: string, cookie: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { origin, headers: { cookie } });
    socket.on('open', () => socket.send(JSON.stringify({ type: 'connection_init' })));
    socket.on('message', (data: Buffer) => {
      resolve((JSON.parse(data.toString()) as { type: string }).type);
      socket.close();
    });
    socket.on('unexpected-response', (_request, { statusCode }) =>
      statusCode === 403 ? resolve('refused') : reject(new Error(`${statusCode}`)),
    );
    socket.on('close', (code) => resolve(`closed ${code}`));
    socket.on('error', reject);
  });
}
