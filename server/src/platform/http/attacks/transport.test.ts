import { once } from 'node:events';
import { connect } from 'node:net';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openAttackedServer } from './test/attacked-server.ts';
import type { AttackedServer } from './test/attacked-server.ts';

let attacked: AttackedServer;
beforeAll(async () => {
  attacked = await openAttackedServer();
});
afterAll(() => attacked.close());

const QUERY = JSON.stringify({ query: '{ controls { tradingState } }' });
const JSON_TYPE = { 'content-type': 'application/json' } as const;
const own = (): string => attacked.server.url;

describe('a body that is more than it seems', () => {
  // A hundred megabytes of blanks before the query: a valid one, were it unpacked.
  const bomb = Buffer.concat([Buffer.alloc(100_000_000, ' '), Buffer.from(QUERY)]);
  const plain = Buffer.from(QUERY);
  test.each([
    ['gzip', gzipSync(bomb)],
    ['gzip', gzipSync(plain)],
    ['deflate', deflateSync(bomb)],
    ['br', brotliCompressSync(plain)],
    ['gzip, gzip', gzipSync(gzipSync(bomb))],
    ['GZIP', gzipSync(plain)],
    ['x-gzip', gzipSync(plain)],
    ['', plain],
  ])('packed by %j', async (encoding, body) => {
    attacked.called.length = 0;
    const answer = await attacked.send('POST', '/graphql', { ...attacked.bearer(), 'content-encoding': encoding }, body);
    expect(answer.status).toBe(415);
    expect(attacked.called).toEqual([]);
  });

  test.each([
    ['a body of 10 MB', `{"query":"{ controls { tradingState } }"${' '.repeat(10_000_000)}}`, {}],
    ['a text of 10 MB', JSON.stringify({ query: '{ nothing }', variables: { text: 'x'.repeat(10_000_000) } }), {}],
    ['a body of 10 MB whose length is not told', JSON.stringify({ query: 'x'.repeat(10_000_000) }), { 'transfer-encoding': 'chunked' }],
  ])('%s: refused, or cut off', async (_name, body, headers) => {
    attacked.called.length = 0;
    const sent = attacked.send('POST', '/graphql', { ...attacked.bearer(), ...headers }, body);
    const status = await sent.then(
      (answer) => answer.status,
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(status).toBeOneOf([413, 'ECONNRESET', 'EPIPE']);
    expect(attacked.called).toEqual([]);
  });
});

/** Bytes as they are, and the first line of what comes back. */
async function rawRequest(text: string): Promise<string> {
  const socket = connect(Number(new URL(own()).port), '127.0.0.1');
  await once(socket, 'connect');
  let answer = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => (answer += chunk));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  // Whoever is refused may still be writing.
  socket.on('error', () => socket.destroy());
  socket.write(text, 'latin1');
  await closed;
  attacked.said.push(answer);
  return answer.split('\r\n', 1)[0] ?? '';
}

describe('requests that are none', () => {
  const lines = (...parts: readonly string[]): string => `${parts.join('\r\n')}\r\n\r\n`;
  test.each([
    [
      'two ideas of its length',
      lines('POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Length: 5', 'Transfer-Encoding: chunked', 'Connection: close') +
        '0\r\n\r\n',
      400,
    ],
    ['two lengths', lines('POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Length: 5', 'Content-Length: 6', 'Connection: close'), 400],
    ['a length below zero', lines('POST /graphql HTTP/1.1', 'Host: localhost', 'Content-Length: -1', 'Connection: close'), 400],
    ['a line that is folded', lines('GET /healthz HTTP/1.1', 'Host: localhost', 'X: a', ' b', 'Connection: close'), 400],
    ['a null byte in a header', lines('GET /healthz HTTP/1.1', 'Host: localhost', 'X: a\0b', 'Connection: close'), 400],
    ['a blank before the colon', lines('GET /healthz HTTP/1.1', 'Host : localhost', 'Connection: close'), 400],
    ['no Host', lines('GET / HTTP/1.1', 'Connection: close'), 400],
    ['another Host than ours in the address', lines('GET http://evil.example/ HTTP/1.1', 'Host: evil.example', 'Connection: close'), 421],
    ['headers of 100 KB', lines('GET / HTTP/1.1', 'Host: localhost', `X: ${'x'.repeat(100_000)}`, 'Connection: close'), 431],
    [
      '5,000 headers',
      lines('GET / HTTP/1.1', 'Host: localhost', ...Array.from({ length: 5_000 }, (_, index) => `X${index}: x`), 'Connection: close'),
      431,
    ],
    ['an address of 100 KB', lines(`GET /${'x'.repeat(100_000)} HTTP/1.1`, 'Host: localhost', 'Connection: close'), 431],
    ['a method of its own', lines('ATTACK / HTTP/1.1', 'Host: localhost', 'Connection: close'), 400],
    ['TRACE', lines('TRACE / HTTP/1.1', 'Host: localhost', 'Connection: close'), 405],
    ['CONNECT', lines('CONNECT 10.0.0.1:22 HTTP/1.1', 'Host: localhost', 'Connection: close'), undefined],
    ['no HTTP at all', '\u0016\u0003\u0001\u0002\0\u0001\0\u0001\u00fc', 400],
  ])('%s', async (_name, text, status) => {
    attacked.called.length = 0;
    const answer = await rawRequest(text);
    // Who writes on after the refusal may lose it on the way.
    const cutOff = status === undefined || (status === 431 && answer === '');
    expect(answer).toMatch(cutOff ? /^$/ : new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(attacked.called).toEqual([]);
  });
});

describe('credentials in the wrong place', () => {
  const cases = (): readonly (readonly [string, string, Record<string, string>])[] => {
    const key = attacked.api.apiKey;
    const nobody = `tmk_${'A'.repeat(43)}`;
    return [
      ['a key in the address', `/graphql?apiKey=${key}`, {}],
      ['a token in the address', `/graphql?token=${key}&access_token=${key}`, {}],
      ['a key as a cookie', '/graphql', { cookie: `tidemark_session=${key}`, origin: own() }],
      ['a key as a user’s password', '/graphql', { authorization: `Basic ${Buffer.from(`owner:${key}`).toString('base64')}` }],
      ['a key in a header of another name', '/graphql', { 'x-api-key': key }],
      [
        'a wrong key beside a right cookie’s shape',
        '/graphql',
        { authorization: `Bearer ${nobody}`, cookie: `tidemark_session=${'A'.repeat(43)}`, origin: own() },
      ],
      ['two keys', '/graphql', { authorization: `Bearer ${nobody}, Bearer ${key}` }],
      ['a key with something behind', '/graphql', { authorization: `Bearer ${key}x` }],
      ['a key in capitals', '/graphql', { authorization: `Bearer ${key.toUpperCase()}` }],
      ['an empty key', '/graphql', { authorization: 'Bearer ' }],
      ['a key of 10,000 letters', '/graphql', { authorization: `Bearer tmk_${'A'.repeat(10_000)}` }],
      ['a name of every object', '/graphql', { authorization: 'Bearer __proto__constructor' }],
    ];
  };
  test('nobody is let in by them', async () => {
    attacked.called.length = 0;
    for (const [name, path, headers] of cases()) {
      const { status, body } = await attacked.send('POST', path, { ...JSON_TYPE, ...headers }, QUERY);
      expect([name, status, body.includes('UNAUTHENTICATED')]).toEqual([name, 401, true]);
    }
    expect(attacked.called).toEqual([]);
  });
});

describe('addresses that are none', () => {
  test.each([
    '/__proto__',
    '/constructor',
    '/toString',
    '/graphql/',
    '//graphql',
    '/GRAPHQL',
    '/login/',
    '/healthz/..',
    '/./graphql',
    '/%67raphql',
  ])('POST %s', async (path) => {
    attacked.called.length = 0;
    expect((await attacked.send('POST', path, attacked.bearer(), QUERY)).status).toBeOneOf([404, 405]);
    expect(attacked.called).toEqual([]);
  });

  test.each([
    '/reports/__proto__.html',
    '/reports/..%2f..%2fetc%2fpasswd.json',
    '/reports/x.html%00.json',
    `/models/${'A'.repeat(64)}/model`,
    '/models/../../x',
  ])('GET %s', async (path) => expect((await attacked.send('GET', path, attacked.bearer())).status).toBeOneOf([404, 200]));
});

describe('headers for browsers, on whatever is answered', () => {
  const asked = [
    ['GET', '/'],
    ['GET', '/orders'],
    ['GET', '/missing.js'],
    ['GET', '/healthz'],
    ['GET', '/login?token=x'],
    ['GET', '/metrics'],
    ['GET', '/reports/x.html'],
    ['POST', '/graphql'],
    ['POST', '/login'],
    ['POST', '/join'],
    ['POST', '/invitation'],
    ['POST', '/confirm'],
    ['POST', '/logout'],
    ['PUT', '/'],
  ] as const;
  test.each(asked)('%s %s', async (method, path) => {
    const { headers } = await attacked.send(method, path, JSON_TYPE, method === 'POST' ? '{}' : undefined);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
    });
    const policy = String(headers['content-security-policy']);
    expect(policy).toMatch(/default-src 'none'.*base-uri 'none'.*frame-ancestors 'none'/);
    expect(/script-src[^;]*(?:unsafe-inline|unsafe-eval'|\*|https?:)/.test(policy.replaceAll("'wasm-unsafe-eval'", ''))).toBe(false);
    expect([headers['access-control-allow-origin'], headers['x-powered-by'], headers['server']]).toEqual([undefined, undefined, undefined]);
    if (method === 'POST' || path.startsWith('/login') || path.startsWith('/reports') || path === '/metrics')
      expect(headers['cache-control']).toBe('no-store');
    expect(headers['strict-transport-security']).toBeUndefined();
  });

  test.each(asked)('%s %s through a proxy with TLS: by TLS only from then on', async (method, path) => {
    const { headers } = await attacked.send(
      method,
      path,
      { ...JSON_TYPE, 'x-forwarded-proto': 'https' },
      method === 'POST' ? '{}' : undefined,
    );
    expect(headers['strict-transport-security']).toBe('max-age=15552000');
  });
});

test('afterwards the process is healthy, and has told no secret', () => attacked.expectHealthy());
