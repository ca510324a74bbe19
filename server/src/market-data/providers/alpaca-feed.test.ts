import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Notice } from '../notice.ts';
import { openFeed } from './alpaca-feed.ts';
import { scriptedServer } from './test/scripted-server.ts';
import type { Script, ScriptedServer, ScriptedSocket } from './test/scripted-server.ts';

const TIMING = { readyMsMax: 1_500, retryFirstMs: 10, retryMsMax: 40, occupiedMs: 60, steadyMs: 5, muteCheckMs: 5 };
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

const error = (code: number, msg: string): unknown => [{ T: 'error', code, msg }];
const CHANNELS = ['dailyBars', 'bars', 'statuses', 'quotes', 'trades'] as const;

/** A broker's feed that behaves, with room for so many symbols on quotes and trades. */
function behaving(limit = Number.POSITIVE_INFINITY): Required<Pick<Script, 'onOpen' | 'onMessage'>> {
  const held = new WeakMap<ScriptedSocket, Record<string, Set<string>>>();
  return {
    onOpen: (socket) => socket.send([{ T: 'success', msg: 'connected' }]),
    onMessage: (socket, message) => {
      if (message['action'] === 'auth') return socket.send([{ T: 'success', msg: 'authenticated' }]);
      const all = held.get(socket) ?? Object.fromEntries(CHANNELS.map((channel) => [channel, new Set<string>()]));
      held.set(socket, all);
      const next = Object.fromEntries(
        CHANNELS.map((name) => [name, new Set([...(all[name] ?? []), ...((message[name] as string[] | undefined) ?? [])])]),
      );
      if (new Set([...(next['quotes'] ?? []), ...(next['trades'] ?? [])]).size > limit)
        return socket.send(error(405, 'symbol limit exceeded'));
      held.set(socket, next);
      return socket.send([{ T: 'subscription', ...Object.fromEntries(CHANNELS.map((name) => [name, [...(next[name] ?? [])]])) }]);
    },
  };
}

async function desk(script: Omit<Script, 'codec'>, symbols: readonly string[] = ['AAA', 'BBB']) {
  const server: ScriptedServer = await scriptedServer({ codec: 'msgpack', ...script });
  closers.push(server.close);
  const told: string[] = [];
  const notices: Notice[] = [];
  const marks: string[] = [];
  const endpoint = { keyId: 'k', secret: 's', mode: 'simulated', baseUrl: server.url } as const;
  const opened = openFeed(
    { endpoint, feed: 'iex', streamTiming: TIMING, seed: 1 },
    { symbols, timeframe: '1Min' },
    {
      onMark: (symbol) => {
        marks.push(symbol);
        if (symbol === 'BOOM') throw new Error('cannot take it');
      },
      onBar: () => undefined,
      onRefused: () => undefined,
      onConnected: () => told.push('connected'),
      onDisconnected: (reason) => told.push(reason),
      onNotice: (notice) => notices.push(notice),
    },
  );
  opened.then(
    (stop) => closers.push(stop),
    () => undefined,
  );
  const raised = (): readonly string[] => notices.filter(({ over }) => over !== true).map(({ code }) => code);
  const connections = (): number => told.filter((each) => each === 'connected').length;
  return { server, told, notices, raised, marks, opened, connections };
}

const quote = (S: string): unknown => [{ T: 'q', S, bp: 10, bs: 1, ap: 10.01, as: 1, t: new Date(1_000), c: [], z: 'C', bx: 'V', ax: 'V' }];

describe('the market-data stream, by the real SDK, from a server that', () => {
  test('refuses more symbols than the plan allows: what fits is kept, the rest is named, and a reconnect loses nothing', async () => {
    const symbols = Array.from({ length: 40 }, (_, index) => `S${index}`);
    const { server, opened, raised, notices, connections } = await desk(behaving(30), symbols);
    await opened;
    expect(raised()).toEqual(['SymbolsRefused', 'SymbolsRefused']);
    expect(notices.find(({ subject }) => subject === 'quotes')?.detail).toContain('S30, S31');
    server.sockets[0]?.socket.terminate();
    await vi.waitFor(() => expect(connections()).toBe(2), 8_000);
    const asked = server.sockets[1]?.heard.filter((message) => 'bars' in message || 'quotes' in message || 'trades' in message) ?? [];
    expect(new Set(asked.flatMap((message) => (message['bars'] as string[] | undefined) ?? []))).toEqual(new Set(symbols));
  });

  test('says that another connection holds the place, and leaves the socket open', async () => {
    const good = behaving();
    const { server, opened, raised, connections } = await desk({
      onOpen: good.onOpen,
      onMessage: (socket, message, number) =>
        number < 2 ? socket.send(error(406, 'connection limit exceeded')) : good.onMessage(socket, message, number),
    });
    await opened;
    await vi.waitFor(() => expect(connections()).toBe(1), 8_000);
    expect(server.upgrades()).toBe(3);
    expect(raised()).toContain('StreamOccupied');
  });

  test('refuses the upgrade for too many', async () => {
    const { server, raised, connections } = await desk({ ...behaving(), refuse: (number) => (number < 2 ? 429 : undefined) });
    await vi.waitFor(() => expect(connections()).toBe(1), 8_000);
    expect(server.upgrades()).toBe(3);
    expect(raised()).toContain('StreamOccupied');
  });

  test('answers no log-in, or answers too late', async () => {
    const good = behaving();
    const { server, told, connections } = await desk({
      onOpen: good.onOpen,
      onMessage: (socket, message, number) => {
        if (number === 0) return undefined;
        return number === 1 ? socket.send(error(404, 'auth timeout')) : good.onMessage(socket, message, number);
      },
    });
    await vi.waitFor(() => expect(connections()).toBe(1), 8_000);
    expect(told.slice(0, 2)).toEqual(['no answer within 1500 ms of connecting', 'auth timeout']);
    expect(server.upgrades()).toBe(3);
  });

  test('refuses the keys', async () => {
    const { opened, server, raised } = await desk({ onMessage: (socket) => socket.send(error(402, 'auth failed')) });
    await expect(opened).rejects.toThrow('The market-data stream refused the log-in: auth failed');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(server.upgrades()).toBe(1);
    expect(raised()).toEqual(['StreamRefused']);
  });

  test('sends heartbeats of one byte, nonsense, and what a listener cannot take', async () => {
    const { server, opened, marks, told, raised } = await desk(behaving());
    await opened;
    const [socket] = server.sockets;
    socket?.send(undefined, Uint8Array.of(0x01));
    socket?.send(quote('BOOM'));
    socket?.send(undefined, Uint8Array.of(0xc1, 0xff));
    socket?.send([{ T: 'zz', S: 'AAA' }]);
    socket?.send(quote('AAA'));
    await vi.waitFor(() => expect(marks).toEqual(['BOOM', 'AAA']), 5_000);
    expect(told).toEqual(['connected']);
    expect(raised()).toEqual(['ListenerFailed', 'FeedMessageOdd']);
  });

  test('cuts off a slow client', async () => {
    const { server, opened, connections, told } = await desk(behaving());
    await opened;
    server.sockets[0]?.send(error(407, 'slow client'));
    await vi.waitFor(() => expect(connections()).toBe(2), 8_000);
    expect(told).toEqual(['connected', 'slow client', 'connected']);
  });
});
