import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Notice } from '../../../market-data/notice.ts';
import { scriptedServer } from '../../../market-data/providers/test/scripted-server.ts';
import type { Script, ScriptedSocket } from '../../../market-data/providers/test/scripted-server.ts';
import { quantity } from '../../../money/fixed.ts';
import type { BrokerOrder } from '../../broker.ts';
import { alpacaBroker } from './alpaca-broker.ts';
import { StreamGaps } from './stream-gaps.ts';

const TIMING = { readyMsMax: 1_500, retryFirstMs: 10, retryMsMax: 40, occupiedMs: 60, steadyMs: 5, muteCheckMs: 5 };
const WAIT = { timeout: 10_000 };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const ORDER = {
  id: 'b-1',
  client_order_id: 'o-1',
  symbol: 'AAA',
  side: 'buy',
  type: 'market',
  time_in_force: 'day',
  qty: '10',
  filled_qty: '10',
  filled_avg_price: '100',
  status: 'filled',
  updated_at: '2024-03-04T12:00:00.123456789-05:00',
};
const FILL = { event: 'fill', execution_id: 'e-1', qty: '10', price: '100', timestamp: '2024-03-04T17:00:00Z', order: ORDER };

function behave(socket: ScriptedSocket, { action }: Record<string, unknown>): void {
  if (action === 'authenticate' || action === 'auth')
    socket.send({ stream: 'authorization', data: { status: 'authorized', action: 'authenticate' } });
  else socket.send({ stream: 'listening', data: { streams: ['trade_updates'] } });
}

async function desk(script: Partial<Script>) {
  const server = await scriptedServer({ codec: 'binary-json', onMessage: behave, ...script });
  closers.push(server.close);
  const told: string[] = [];
  const fills: string[] = [];
  const notices: Notice[] = [];
  const endpoint = { keyId: 'k', secret: 's', mode: 'simulated', baseUrl: server.url } as const;
  const broker = alpacaBroker({ endpoint, streamTiming: TIMING, seed: 1, owedMsMax: 20 });
  const stop = await broker.listen({
    onUpdate: ({ event, execution }) => fills.push(`${event} ${execution?.executionId}`),
    onConnected: () => told.push('connected'),
    onDisconnected: (reason) => told.push(reason),
    onNotice: (notice) => notices.push(notice),
  });
  closers.push(stop);
  const raised = (): readonly string[] => notices.filter(({ over }) => over !== true).map(({ code, subject }) => `${code} ${subject}`);
  const connections = (): number => told.filter((each) => each === 'connected').length;
  return { server, broker, told, fills, raised, connections };
}

const update = (socket: ScriptedSocket | undefined, change: object = {}): void =>
  socket?.send({ stream: 'trade_updates', data: { ...FILL, ...change } });

describe('the order stream, by the real SDK, from a server that', () => {
  // Lean.Brokerages.Alpaca 41, 44, 61
  test('sends one execution three times, heartbeats of one byte between, and words that are new', async () => {
    const { server, fills, told, raised, connections } = await desk({});
    await vi.waitFor(() => expect(connections()).toBe(1), WAIT);
    const [socket] = server.sockets;
    for (let time = 0; time < 3; time += 1) {
      socket?.send(undefined, Uint8Array.of(0x01));
      update(socket);
    }
    for (let time = 0; time < 2; time += 1)
      update(socket, { event: 'teleported', order: { ...ORDER, status: 'hibernating', gamma_fee: '1' } });
    await vi.waitFor(() => expect(fills).toHaveLength(5), WAIT);
    expect(fills.slice(0, 3)).toEqual(['fill e-1', 'fill e-1', 'fill e-1']);
    expect(told).toEqual(['connected']);
    expect(raised()).toEqual(['UnknownEvent teleported', 'UnknownField order.gamma_fee', 'UnknownStatus hibernating']);
  });

  // Lean 9588
  test('leaves out a field that we can do without: the fill is taken, and people hear of it', async () => {
    const { server, fills, raised, connections } = await desk({});
    await vi.waitFor(() => expect(connections()).toBe(1), WAIT);
    const { time_in_force: _gone, ...rest } = ORDER;
    update(server.sockets[0], { order: rest });
    await vi.waitFor(() => expect(fills).toEqual(['fill e-1']), WAIT);
    expect(raised()).toEqual(['FieldGone order.time_in_force']);
  });

  test('leaves out a field without which nothing can be booked: the connection is made anew', async () => {
    const { server, fills, raised, connections } = await desk({});
    await vi.waitFor(() => expect(connections()).toBe(1), WAIT);
    const { symbol: _gone, ...rest } = ORDER;
    update(server.sockets[0], { order: rest });
    await vi.waitFor(() => expect(connections()).toBe(2), WAIT);
    expect(fills).toEqual([]);
    expect(raised()).toContain('UpdateNotTaken order stream');
  });

  test('refuses upgrades, then reports an error and closes', async () => {
    const { server, told, connections } = await desk({
      refuse: (number) => (number < 2 ? 429 : undefined),
      onMessage: (socket, message, number) => {
        if (number > 2) return behave(socket, message);
        socket.send({ action: 'error', data: { error_message: 'internal server error' } });
        socket.socket.close();
      },
    });
    await vi.waitFor(() => expect(connections()).toBe(1), WAIT);
    expect(server.upgrades()).toBe(4);
    expect(told.slice(0, 3)).toEqual(['Unexpected server response: 429', 'Unexpected server response: 429', 'internal server error']);
  });

  test('refuses the keys: final, and told', async () => {
    const { server, told, raised } = await desk({
      onMessage: (socket) => socket.send({ stream: 'authorization', data: { status: 'unauthorized', action: 'authenticate' } }),
    });
    await vi.waitFor(() => expect(raised()).toEqual(['StreamRefused order stream']), WAIT);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(server.upgrades()).toBe(1);
    expect(told).toEqual(['auth failed']);
  });

  test('stands and tells nothing, while REST shows a fill: it is connected anew', async () => {
    let filled = '0';
    const { broker, told, connections } = await desk({
      onRequest: () => ({ status: 200, body: JSON.stringify({ ...ORDER, filled_qty: filled, status: 'partially_filled' }) }),
    });
    await vi.waitFor(() => expect(connections()).toBe(1), WAIT);
    await broker.orderByClientId('o-1');
    filled = '4';
    await broker.orderByClientId('o-1');
    await new Promise((resolve) => setTimeout(resolve, 60));
    await broker.orderByClientId('o-1');
    await vi.waitFor(() => expect(connections()).toBe(2), WAIT);
    expect(told[1]).toContain('did not tell of fills of b-1');
  });
});

describe('what the stream owes', () => {
  const order = (filled: string): BrokerOrder => ({ brokerOrderId: 'b-1', filledQuantity: quantity(filled) }) as BrokerOrder;

  test('a fill that comes in time is owed no more; one that does not is told once', () => {
    const gaps = new StreamGaps(100);
    gaps.connected();
    gaps.told(order('0'));
    gaps.read(order('5'), 0);
    gaps.told(order('5'));
    expect(gaps.overdue(1_000)).toEqual([]);
    gaps.read(order('9'), 1_000);
    expect(gaps.overdue(1_099)).toEqual([]);
    expect(gaps.overdue(1_100)).toEqual(['b-1']);
    expect(gaps.overdue(9_000)).toEqual([]);
  });

  test('nothing is owed by a connection that came after it, nor without one', () => {
    const gaps = new StreamGaps(100);
    gaps.told(order('0'));
    gaps.read(order('5'), 0);
    expect(gaps.overdue(1_000)).toEqual([]);
    gaps.connected();
    gaps.read(order('5'), 2_000);
    gaps.connected();
    expect(gaps.overdue(9_000)).toEqual([]);
  });
});
