import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startExchange } from '../exchange/server.ts';
import type { Exchange } from '../exchange/server.ts';
import { sessionsBetween } from '../instruments/calendar.ts';
import { listInstruments } from '../instruments/service.ts';
import { instant } from '../money/instant.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import type { BarColumns } from './bar.ts';
import { alpacaProvider } from './providers/alpaca.ts';
import type { AlpacaEndpoint } from './providers/alpaca-client.ts';
import { sampleMarket } from './sample-data.ts';
import { fetchBars, loadBars } from './service.ts';
import type { FetchRequest } from './service.ts';

const endpoint = (baseUrl: string): AlpacaEndpoint => ({ mode: 'simulated', keyId: 'key', secret: 'secret', baseUrl });

let database: TestDatabase;
beforeAll(async () => {
  database = await openEmbeddedTestDatabase();
});
afterEach(() => database.db.deleteFrom('bars').execute());
afterAll(() => database.close());

async function fetchFrom(url: string, request: Partial<FetchRequest> & Pick<FetchRequest, 'symbols'>) {
  const pages: number[] = [];
  const report = await fetchBars(database.db, alpacaProvider({ endpoint: endpoint(url), feed: 'iex' }), {
    timeframe: '1Day',
    from: instant('2000-01-01'),
    adjustment: 'raw',
    onPage: (bars) => pages.push(bars),
    ...request,
  });
  return { report, pages };
}

const stored = (symbol: string): Promise<BarColumns> => loadBars(database.db, { symbol, timeframe: '1Day', adjustment: 'raw' });

const datesOf = ({ startAtMs }: BarColumns): string[] => Array.from(startAtMs, (at) => new Date(at).toISOString().slice(0, 10));

describe('from the simulated exchange, through the SDK', () => {
  let exchange: Exchange;
  let market: Awaited<ReturnType<typeof sampleMarket>>;
  beforeAll(async () => {
    market = await sampleMarket();
    exchange = await startExchange({ ...market, speed: 0, from: instant('2018-05-11'), onWarning: () => undefined });
  });
  afterAll(() => exchange.close());

  test('a year: every session of the calendar, dated as it traded, once', async () => {
    const year = { symbols: ['AAPL', 'SPX'], from: instant('2016-01-01'), to: instant('2016-12-31') };
    const { report } = await fetchFrom(exchange.url, year);
    expect(report.symbols).toEqual(['AAPL', 'SPX'].map((symbol) => ({ symbol, inserted: 252, changed: 0, unchanged: 0 })));
    const sessions = sessionsBetween('2016-01-01', '2016-12-31').map(({ date }) => date);
    expect(datesOf(await stored('AAPL'))).toEqual(sessions);
    expect((await fetchFrom(exchange.url, year)).report.symbols).toEqual(
      ['AAPL', 'SPX'].map((symbol) => ({ symbol, inserted: 0, changed: 0, unchanged: 252 })),
    );
  });

  test('more bars than one page holds: all of them, in order, to the last digit', async () => {
    const symbols = market.instruments.map(({ symbol }) => symbol);
    const { report, pages } = await fetchFrom(exchange.url, { symbols });
    expect(pages.length).toBeGreaterThan(1);
    expect(pages[0]).toBe(10_000);
    expect(report.refused).toEqual([]);
    for (const bars of market.bars) {
      // The last day has not been played yet: it is the future.
      const known = bars.length - 1;
      expect(report.symbols).toContainEqual({ symbol: bars.symbol, inserted: known, changed: 0, unchanged: 0 });
      const found = await stored(bars.symbol);
      expect(found.startAtMs).toEqual(bars.startAtMs.slice(0, known));
      expect(found.close).toEqual(bars.close.slice(0, known));
      expect(found.volume).toEqual(bars.volume.slice(0, known));
    }
    expect(pages.reduce((total, count) => total + count, 0)).toBe(market.bars.reduce((total, { length }) => total + length - 1, 0));
  });

  test('an unknown symbol has no bars, and takes nothing from the others', async () => {
    const { report } = await fetchFrom(exchange.url, { symbols: ['AAPL', 'NOPE'], from: instant('2018-05-01') });
    expect(report.symbols).toMatchObject([
      { symbol: 'AAPL', inserted: 8 },
      { symbol: 'NOPE', inserted: 0 },
    ]);
    expect((await listInstruments(database.db)).map(({ symbol }) => symbol)).not.toContain('NOPE');
  });

  test('an aborted fetch stops before the next page', async () => {
    const controller = new AbortController();
    const onPage = (): void => controller.abort(new Error('enough'));
    const symbols = market.instruments.map(({ symbol }) => symbol);
    await expect(fetchFrom(exchange.url, { symbols, signal: controller.signal, onPage })).rejects.toThrow('enough');
    const total = (await Promise.all(symbols.map(stored))).reduce((sum, { length }) => sum + length, 0);
    expect(total).toBe(10_000);
  });
});

/** A broker that answers with the bars it is told to. */
async function brokerWith(pages: readonly unknown[]) {
  let asked = 0;
  const server = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(pages[asked]));
    asked += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => new Promise((resolve) => server.close(resolve)) };
}

describe('a broker that sends what cannot be believed', () => {
  const wire = (day: string, change: object = {}) => ({ t: `${day}T05:00:00Z`, o: 10, h: 12, l: 9, c: 11, v: 5, n: 1, vw: 11, ...change });
  let broker: Awaited<ReturnType<typeof brokerWith>>;
  beforeEach(async () => {
    broker = await brokerWith([
      {
        bars: { ACME: [wire('2024-01-02'), wire('2024-01-03', { h: 8 }), wire('2024-01-04', { c: -1 }), wire('2024-01-05')] },
        next_page_token: 'more',
      },
      {
        bars: { ACME: [wire('2024-01-05'), wire('2024-01-04'), wire('2024-01-08', { v: -5 }), wire('2024-01-09')] },
        next_page_token: null,
      },
    ]);
  });
  afterEach(() => broker.close());

  test('the good bars are stored; each bad one is refused with its reason and what was sent', async () => {
    const { report, pages } = await fetchFrom(broker.url, { symbols: ['ACME'] });
    expect(datesOf(await stored('ACME'))).toEqual(['2024-01-02', '2024-01-05', '2024-01-09']);
    expect(report.symbols).toEqual([{ symbol: 'ACME', inserted: 3, changed: 0, unchanged: 0 }]);
    expect(pages).toEqual([2, 1]);
    expect(report.refused.map(({ symbol, reason }) => [symbol, reason])).toEqual([
      ['ACME', 'high 8 is below low 9'],
      ['ACME', 'close is -1, and a price must be above zero'],
      ['ACME', 'a second bar at 2024-01-05T00:00:00Z'],
      ['ACME', 'start 2024-01-04T00:00:00Z is before the bar at 2024-01-05T00:00:00Z'],
      ['ACME', 'volume is -5'],
    ]);
    expect(report.refused[0]?.raw).toContain('"high":8');
  });
});
