import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { eventually, logIn, start, temporaryFolder } from './product.ts';
import type { Api } from './product.ts';

const SOCKETS = 100;
const ORDERS = 20;
const GOING_AWAY = 1001;

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder.remove());

const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename ... on OrderPayload { order { id } } } }`;
const ORDER = 'query ($id: ID!) { order(id: $id) { id state } }';

interface Placed {
  readonly placeOrder: { readonly __typename: string; readonly order?: { readonly id: string } };
}

/** A subscribed socket; resolves to the code with which the server has ended it. */
async function subscribe(origin: string, { cookie }: Api): Promise<{ readonly code: Promise<number> }> {
  const socket = new WebSocket(`${origin.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers: { cookie, origin } });
  const code = once(socket, 'close').then(([given]) => given as number);
  await once(socket, 'open');
  socket.send(JSON.stringify({ type: 'connection_init' }));
  await once(socket, 'message');
  socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: 'subscription { controls { tradingState } }' } }));
  await once(socket, 'message');
  return { code };
}

const START = `mutation ($input: StartSweepInput!) { startSweep(input: $input) { __typename ... on SweepPayload { sweep { id } } } }`;
/** Some seconds of work in several parts: it is still there at the stop. */
const SWEEP = {
  template: 'sma-crossover',
  symbol: 'AAPL',
  grid: ['fast=2..318', 'slow=320..640'],
  risk: 'default',
  size: 'equity:0.1@signal',
};

async function beginSweep(api: Api): Promise<void> {
  const { startSweep } = await api.query<{ startSweep: { sweep: { id: string } } }>(START, { input: SWEEP });
  await eventually('work has begun', async () => {
    const { sweep } = await api.query<{ sweep: { state: string } }>('query ($id: ID!) { sweep(id: $id) { state } }', startSweep.sweep);
    return sweep.state === 'RUNNING' ? true : undefined;
  });
}

test('SIGTERM with sockets, work and orders in flight ends in order within ten seconds, and nothing that was answered is lost', async () => {
  const server = await start(['serve', '--port', '0', '--data-dir', folder.path, '--speed', '60']);
  const api = await logIn(server.url);
  const { origin } = new URL(server.url);
  const sockets = await Promise.all(Array.from({ length: SOCKETS }, () => subscribe(origin, api)));
  await beginSweep(api);
  const placing = Array.from({ length: ORDERS }, async (_, number) => {
    const input = {
      idempotencyKey: `stop-${number}`,
      symbol: 'AAPL',
      side: 'BUY',
      quantity: '1',
      type: 'LIMIT',
      limitPrice: `${10 + number}.00`,
    };
    return await api.query<Placed>(PLACE, { input: { ...input, timeInForce: 'DAY', reason: 'a test of the stop' } });
  });
  const settled = Promise.allSettled(placing);
  await Promise.any(placing);

  const begunAt = performance.now();
  const code = await server.stop('SIGTERM');
  const took = performance.now() - begunAt;
  expect(server.output()).not.toMatch(/did not close/);
  expect(code).toBe(0);
  // Not how fast it is, but what whoever stops it relies on: after ten seconds the process is killed.
  expect(took).toBeLessThan(10_000);
  expect(new Set(await Promise.all(sockets.map((socket) => socket.code)))).toEqual(new Set([GOING_AWAY]));
  const outcomes = await settled;
  const answered = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value.placeOrder] : []));
  const failed = outcomes.flatMap((each) => (each.status === 'rejected' ? [String((each.reason as Error).cause ?? each.reason)] : []));
  // Refused before it was read, and never cut off in the middle.
  for (const why of failed) expect(why).toMatch(/ECONNREFUSED|503|ECONNRESET|other side closed/);
  expect(answered.length).toBeGreaterThan(0);

  // The next life checks the whole chain of the journal before it is ready.
  const again = await start(['serve', '--port', '0', '--data-dir', folder.path, '--speed', '60']);
  const later = await logIn(again.url);
  for (const { order } of answered) {
    if (order === undefined) continue;
    expect(await later.query(ORDER, { id: order.id })).toMatchObject({ order: { id: order.id } });
  }
  expect(await again.stop('SIGTERM')).toBe(0);
});
