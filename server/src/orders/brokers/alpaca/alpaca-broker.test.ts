import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { testExchange } from '../../../exchange/testing.ts';
import { price, quantity } from '../../../money/fixed.ts';
import { instantFromMs } from '../../../money/instant.ts';
import { approved, brokerConformance } from '../conformance.ts';
import { alpacaBroker } from './alpaca-broker.ts';

/** A wire between broker and exchange that a test can cut. */
interface Wire {
  readonly url: string;
  /** Requests go through, answers do not. */
  loseAnswers: boolean;
  cut(): void;
  close(): Promise<void>;
}

async function wireTo(port: number): Promise<Wire> {
  const sockets = new Set<Socket>();
  const wire = {
    url: '',
    loseAnswers: false,
    cut: (): void => sockets.forEach((socket) => socket.destroy()),
    close: async (): Promise<void> => undefined,
  };
  const server = createTcpServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
      socket.on('error', () => socket.destroy());
    }
    near.pipe(far);
    far.on('data', (data) => (wire.loseAnswers ? near.destroy() : near.write(data)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  wire.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  wire.close = async () => {
    wire.cut();
    await new Promise((resolve) => server.close(resolve));
  };
  return wire;
}

const STREAM_TIMING = { readyMsMax: 2_000, retryFirstMs: 20, retryMsMax: 100 };
const KEYS = { keyId: 'key', secret: 'secret', mode: 'simulated' } as const;

async function simulated() {
  const exchange = await testExchange();
  const wire = await wireTo(exchange.port);
  const broker = alpacaBroker({ endpoint: { ...KEYS, baseUrl: wire.url }, streamTiming: STREAM_TIMING });
  return { exchange, wire, broker };
}

brokerConformance('Alpaca, over the simulated exchange,', async () => {
  const { exchange, wire, broker } = await simulated();
  return {
    broker,
    symbol: 'AAA',
    now: () => Promise.resolve(exchange.now()),
    openMarket: async () => void (await exchange.step()),
    cutStream: async () => {
      wire.cut();
      await Promise.resolve();
    },
    close: async () => {
      await wire.close();
      await exchange.close();
    },
  };
});

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

describe('an answer that is lost', () => {
  test('leaves the outcome unknown; the order is there, and is found by its id', async () => {
    const { exchange, wire, broker } = await simulated();
    closers.push(
      () => wire.close(),
      () => exchange.close(),
    );
    const order = approved({ id: 'lost-1', symbol: 'AAA', type: 'limit', limitPrice: price('50'), timeInForce: 'gtc' });
    wire.loseAnswers = true;
    expect(await broker.submit(order)).toMatchObject({ kind: 'unknown' });
    await expect(broker.orderByClientId('lost-1')).rejects.toThrow('Alpaca did not tell of order lost-1');
    await expect(broker.positions()).rejects.toThrow('Alpaca did not tell the positions');
    wire.loseAnswers = false;
    expect(await broker.orderByClientId('lost-1')).toMatchObject({ clientOrderId: 'lost-1', quantity: quantity('3') });
    expect(await broker.submit(order)).toMatchObject({ kind: 'accepted' });
    expect(await broker.openOrders()).toHaveLength(1);
  });
});

/** A server that answers everything alike. */
async function answering(status: number, body: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('what an answer to a submission means', () => {
  test.each([
    {
      name: 'insufficient buying power',
      status: 403,
      body: '{"code":40310000,"message":"insufficient buying power"}',
      kind: 'rejected',
      code: '40310000',
    },
    { name: 'invalid input', status: 422, body: '{"code":42210000,"message":"sub-penny"}', kind: 'rejected', code: '42210000' },
    { name: 'wrong keys', status: 401, body: '{"message":"unauthorized."}', kind: 'unknown' },
    { name: 'a refusal in words that nobody knows', status: 403, body: '{"code":40310000,"message":"the moon is full"}', kind: 'unknown' },
    { name: 'a page of a proxy', status: 403, body: '<html>forbidden</html>', kind: 'unknown' },
    { name: 'malformed, says the broker', status: 400, body: '{"code":40010000,"message":"malformed"}', kind: 'unknown' },
    { name: 'too many requests', status: 429, body: '{"message":"too many requests"}', kind: 'unknown' },
    { name: 'the broker is down', status: 503, body: 'upstream', kind: 'unknown' },
    { name: 'a time-out on the way', status: 504, body: '', kind: 'unknown' },
    { name: 'taken, but unreadable', status: 200, body: '{"id":"x"}', kind: 'unknown' },
    { name: 'taken, but not JSON', status: 200, body: '<html>', kind: 'unknown' },
    {
      name: 'the id is taken, and the order is not found',
      status: 422,
      body: '{"code":40010001,"message":"client_order_id must be unique"}',
      kind: 'unknown',
    },
  ])('$name', async ({ status, body, kind, code }) => {
    const broker = alpacaBroker({ endpoint: { ...KEYS, baseUrl: await answering(status, body) } });
    expect(await broker.submit(approved({ id: 'x-1', symbol: 'AAA' }))).toMatchObject(code === undefined ? { kind } : { kind, code });
  });

  test('each request is one less that may still be sent in this minute', async () => {
    const broker = alpacaBroker({ endpoint: { ...KEYS, baseUrl: await answering(500, '') }, requestsPerMinute: 50 });
    expect(broker.requestsLeft?.()).toMatchObject({ limit: 50, remaining: 50 });
    await broker.submit(approved({ id: 'x-3', symbol: 'AAA' }));
    expect(broker.requestsLeft?.()).toMatchObject({ limit: 50, remaining: 49 });
  });

  test('a broker that is not there: the order was certainly not sent', async () => {
    const baseUrl = await answering(200, '{}');
    await closers.pop()?.();
    const broker = alpacaBroker({ endpoint: { ...KEYS, baseUrl } });
    expect(await broker.submit(approved({ id: 'x-2', symbol: 'AAA' }))).toMatchObject({
      kind: 'unsent',
      message: expect.stringContaining('ECONNREFUSED') as string,
    });
  });

  test('a refusal tells what else the broker said', async () => {
    const body = '{"code":40310000,"message":"insufficient qty available for order","held_for_orders":"3","available":"0"}';
    const broker = alpacaBroker({ endpoint: { ...KEYS, baseUrl: await answering(403, body) } });
    expect(await broker.submit(approved({ id: 'x-3', symbol: 'AAA' }))).toEqual({
      kind: 'rejected',
      code: '40310000',
      reason: 'QuantityHeld',
      message: 'insufficient qty available for order (available 0, held_for_orders 3)',
    });
  });

  test('an order whose risk counted on a protective stop is not sent without it', async () => {
    const broker = alpacaBroker({ endpoint: { ...KEYS, baseUrl: await answering(500, '') } });
    const order = approved({ id: 'stop-1', symbol: 'AAA', protectiveStop: price('90') });
    expect(await broker.submit(order)).toMatchObject({ kind: 'rejected', code: 'ProtectiveStop' });
  });

  test.each([
    [404, 'not-found'],
    [422, 'not-cancelable'],
    [500, 'unknown'],
  ])('a cancel answered with %i is %s', async (status, kind) => {
    const broker = alpacaBroker({ endpoint: { ...KEYS, baseUrl: await answering(status, '{"message":"no"}') } });
    expect(await broker.cancel('id')).toMatchObject({ kind });
  });
});

test('a stream that never listens is given up at its deadline, and tried again', async () => {
  const connections: string[] = [];
  const broker = alpacaBroker({
    endpoint: { ...KEYS, baseUrl: await answering(200, '{}') },
    streamTiming: { readyMsMax: 50, retryFirstMs: 5, retryMsMax: 10 },
  });
  const stop = await broker.listen({
    onUpdate: () => connections.push('update'),
    onConnected: () => connections.push('connected'),
    onDisconnected: () => connections.push('disconnected'),
  });
  while (connections.length < 3) await new Promise((resolve) => setTimeout(resolve, 10));
  await stop();
  expect(new Set(connections)).toEqual(new Set(['disconnected']));
});

test('an approval cannot be made by hand', async () => {
  const broker = alpacaBroker({ endpoint: { ...KEYS, baseUrl: await answering(500, '') } });
  const { intent, decision } = approved({ id: 'forged-1', symbol: 'AAA' });
  // @ts-expect-error only the gate makes an ApprovedOrder: a look-alike has not its private part
  const forged: Parameters<typeof broker.submit>[0] = { intent, decision };
  expect(forged.intent.createdAt).toBe(instantFromMs(0));
});
