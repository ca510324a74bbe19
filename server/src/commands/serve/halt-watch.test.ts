import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import type { Session } from '../../engine/session.ts';
import { openAccountSession } from '../../engine/test/account-session.ts';
import { ticketIntent } from '../../engine/test/desk.ts';
import { columnsOf, testExchange } from '../../exchange/testing.ts';
import { listed } from '../../exchange/core/testing.ts';
import type { Exchange } from '../../exchange/server.ts';
import type { ExchangeOptions } from '../../exchange/options.ts';
import { alpacaProvider } from '../../market-data/providers/alpaca.ts';
import { handClock } from '../../market-data/providers/test/hand-clock.ts';
import type { HandClock } from '../../market-data/providers/test/hand-clock.ts';
import { quantity } from '../../money/fixed.ts';
import { alpacaBroker } from '../../orders/brokers/alpaca/alpaca-broker.ts';
import { openEmbeddedTestDatabase } from '../../platform/test-database.ts';
import { DEFAULT_LIMITS } from '../../risk/limits.ts';
import { openMarketFeed } from './market-feed.ts';

const closers: (() => Promise<void>)[] = [];
const reports: string[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  reports.length = 0;
});

interface Desk {
  readonly exchange: Exchange;
  readonly clock: HandClock;
  session: Session;
  readonly steer: (body: Readonly<Record<string, unknown>>) => Promise<void>;
  readonly openFeed: () => Promise<() => Promise<void>>;
  readonly restart: () => Promise<void>;
  /** What the gate says of an entry. */
  readonly denials: (id: string) => Promise<readonly string[]>;
  readonly halted: (symbols: readonly string[]) => Promise<void>;
}

/** Engine, feed, and the official SDK on a simulated exchange that stands still. */
async function openDesk(given: Partial<ExchangeOptions> = {}): Promise<Desk> {
  const dir = await mkdtemp(join(tmpdir(), 'halt-watch-'));
  const exchange = await testExchange(given);
  const endpoint = { keyId: 'key', secret: 'secret', mode: 'simulated', baseUrl: exchange.url } as const;
  const database = await openEmbeddedTestDatabase();
  const report = (what: string, error: unknown): void => void reports.push(`${what}: ${String(error)}`);
  const provider = alpacaProvider({ endpoint, feed: 'iex', streamTiming: { retryFirstMs: 10, retryMsMax: 50 } });
  const clock = handClock();
  const broker = alpacaBroker({ endpoint });
  const start = () => openAccountSession(dir, broker, { report, limits: DEFAULT_LIMITS });
  let running = await start();
  closers.push(
    () => rm(dir, { recursive: true }),
    () => database.close(),
    () => exchange.close(),
    () => running.close(),
  );
  await running.session.command({ kind: 'InstrumentListed', at: running.session.state().now, instrument: listed('AAA') });
  const desk: Desk = {
    exchange,
    clock,
    session: running.session,
    steer: async (body) => {
      const response = await fetch(`${exchange.url}/sim/market`, { method: 'POST', body: JSON.stringify(body) });
      if (!response.ok) throw new Error(await response.text());
    },
    openFeed: async () => {
      const { session } = desk;
      await session.command({ kind: 'ClockTicked', at: (await broker.clock()).now });
      const now = () => session.state().now;
      const feed = await openMarketFeed({
        db: database.db,
        provider,
        session,
        symbols: ['AAA', 'BBB'],
        timeframe: '1Day',
        now,
        timers: clock,
        report,
      });
      const close = (): Promise<void> => feed.close();
      closers.push(close);
      return close;
    },
    restart: async () => {
      await running.close();
      running = await start();
      desk.session = running.session;
    },
    denials: async (id) => {
      const intent = ticketIntent(id, { symbol: 'AAA', quantity: quantity('1'), createdAt: desk.session.state().now });
      const { effects } = await desk.session.command({ kind: 'OrderRequested', at: intent.createdAt, by: 'user:ada', intent });
      return effects.flatMap((effect) =>
        effect.kind === 'OrderChanged' ? effect.order.decision.denials.map(({ code, message }) => `${code}: ${message}`) : [],
      );
    },
    halted: (symbols) =>
      vi.waitFor(
        () => {
          const { haltedSymbols, alerts } = desk.session.state();
          expect(haltedSymbols).toEqual(symbols);
          expect([...alerts.values()].filter(({ code }) => code === 'SymbolHalted').map(({ id }) => id)).toEqual(
            symbols.map((symbol) => `SymbolHalted-${symbol}`),
          );
        },
        { timeout: 10_000, interval: 20 },
      ),
  };
  return desk;
}

const HALTED = 'MarketHours: Trading in AAA is halted.';

test('a halt on the stream denies entries and is told; the resumption on the stream ends both', async () => {
  const desk = await openDesk();
  await desk.openFeed();
  await desk.exchange.step();
  await desk.steer({ kind: 'halt', symbol: 'AAA', code: 'H', reason: 'T12' });
  await desk.halted(['AAA']);
  expect(desk.session.state().alerts.get('SymbolHalted-AAA')?.detail).toContain('T12 Halt Additional Information Requested');
  expect(await desk.denials('t1')).toContain(HALTED);
  await desk.steer({ kind: 'resume', symbol: 'AAA' });
  await desk.halted([]);
  expect(await desk.denials('t2')).not.toContain(HALTED);
});

test('a pause after a move beyond the bands is a halt too, and ends by itself', async () => {
  const minutes = Array.from({ length: 12 }, (_, minute): [string, number, number, number, number] => {
    const level = minute < 3 ? 100 : 130;
    return [`2024-02-28T14:${30 + minute}:00Z`, level, level, level, level];
  });
  const desk = await openDesk({ mode: 'realistic', bars: [columnsOf('AAA', minutes, '1Min')] });
  await desk.openFeed();
  for (let step = 0; step < 16 && desk.session.state().haltedSymbols.length === 0; step += 1) {
    await desk.exchange.step();
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
  await desk.halted(['AAA']);
  for (let step = 0; step < 28; step += 1) await desk.exchange.step();
  await desk.halted([]);
});

test('what is halted before a start, and what goes on while nobody listens, is known by asking', async () => {
  const desk = await openDesk();
  await desk.exchange.step();
  await desk.steer({ kind: 'asset', symbol: 'AAA', change: { tradable: false } });
  const close = await desk.openFeed();
  await desk.halted(['AAA']);
  await close();
  await desk.restart();
  await desk.halted(['AAA']);
  await desk.steer({ kind: 'asset', symbol: 'AAA', change: { tradable: true } });
  for (let step = 0; step < 3; step += 1) await desk.exchange.step();
  await desk.openFeed();
  await desk.halted([]);
});

test('a halt that is told while the stream is lost shows by silence; the first price ends it', async () => {
  const desk = await openDesk();
  await desk.exchange.step();
  await desk.steer({ kind: 'halt', symbol: 'AAA' });
  for (let step = 0; step < 2; step += 1) await desk.exchange.step();
  await desk.openFeed();
  await desk.halted(['AAA']);
  expect(desk.session.state().alerts.get('SymbolHalted-AAA')?.detail).toContain('no price of it has come for 5 minutes');
  await desk.steer({ kind: 'resume', symbol: 'AAA' });
  await desk.halted([]);
});

test('the broker is asked at each connection, and every minute while anything is halted', async () => {
  const desk = await openDesk();
  await desk.openFeed();
  await desk.exchange.step();
  await desk.steer({ kind: 'asset', symbol: 'BBB', change: { tradable: false } });
  await fetch(`${desk.exchange.url}/sim/streams`, { method: 'POST', body: JSON.stringify({ action: 'close' }) });
  await desk.halted(['BBB']);
  await desk.steer({ kind: 'asset', symbol: 'BBB', change: { tradable: true } });
  await desk.clock.pass(59_999);
  await desk.halted(['BBB']);
  await desk.clock.pass(1);
  await desk.halted([]);
});
