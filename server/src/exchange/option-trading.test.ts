import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { equity } from '../instruments/service.ts';
import { syntheticDaily } from '../market-data/synthetic.ts';
import { instant } from '../money/instant.ts';
import { startExchange } from './server.ts';
import type { Exchange } from './server.ts';
import { Collector, sdkFor } from './testing.ts';

const bars = syntheticDaily(
  { symbol: 'ACME', seed: 7, firstPrice: 100, drift: [0.0004, -0.0004], volatility: [0.012, 0.02], volume: 1_000_000 },
  '2023-01-03',
  '2024-06-28',
);
let exchange: Exchange;
let dataDir: string;

const start = (): Promise<Exchange> =>
  startExchange({
    bars: [bars],
    instruments: [equity('ACME', 'Acme')],
    speed: 0,
    from: instant('2024-03-04'),
    dataDir,
    onWarning: () => undefined,
  });
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'option-trading-'));
  exchange = await start();
  for (let step = 0; step < 2; step++) await exchange.step();
});
afterEach(async () => {
  await exchange.close();
  await rm(dataDir, { recursive: true, force: true });
});

const post = async (body: object): Promise<{ status: number; body: Record<string, unknown> }> => {
  const response = await fetch(`${exchange.url}/v2/orders`, {
    method: 'POST',
    headers: { 'APCA-API-KEY-ID': 'key', 'APCA-API-SECRET-KEY': 'secret', 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
};
const account = async () => sdkFor(exchange).trading.account.getAccount();

/** Two calls of the first Friday whose both sides are quoted, the nearer strike first. */
async function twoCalls(): Promise<readonly { readonly symbol: string; readonly bid: number; readonly ask: number }[]> {
  const { snapshots } = await sdkFor(exchange).marketData.options.optionChain({
    underlyingSymbol: 'ACME',
    type: 'call',
    expirationDate: new Date('2024-03-08'),
    limit: 1_000,
  });
  const quoted = Object.entries(snapshots)
    .map(([symbol, { latestQuote }]) => ({ symbol, bid: latestQuote?.bp ?? 0, ask: latestQuote?.ap ?? 0 }))
    .filter(({ bid, ask }) => bid > 0.2 && ask < 5)
    .sort((left, right) => (left.symbol < right.symbol ? -1 : 1));
  return quoted.slice(0, 2);
}

describe('options through the real SDK', () => {
  test('a call is bought, shown, and sold again', async () => {
    const [call] = await twoCalls();
    if (call === undefined) throw new Error('no call is quoted');
    const { orders, positions } = sdkFor(exchange).trading;
    const before = Number((await account()).cash);
    const order = await orders.limit({
      symbol: call.symbol,
      qty: '2',
      side: 'buy',
      limitPrice: String(call.ask),
      timeInForce: 'day',
    });
    const filled = await orders.getOrderByOrderID({ orderId: order.id ?? '' });
    expect(filled).toMatchObject({ status: 'filled', assetClass: 'us_option', filledQty: '2', positionIntent: 'buy_to_open' });
    expect(Number(filled.filledAvgPrice)).toBe(call.ask);
    const [position] = await positions.getAllOpenPositions();
    expect(position).toMatchObject({ symbol: call.symbol, qty: '2', assetClass: 'us_option' });
    expect(Number(position?.costBasis)).toBeCloseTo(call.ask * 200, 6);
    const after = await account();
    expect(Number(after.cash)).toBeCloseTo(before - call.ask * 200, 6);
    expect(after).toMatchObject({ optionsApprovedLevel: 3, optionsTradingLevel: 3 });
    await positions.deleteOpenPosition({ symbolOrAssetId: call.symbol });
    expect(Number((await account()).cash)).toBeCloseTo(before - (call.ask - call.bid) * 200, 6);
    expect(await positions.getAllOpenPositions()).toEqual([]);
  });

  test('a vertical is one order with its legs, told in one event, and ends at expiry with its activities', async () => {
    const [near, far] = await twoCalls();
    if (near === undefined || far === undefined) throw new Error('no two calls are quoted');
    const updates = new Collector<{ event: string; order: { status: string; orderClass?: string }; price?: unknown; raw: unknown }>();
    const stream = sdkFor(exchange).trading.stream({ url: exchange.tradeStreamUrl });
    stream.onTradeUpdate((update) => updates.add(update as never));
    stream.connect();
    await stream.waitForAuthenticationResult(10_000);
    stream.subscribeTradeUpdates();
    await sleep(200);
    const legs = [
      { symbol: near.symbol, ratio_qty: '1', side: 'buy', position_intent: 'buy_to_open' },
      { symbol: far.symbol, ratio_qty: '1', side: 'sell', position_intent: 'sell_to_open' },
    ];
    const { status, body } = await post({
      order_class: 'mleg',
      qty: '1',
      type: 'limit',
      limit_price: (near.ask - far.bid).toFixed(2),
      time_in_force: 'day',
      legs,
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      symbol: '',
      order_class: 'mleg',
      asset_class: 'us_option',
      asset_id: '00000000-0000-0000-0000-000000000000',
    });
    expect((body['legs'] as { symbol: string }[]).map(({ symbol }) => symbol)).toEqual([near.symbol, far.symbol]);
    await updates.until((items) => items.some(({ event }) => event === 'fill'), 'the fill of the spread');
    stream.disconnect();
    const fills = await sdkFor(exchange).trading.accountActivities.getAccountActivitiesByActivityType({ activityType: 'FILL' });
    expect(fills).toHaveLength(2);

    while (exchange.now() < instant('2024-03-09')) await exchange.step();
    const { accountActivities, positions } = sdkFor(exchange).trading;
    const rows = (await accountActivities.getAccountActivities({ activityTypes: ['OPEXP', 'OPEXC', 'OPASN', 'OPTRD'] })) as {
      activityType?: string;
      symbol?: string;
    }[];
    const ended = rows.flatMap(({ activityType, symbol }) => (activityType === 'OPTRD' ? [] : [symbol]));
    expect(new Set(ended)).toEqual(new Set([near.symbol, far.symbol]));
    expect((await positions.getAllOpenPositions()).every(({ symbol }) => symbol === 'ACME')).toBe(true);
  });

  test('refusals have the broker’s status, code and words', async () => {
    const [call] = await twoCalls();
    const naked = await post({ symbol: call?.symbol, qty: '1', side: 'sell', type: 'market', time_in_force: 'day' });
    expect(naked).toEqual({ status: 403, body: { code: 40310000, message: 'account not eligible to trade uncovered option contracts' } });
    expect(await post({ order_class: 'mleg', qty: '1', type: 'market', time_in_force: 'day', legs: [] })).toMatchObject({ status: 422 });
    expect(await post({ symbol: 'ACME240308C00100250', qty: '1', side: 'buy', type: 'market', time_in_force: 'day' })).toMatchObject({
      status: 422,
    });
    expect(await post({ symbol: call?.symbol, qty: '1', side: 'buy', type: 'market', time_in_force: 'day', legs: [{}] })).toMatchObject({
      status: 422,
    });
  });

  test('a restart from the log has the same books', async () => {
    const [near, far] = await twoCalls();
    if (near === undefined || far === undefined) throw new Error('no two calls are quoted');
    await post({ symbol: near.symbol, qty: '1', side: 'buy', type: 'limit', limit_price: '0.01', time_in_force: 'day' });
    await post({ symbol: far.symbol, qty: '1', side: 'buy', type: 'market', time_in_force: 'day' });
    for (let step = 0; step < 3; step++) await exchange.step();
    const seen = async () => ({
      account: await account(),
      positions: await sdkFor(exchange).trading.positions.getAllOpenPositions(),
      orders: await sdkFor(exchange).trading.orders.getAllOrders({ status: 'all' }),
    });
    const before = await seen();
    expect(before.positions).toHaveLength(1);
    await exchange.close();
    exchange = await start();
    expect(await seen()).toEqual(before);
  });
});
