import { errors } from '@alpacahq/alpaca-trade-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Exchange } from './server.ts';
import { Collector, sdkFor, testExchange } from './testing.ts';

let exchange: Exchange;
beforeEach(async () => {
  exchange = await testExchange();
});
afterEach(() => exchange.close());

const steps = async (count: number): Promise<void> => {
  for (let done = 0; done < count; done++) await exchange.step();
};

/** Status, code and message of the error that a call ends with. */
async function failureOf(call: Promise<unknown>): Promise<{ status: number; body: Record<string, unknown> }> {
  try {
    await call;
  } catch (error) {
    if (error instanceof errors.ApiError && error.response !== undefined) {
      return { status: error.response.status, body: JSON.parse(await error.response.clone().text()) as Record<string, unknown> };
    }
    throw error;
  }
  throw new Error('the call was expected to fail');
}

describe('the real SDK over REST', () => {
  test('reads account, clock, calendar and assets', async () => {
    const alpaca = sdkFor(exchange);
    const account = await alpaca.trading.account.getAccount();
    expect([account.status, account.cash, account.equity, account.buyingPower]).toEqual(['ACTIVE', '100000', '100000', '200000']);

    const clock = await alpaca.trading.clock.legacyClock();
    expect(clock.isOpen).toBe(false);
    expect(clock.nextOpen?.toISOString()).toBe('2024-02-28T14:30:00.000Z');
    expect(clock.nextClose?.toISOString()).toBe('2024-02-28T21:00:00.000Z');
    await steps(1);
    const open = await alpaca.trading.clock.legacyClock();
    expect(open.isOpen).toBe(true);
    expect(open.timestamp?.toISOString()).toBe('2024-02-28T14:30:00.000Z');
    expect(open.nextOpen?.toISOString()).toBe('2024-02-29T14:30:00.000Z');

    const days = await alpaca.trading.calendar.legacyCalendar({ start: new Date('2024-02-28T00:00Z'), end: new Date('2024-03-04T00:00Z') });
    expect(days.map(({ open: opening, close }) => [opening, close])).toEqual(Array.from({ length: 4 }, () => ['09:30', '16:00']));

    const asset = await alpaca.trading.assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: 'AAA' });
    expect([asset.symbol, asset.tradable, asset.shortable, asset.fractionable]).toEqual(['AAA', true, true, false]);
    expect(await alpaca.trading.assets.getV2Assets()).toHaveLength(3);
    expect((await failureOf(alpaca.trading.assets.getV2AssetsSymbolOrAssetId({ symbolOrAssetId: 'ZZZ' }))).status).toBe(404);
  });

  test('creates, reads, replaces, lists and cancels orders', async () => {
    const { trading } = sdkFor(exchange);
    const queued = await trading.orders.market({ symbol: 'AAA', qty: '10', side: 'buy', clientOrderId: 'one' });
    expect([queued.status, queued.filledQty, queued.filledAvgPrice]).toEqual(['accepted', '0', undefined]);
    await steps(1);
    const filled = await trading.orders.getOrderByClientOrderId({ clientOrderId: 'one' });
    expect([filled.id, filled.status, filled.filledAvgPrice]).toEqual([queued.id, 'filled', '100']);

    const limit = await trading.orders.limit({ symbol: 'AAA', qty: 5, side: 'buy', limitPrice: '90', timeInForce: 'gtc' });
    expect(limit.status).toBe('pending_new');
    const replaced = await trading.orders.patchOrderByOrderId({
      orderId: limit.id ?? '',
      patchOrderRequest: { limitPrice: '91', qty: '6' },
    });
    expect([replaced.replaces, replaced.qty, replaced.limitPrice]).toEqual([limit.id, '6', '91']);
    const old = await trading.orders.getOrderByOrderID({ orderId: limit.id ?? '' });
    expect([old.status, old.replacedBy]).toEqual(['replaced', replaced.id]);

    const open = await trading.orders.getAllOrders({ status: 'open' });
    expect(open.map(({ id }) => id)).toEqual([replaced.id]);
    const all = await trading.orders.getAllOrders({ status: 'all', direction: 'asc', limit: 2 });
    expect(all.map(({ id }) => id)).toEqual([queued.id, limit.id]);
    await trading.orders.deleteOrderByOrderID({ orderId: replaced.id ?? '' });
    expect((await trading.orders.getOrderByOrderID({ orderId: replaced.id ?? '' })).status).toBe('canceled');
    const late = await failureOf(trading.orders.deleteOrderByOrderID({ orderId: replaced.id ?? '' }));
    expect([late.status, late.body['code']]).toEqual([422, 42210000]);
  });

  test('holds positions, activities, and closes them', async () => {
    const { trading } = sdkFor(exchange);
    await trading.orders.market({ symbol: 'AAA', qty: 10, side: 'buy' });
    await trading.orders.market({ symbol: 'BBB', qty: 20, side: 'sell' });
    await steps(4);
    const positions = await trading.positions.getAllOpenPositions();
    expect(positions.map(({ symbol, qty, side, avgEntryPrice, unrealizedPl }) => [symbol, qty, side, avgEntryPrice, unrealizedPl])).toEqual(
      [
        ['AAA', '10', 'long', '100', '20'],
        ['BBB', '-20', 'short', '50', '10'],
      ],
    );
    const account = await trading.account.getAccount();
    expect([account.cash, account.equity, account.longMarketValue, account.shortMarketValue]).toEqual(['100000', '100030', '1020', '-990']);
    const fills = await trading.accountActivities.getAccountActivitiesByActivityType({ activityType: 'FILL' });
    expect(fills).toHaveLength(2);
    const page = await trading.accountActivities.getAccountActivities({ activityTypes: ['FILL'], pageSize: 1, direction: 'asc' });
    expect(page).toMatchObject([{ symbol: 'AAA', qty: '10', price: '100', type: 'fill' }]);

    const closing = await trading.positions.deleteOpenPosition({ symbolOrAssetId: 'AAA' });
    expect([closing.side, closing.qty, closing.type]).toEqual(['sell', '10', 'market']);
    await steps(1);
    expect((await failureOf(trading.positions.getOpenPosition({ symbolOrAssetId: 'AAA' }))).status).toBe(404);
    await trading.positions.deleteAllOpenPositions({ cancelOrders: true });
    expect(await trading.positions.getAllOpenPositions()).toEqual([]);
  });

  const refusals = [
    { name: 'duplicate client id', order: { qty: 1, clientOrderId: 'same' }, status: 422, code: 40010001 },
    { name: 'insufficient buying power', order: { qty: 1_000_000 }, status: 403, code: 40310000 },
    { name: 'sub-penny limit', order: { qty: 1, limitPrice: '100.001' }, status: 422, code: 42210000 },
    { name: 'IEEE noise', order: { qty: 1, limitPrice: 0.1 + 0.2 }, status: 422, code: 42210000 },
    { name: 'unknown symbol', order: { qty: 1, symbol: 'ZZZ' }, status: 422, code: 42210000 },
    { name: 'quantity that is no number', order: { qty: 'ten' }, status: 422, code: 42210000 },
  ] as const;
  test.each(refusals)('$name is refused', async ({ order, status, code }) => {
    const { trading } = sdkFor(exchange);
    await trading.orders.market({ symbol: 'BBB', qty: 1, side: 'buy', clientOrderId: 'same' });
    await steps(1);
    const fields = { symbol: 'AAA', side: 'buy', ...order } as const;
    const failed = await failureOf('limitPrice' in fields ? trading.orders.limit(fields) : trading.orders.market(fields));
    expect([failed.status, failed.body['code']]).toEqual([status, code]);
  });

  test('bars are paged, in order, and never of the future', async () => {
    const { marketData } = sdkFor(exchange);
    const query = { symbols: 'AAA,BBB', timeframe: '1Day', start: new Date('2024-01-01'), limit: 2 } as const;
    expect((await marketData.stocks.stockBars(query)).bars).toEqual({});
    await steps(9);
    const first = await marketData.stocks.stockBars(query);
    expect(first.bars['AAA']?.map(({ o, c, t }) => [new Date(t).toISOString(), o, c])).toEqual([
      ['2024-02-28T05:00:00.000Z', 100, 102],
      ['2024-02-29T05:00:00.000Z', 103, 105],
    ]);
    const second = await marketData.stocks.stockBars({ ...query, pageToken: first.nextPageToken ?? '' });
    expect(second.bars['BBB']?.map(({ c }) => c)).toEqual([49.5, 48]);
    expect(second.nextPageToken ?? null).toBeNull();
    const latest = await marketData.stocks.stockLatestQuotes({ symbols: 'AAA' });
    expect(latest.quotes['AAA']).toMatchObject({ bp: 104, ap: 104.01 });
  });
});

test('wrong or missing keys are told apart from right ones', async () => {
  const guarded = await testExchange({ keyId: 'mine', secret: 'hidden' });
  try {
    await expect(sdkFor(guarded, 'mine', 'hidden').trading.account.getAccount()).resolves.toBeDefined();
    const wrong = await failureOf(sdkFor(guarded, 'mine', 'guess').trading.account.getAccount());
    expect([wrong.status, wrong.body['message']]).toEqual([401, 'unauthorized.']);
    expect((await fetch(`${guarded.url}/v2/account`)).status).toBe(401);
  } finally {
    await guarded.close();
  }
});

test('each key pair has an account of its own', async () => {
  const [one, two] = [sdkFor(exchange, 'one'), sdkFor(exchange, 'two')];
  await one.trading.orders.market({ symbol: 'AAA', qty: 1, side: 'buy' });
  expect(await one.trading.orders.getAllOrders({ status: 'all' })).toHaveLength(1);
  expect(await two.trading.orders.getAllOrders({ status: 'all' })).toEqual([]);
});

test('realistic: a large order fills over several steps, fees are charged at the close', async () => {
  const realistic = await testExchange({ mode: 'realistic' });
  try {
    const { trading } = sdkFor(realistic);
    await trading.orders.market({ symbol: 'AAA', qty: 60, side: 'buy', clientOrderId: 'large' });
    const filled: (string | undefined)[] = [];
    for (let count = 0; count < 4; count++) {
      await realistic.step();
      filled.push((await trading.orders.getOrderByClientOrderId({ clientOrderId: 'large' })).filledQty);
    }
    expect(filled).toEqual(['25', '50', '60', '60']);
    const fees = await trading.accountActivities.getAccountActivitiesByActivityType({ activityType: 'FEE' });
    expect(fees).toMatchObject([{ activityType: 'FEE', netAmount: '-0.01' }]);
  } finally {
    await realistic.close();
  }
});

describe('the real SDK over streams', () => {
  test('trade updates: new, fill and canceled', async () => {
    const { trading } = sdkFor(exchange);
    const updates = new Collector<string>();
    const stream = trading.stream({ url: exchange.tradeStreamUrl, reconnect: false });
    stream.onTradeUpdate(({ event, order, price, qty, positionQty }) => {
      updates.add([event, order.status, price, qty, positionQty].filter((part) => part !== undefined).join(' '));
    });
    const listening = new Collector<unknown>();
    stream.on('subscription', (streams: unknown) => listening.add(streams));
    stream.subscribeTradeUpdates();
    stream.connect();
    await listening.until((items) => items.length > 0, 'the stream to listen');

    await trading.orders.market({ symbol: 'AAA', qty: 3, side: 'buy' });
    await steps(1);
    const resting = await trading.orders.limit({ symbol: 'AAA', qty: 1, side: 'buy', limitPrice: 50 });
    await trading.orders.deleteOrderByOrderID({ orderId: resting.id ?? '' });
    const seen = await updates.until((items) => items.length >= 8, 'eight updates');
    stream.disconnect();
    expect(seen).toEqual([
      'accepted accepted',
      'pending_new pending_new',
      'new new',
      'fill filled 100 3 3',
      'pending_new pending_new',
      'new new',
      'pending_cancel pending_cancel',
      'canceled canceled',
    ]);
  });

  test('market data: quotes, trades and daily bars in MessagePack', async () => {
    const { marketData } = sdkFor(exchange);
    const quotes = new Collector<[string, number | undefined, number | undefined, string]>();
    const trades = new Collector<[string, number]>();
    const bars = new Collector<[string, number, string]>();
    const stream = marketData.stockStream({ url: exchange.dataStreamUrl, reconnect: false });
    stream.onQuote((quote) => quotes.add([quote.symbol, quote.bidPrice, quote.askPrice, quote.timestamp.toISOString()]));
    stream.onTrade((trade) => trades.add([trade.symbol, trade.price]));
    stream.onDailyBar((bar) => bars.add([bar.symbol, bar.close, bar.timestamp.toISOString()]));
    const acknowledged = new Collector<unknown>();
    stream.on('subscription', (subscriptions: unknown) => acknowledged.add(subscriptions));
    stream.onConnect(() => {
      stream.subscribeForQuotes(['AAA']);
      stream.subscribeForTrades(['BBB']);
      stream.subscribeForDailyBars(['*']);
    });
    stream.connect();
    await acknowledged.until((items) => items.length >= 3, 'three acknowledgements');
    await steps(4);
    await bars.until((items) => items.length >= 2, 'two daily bars');
    stream.disconnect();
    expect(quotes.items.map(([symbol, bid, ask]) => [symbol, bid, ask])).toEqual([
      ['AAA', 100, 100.01],
      ['AAA', 98, 98.01],
      ['AAA', 104, 104.01],
      ['AAA', 102, 102.01],
    ]);
    expect(quotes.items.map(([, , , at]) => at.slice(11, 16))).toEqual(['14:30', '17:00', '19:00', '21:00']);
    expect(trades.items.map(([, price]) => price)).toEqual([50, 51, 49, 49.5]);
    expect(bars.items).toEqual([
      ['AAA', 102, '2024-02-28T05:00:00.000Z'],
      ['BBB', 49.5, '2024-02-28T05:00:00.000Z'],
    ]);
  });

  test('wrong keys end a stream with an authentication failure', async () => {
    const guarded = await testExchange({ keyId: 'mine', secret: 'hidden' });
    try {
      const { trading, marketData } = sdkFor(guarded, 'mine', 'guess');
      const streams = [trading.stream({ url: guarded.tradeStreamUrl }), marketData.stockStream({ url: guarded.dataStreamUrl })];
      for (const stream of streams) {
        stream.connect();
        expect(await stream.waitForAuthentication(10_000)).toBe(false);
      }
    } finally {
      await guarded.close();
    }
  });
});
