import { get } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { RequestRecord } from './venue.ts';
import type { Exchange } from './server.ts';
import { bytesOf } from './streams/socket.ts';
import { Collector, testExchange } from './testing.ts';

const KEYS = { 'APCA-API-KEY-ID': 'key', 'APCA-API-SECRET-KEY': 'secret' };

let exchange: Exchange;
beforeEach(async () => {
  exchange = await testExchange({
    rateLimitPerMinute: 40,
    symbolLimit: 2,
    connectionLimit: 1,
    authTimeoutMs: 200,
    binaryTradeUpdates: false,
  });
});
afterEach(() => exchange.close());

const call = (path: string, init: RequestInit = {}): Promise<Response> => fetch(`${exchange.url}${path}`, { headers: KEYS, ...init });
const post = (body: string): Promise<Response> => call('/v2/orders', { method: 'POST', body });
const json = async (response: Response): Promise<Record<string, unknown>> => (await response.json()) as Record<string, unknown>;

describe('HTTP', () => {
  test('answers carry a request id and the state of the rate limit', async () => {
    const { headers } = await call('/v2/clock');
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect([headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual(['40', '39']);
    expect(Number(headers.get('x-ratelimit-reset')) * 1000).toBeGreaterThan(Date.now());
  });

  test('beyond the limit trading is refused, data is counted apart', async () => {
    const statuses = await Promise.all(Array.from({ length: 90 }, async () => (await call('/v2/clock')).status));
    // More than two minutes' worth, because a new minute may begin in between.
    expect(new Set(statuses)).toEqual(new Set([200, 429]));
    expect((await call('/v2/stocks/snapshots?symbols=AAA')).status).toBe(200);
  });

  const bad = [
    { name: 'not JSON', body: '{"symbol":', status: 400, says: 'not JSON' },
    { name: 'not an object', body: '[1]', status: 422, says: 'JSON object' },
    { name: 'no symbol', body: '{}', status: 422, says: 'symbol is required' },
    { name: 'no body', body: '', status: 422, says: 'JSON object' },
    { name: 'too large', body: JSON.stringify({ symbol: 'x'.repeat(70_000) }), status: 413, says: 'larger' },
    {
      name: 'unknown side',
      body: '{"symbol":"AAA","side":"long","qty":"1","type":"market","time_in_force":"day"}',
      status: 422,
      says: 'invalid side',
    },
    {
      name: 'negative quantity',
      body: '{"symbol":"AAA","side":"buy","qty":"-1","type":"market","time_in_force":"day"}',
      status: 422,
      says: 'qty must be > 0',
    },
    {
      name: 'huge quantity',
      body: '{"symbol":"AAA","side":"buy","qty":"1e30","type":"market","time_in_force":"day"}',
      status: 422,
      says: 'invalid qty',
    },
    {
      name: 'a bracket',
      body: '{"symbol":"AAA","side":"buy","qty":"1","type":"market","time_in_force":"day","order_class":"bracket"}',
      status: 422,
      says: 'bracket',
    },
  ];
  test.each(bad)('an order with $name is refused', async ({ body, status, says }) => {
    const response = await post(body);
    expect(response.status).toBe(status);
    expect((await json(response))['message']).toContain(says);
  });

  const queries = [
    { path: '/v2/orders?limit=501', status: 422 },
    { path: '/v2/orders?after=yesterday', status: 422 },
    { path: '/v2/calendar?start=2024-13-01&end=2024-12-31', status: 422 },
    { path: '/v2/stocks/bars?symbols=AAA&timeframe=7Year', status: 400 },
    { path: '/v2/stocks/bars?symbols=AAA&timeframe=1Day&start=2024-02-31', status: 400 },
    { path: '/v2/stocks/bars?timeframe=1Day', status: 400 },
    { path: '/v2/stocks/quotes/latest', status: 400 },
    { path: '/v2/nothing', status: 404 },
    { path: '/v2/orders/%E0%A4%A', status: 404 },
    { path: '/v2/positions/AAA', status: 404 },
  ];
  test.each(queries)('$path answers $status', async ({ path, status }) => {
    expect((await call(path)).status).toBe(status);
  });

  test('a known path with another method is told apart', async () => {
    expect((await call('/v2/clock', { method: 'POST' })).status).toBe(405);
  });

  test('a symbol’s bars alone, newest first, by pages', async () => {
    for (let step = 0; step < 16; step++) await exchange.step();
    const starts: string[] = [];
    for (let token: unknown = ''; typeof token === 'string';) {
      const page = await json(await call(`/v2/stocks/AAA/bars?timeframe=1Day&limit=3&sort=desc&end=2024-03-04&page_token=${token}`));
      for (const bar of page['bars'] as { t: string }[]) starts.push(bar.t.slice(0, 10));
      token = page['next_page_token'];
    }
    expect(starts).toEqual(['2024-03-04', '2024-03-01', '2024-02-29', '2024-02-28']);
    const snapshots = (await json(await call('/v2/stocks/snapshots?symbols=AAA,CCC'))) as { AAA: { dailyBar: { c: number } } };
    expect(Object.keys(snapshots)).toEqual(['AAA']);
    expect(snapshots.AAA.dailyBar.c).toBe(110);
  });
});

describe('the operator’s paths', () => {
  test('need no key, step the clock, and list what reached the exchange', async () => {
    const before = await json(await fetch(`${exchange.url}/sim/state`));
    expect(before).toMatchObject({ lap: 0, slice: 0, step: 0, speed: 0, isOpen: false, mode: 'alpaca-paper' });
    expect(await json(await fetch(`${exchange.url}/sim/step`, { method: 'POST' }))).toMatchObject({ step: 1, isOpen: true });
    const order = { symbol: 'AAA', side: 'buy', qty: '1', type: 'market', time_in_force: 'day', client_order_id: 'mine' };
    await post(JSON.stringify(order));
    await post(JSON.stringify(order));
    const { requests } = (await json(await fetch(`${exchange.url}/sim/log`))) as { requests: RequestRecord[] };
    expect(requests.map(({ action, outcome, clientOrderId, status }) => [action, outcome, clientOrderId, status])).toEqual([
      ['submit', 'accepted', 'mine', undefined],
      ['submit', 'refused', 'mine', 422],
    ]);
    const { requests: later } = (await json(await fetch(`${exchange.url}/sim/log?after=1`))) as { requests: RequestRecord[] };
    expect(later).toHaveLength(1);
  });

  test('set the speed, and refuse steps by hand while running', async () => {
    const speed = (value: unknown) => fetch(`${exchange.url}/sim/speed`, { method: 'POST', body: JSON.stringify({ speed: value }) });
    expect((await speed('fast')).status).toBe(422);
    expect((await speed(6000)).status).toBe(200);
    expect((await fetch(`${exchange.url}/sim/step`, { method: 'POST' })).status).toBe(409);
    expect((await speed(0)).status).toBe(200);
  });

  test('answer no page of another site', async () => {
    const response = await fetch(`${exchange.url}/sim/step`, { method: 'POST', headers: { Origin: 'https://example.com' } });
    expect(response.status).toBe(403);
    const bent = await new Promise<number | undefined>((resolve) => {
      get(`${exchange.url}/sim/state`, { headers: { Host: 'example.com' } }, (answer) => resolve(answer.resume().statusCode));
    });
    expect(bent).toBe(403);
  });
});

interface Frames {
  readonly send: (message: unknown) => void;
  readonly frames: Collector<unknown>;
  readonly closed: Promise<number>;
  readonly close: () => void;
}

async function connect(path: string): Promise<Frames> {
  const socket = new WebSocket(exchange.url.replace('http', 'ws') + path);
  const frames = new Collector<unknown>();
  socket.on('message', (data, binary) => frames.add(binary ? 'binary' : JSON.parse(bytesOf(data).toString('utf8'))));
  const closed = new Promise<number>((resolve) => socket.on('close', resolve));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  return {
    send: (message) => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    frames,
    closed,
    close: () => socket.close(),
  };
}

const AUTH = { action: 'auth', key: 'key', secret: 'secret' };

describe('the data stream', () => {
  test('keeps to the handshake and to complete acknowledgements', async () => {
    const { send, frames, close } = await connect('/v2/iex');
    send({ action: 'subscribe', trades: ['AAA'] });
    send(AUTH);
    send(AUTH);
    send({ action: 'subscribe', trades: ['AAA'], bars: ['*'] });
    send({ action: 'subscribe', quotes: ['AAA', 'BBB', 'CCC'] });
    send({ action: 'subscribe', quotes: 'AAA' });
    send({ action: 'unsubscribe', trades: ['AAA'] });
    send('nonsense');
    const seen = await frames.until((items) => items.length >= 9, 'nine control frames');
    close();
    const none = { updatedBars: [], dailyBars: [], statuses: [], lulds: [], imbalances: [], quotes: [] };
    expect(seen).toEqual([
      [{ T: 'success', msg: 'connected' }],
      [{ T: 'error', code: 401, msg: 'not authenticated' }],
      [{ T: 'success', msg: 'authenticated' }],
      [{ T: 'error', code: 403, msg: 'already authenticated' }],
      [{ T: 'subscription', ...none, trades: ['AAA'], bars: ['*'], corrections: ['AAA'], cancelErrors: ['AAA'] }],
      [{ T: 'error', code: 405, msg: 'symbol limit exceeded' }],
      [{ T: 'error', code: 400, msg: 'invalid syntax' }],
      [{ T: 'subscription', ...none, trades: [], bars: ['*'], corrections: [], cancelErrors: [] }],
      [{ T: 'error', code: 400, msg: 'invalid syntax' }],
    ]);
  });

  test('sends JSON with plain timestamps to whoever did not ask for MessagePack', async () => {
    const { send, frames, close } = await connect('/v2/iex');
    send(AUTH);
    send({ action: 'subscribe', trades: ['AAA'] });
    await frames.until((items) => items.length >= 3, 'the acknowledgement');
    await exchange.step();
    const seen = await frames.until((items) => items.length >= 4, 'a trade');
    close();
    expect(seen[3]).toMatchObject([{ T: 't', S: 'AAA', p: 100, t: '2024-02-28T14:30:00.000Z' }]);
  });

  test('ends without authentication in time, and with wrong keys', async () => {
    const mute = await connect('/v2/iex');
    await mute.closed;
    expect(mute.frames.items.at(-1)).toEqual([{ T: 'error', code: 404, msg: 'auth timeout' }]);
    const wrong = await connect('/v2/iex');
    wrong.send({ action: 'auth', key: '', secret: '' });
    await wrong.closed;
    expect(wrong.frames.items.at(-1)).toEqual([{ T: 'error', code: 402, msg: 'auth failed' }]);
  });

  test('one account has one connection where the limit says so', async () => {
    const first = await connect('/v2/iex');
    first.send(AUTH);
    await first.frames.until((items) => items.length >= 2, 'authentication');
    const second = await connect('/v2/iex');
    second.send(AUTH);
    await second.closed;
    expect(second.frames.items.at(-1)).toEqual([{ T: 'error', code: 406, msg: 'connection limit exceeded' }]);
    first.close();
  });
});

describe('the account stream', () => {
  test('takes both forms of authentication, and listens on demand', async () => {
    const { send, frames, close } = await connect('/stream');
    send({ action: 'listen', data: { streams: ['trade_updates'] } });
    send({ action: 'authenticate', data: { key_id: 'key', secret_key: 'secret' } });
    send(AUTH);
    send({ action: 'listen', data: { streams: ['trade_updates', 'account_updates'] } });
    send({ action: 'listen', data: { streams: [] } });
    const seen = await frames.until((items) => items.length >= 5, 'five answers');
    close();
    const authorized = { stream: 'authorization', data: { status: 'authorized', action: 'authenticate' } };
    expect(seen).toEqual([
      { stream: 'authorization', data: { status: 'unauthorized', action: 'listen' } },
      authorized,
      authorized,
      { stream: 'listening', data: { streams: ['trade_updates'] } },
      { stream: 'listening', data: { streams: [] } },
    ]);
  });

  test('closes after a message that it does not understand', async () => {
    const { send, frames, closed } = await connect('/stream');
    send('nonsense');
    expect(await closed).toBe(1008);
    expect(frames.items).toEqual([{ action: 'error', data: { error_message: 'invalid message' } }]);
  });

  test('is refused on a path that is none', async () => {
    await expect(connect('/v2/nothing')).rejects.toThrow('404');
  });
});

test('keys in the headers of the upgrade authenticate the data stream', async () => {
  const socket = new WebSocket(exchange.dataStreamUrl, { headers: KEYS });
  const frames = new Collector<unknown>();
  socket.on('message', (data) => frames.add(JSON.parse(bytesOf(data).toString('utf8'))));
  const seen = await frames.until((items) => items.length >= 2, 'authentication');
  socket.close();
  expect(seen).toEqual([[{ T: 'success', msg: 'connected' }], [{ T: 'success', msg: 'authenticated' }]]);
});
