import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sampleMarket } from '../server/src/market-data/sample-data.ts';
import { eventually, logIn, start, temporaryFolder } from './product.ts';
import type { Api, Running } from './product.ts';

const KEYS = { APCA_API_KEY_ID: 'risk', APCA_API_SECRET_KEY: 'risk-secret' };

interface Denial {
  readonly code: string;
  readonly limit: string;
  readonly actual: string;
  readonly message: string;
}
interface Placed {
  readonly __typename: string;
  readonly message?: string;
  readonly denials?: readonly Denial[];
  readonly order?: { readonly id: string; readonly state: string };
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let exchange: Running;
let server: Running;
let api: Api;

/** The sample's daily bars as files, SYNC without any after 4 January 2016. */
async function writeMarket(directory: string): Promise<readonly string[]> {
  const lastOfSync = Date.parse('2016-01-04T00:00:00Z');
  const files: string[] = [];
  for (const bars of (await sampleMarket()).bars) {
    const lines = ['symbol,timestamp,open,high,low,close,volume'];
    for (let row = 0; row < bars.length; row += 1) {
      const startAt = bars.startAtMs[row] ?? 0;
      if (bars.symbol === 'SYNC' && startAt > lastOfSync) break;
      const values = [bars.open, bars.high, bars.low, bars.close, bars.volume].map((column) => String(column[row]));
      lines.push([bars.symbol, new Date(startAt).toISOString(), ...values].join(','));
    }
    const file = join(directory, `${bars.symbol}.csv`);
    await writeFile(file, `${lines.join('\n')}\n`);
    files.push(file);
  }
  return files;
}

/** The exchange stands still, at first at the opening of a session: prices stay what they are. */
beforeAll(async () => {
  folder = await temporaryFolder();
  const files = await writeMarket(folder.path);
  exchange = await start(['exchange', '--port', '0', '--speed', '0', '--from', '2016-01-04', ...files.flatMap((file) => ['--csv', file])]);
  server = await start(['serve', '--port', '0', '--data-dir', folder.path, '--exchange-url', exchange.url], KEYS);
  api = await logIn(server.url);
  await step();
  await eventually('the market is open and reconciled', async () => {
    const { overview } = await api.query<{ overview: { market: { isOpen: boolean }; equity: string | null } }>(
      '{ overview { market { isOpen } equity } }',
    );
    return overview.market.isOpen && overview.equity !== null ? true : undefined;
  });
  // The exchange's clock stands still between steps: all these orders come within one second of it.
  await setLimit('orderRateSecondMax', '150');
  await setLimit('orderRateMinuteMax', '150');
});
afterAll(async () => {
  await server.stop('SIGTERM');
  await exchange.stop('SIGTERM');
  await folder.remove();
});

const step = async (): Promise<void> =>
  void (await fetch(`${exchange.url}/sim/step`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' }));

/** Ids of the orders that the exchange was ever asked to take, by its own log. */
async function asked(): Promise<string> {
  const answer = await fetch(`${exchange.url}/sim/log`);
  return answer.text();
}

/** Ids of all denied orders so far. */
const denied: string[] = [];
let key = 0;
async function place(order: Record<string, unknown>): Promise<Placed> {
  key += 1;
  const answer = await api.query<{ placeOrder: Placed }>(
    `mutation($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename
      ... on OrderPayload { order { id state } }
      ... on OrderDeniedError { message denials { code limit actual message } order { id state } }
      ... on InvalidInputError { message } ... on ConflictError { message } ... on UnavailableError { message } } }`,
    { input: { idempotencyKey: `risk-${key}`, symbol: 'SYNA', side: 'BUY', quantity: '1', ...order } },
  );
  return answer.placeOrder;
}

async function setLimit(name: string, value: string): Promise<string> {
  const answer = await api.query<{ setLimit: { __typename: string; limit?: { value: string }; message?: string } }>(
    `mutation($input: SetLimitInput!) { setLimit(input: $input) { __typename ... on LimitPayload { limit { value } } ... on InvalidInputError { message } ... on ConflictError { message } } }`,
    { input: { name, value, reason: 'boundary test' } },
  );
  expect(answer.setLimit.message ?? '').toBe('');
  return answer.setLimit.limit?.value ?? '';
}

const defaults = async (): Promise<Map<string, string>> => {
  const { limits } = await api.query<{ limits: { name: string; default: string }[] }>('{ limits { name default } }');
  return new Map(limits.map((limit) => [limit.name, limit.default]));
};

async function expectDenied(code: string, order: Record<string, unknown>): Promise<void> {
  const placed = await place(order);
  expect(placed, placed.message).toMatchObject({ __typename: 'OrderDeniedError', order: { state: 'DENIED' } });
  const denial = placed.denials?.find((one) => one.code === code);
  expect(denial, JSON.stringify(placed.denials)).toBeDefined();
  expect(denial?.limit).not.toBe('');
  expect(denial?.actual).not.toBe('');
  const id = placed.order?.id ?? '';
  denied.push(id);
  expect(await asked()).not.toContain(id);
  const { journal, order: shown } = await api.query<{ journal: { edges: { node: { kind: string } }[] }; order: { denials: Denial[] } }>(
    'query($id: ID!, $about: String!) { order(id: $id) { denials { code } } journal(first: 20, about: $about) { edges { node { kind } } } }',
    { id, about: id },
  );
  expect(journal.edges.map(({ node }) => node.kind)).toEqual(expect.arrayContaining(['OrderRequested', 'OrderChanged']));
  expect(shown.denials.map((one) => one.code)).toContain(code);
}

describe('each control, over the whole product: denied with its figures, journalled, never at the exchange', () => {
  test('MarketHours: nothing is opened at the opening, and at noon it is', async () => {
    await expectDenied('MarketHours', {});
    await step();
    await eventually('it is noon', async () => {
      const { overview } = await api.query<{ overview: { asOf: string } }>('{ overview { asOf } }');
      return overview.asOf >= '2016-01-04T16:30' ? true : undefined;
    });
  });

  test('an order within every limit reaches the exchange', async () => {
    const placed = await place({});
    expect(placed.__typename, JSON.stringify(placed)).toBe('OrderPayload');
    await eventually('the exchange has it', async () => ((await asked()).includes(placed.order?.id ?? 'none') ? true : undefined));
  });

  test.each([
    { code: 'OrderRisk', order: { quantity: '5000' } },
    { code: 'OrderNotional', order: { quantity: '5000' } },
    { code: 'Concentration', order: { quantity: '5000' } },
    { code: 'GrossExposure', order: { quantity: '5000' } },
    { code: 'BuyingPower', order: { quantity: '5000' } },
    { code: 'NetExposure', order: { quantity: '5000' } },
    { code: 'CapitalDeployed', order: { quantity: '5000' } },
    { code: 'SectorExposure', order: { quantity: '5000' } },
    { code: 'PortfolioHeat', order: { quantity: '5000' } },
    { code: 'ValueAtRisk', order: { quantity: '5000' } },
    { code: 'OrderVolume', order: { quantity: '500000' } },
    { code: 'ShortSale', order: { symbol: 'SYNB', side: 'SELL' } },
    { code: 'DuplicateOrder', order: {} },
    { code: 'PriceCollar', order: { type: 'LIMIT', limitPrice: '9999' } },
    { code: 'OrderSanity', order: { type: 'LIMIT', limitPrice: '100.001' } },
    { code: 'OrderSanity', order: { quantity: '0.5', timeInForce: 'GTC' } },
  ])('$code: $order', async ({ code, order }) => expectDenied(code, order));

  test.each([
    { code: 'MinimumPrice', name: 'minimumPriceUsdMin', value: '100000' },
    { code: 'OpenPositions', name: 'openPositionsMax', value: '0' },
    { code: 'OrderRisk', name: 'orderRiskRatioMax', value: '0.000001' },
    { code: 'OrderNotional', name: 'orderNotionalUsdMax', value: '1' },
    { code: 'Concentration', name: 'concentrationRatioMax', value: '0.000001' },
    { code: 'GrossExposure', name: 'grossExposureRatioMax', value: '0.000001' },
    { code: 'BuyingPower', name: 'buyingPowerRatioMax', value: '0.000001' },
    { code: 'NetExposure', name: 'netExposureRatioMax', value: '0.000001' },
    { code: 'CapitalDeployed', name: 'capitalDeployedRatioMax', value: '0.000001' },
    { code: 'SectorExposure', name: 'sectorExposureRatioMax', value: '0.000001' },
    { code: 'PortfolioHeat', name: 'portfolioHeatRatioMax', value: '0.000001' },
    { code: 'ValueAtRisk', name: 'valueAtRiskRatioMax', value: '0' },
    { code: 'OrderVolume', name: 'orderVolumeRatioMax', value: '0' },
    { code: 'MinimumLiquidity', name: 'minimumLiquidityUsdMin', value: '100000000000' },
    { code: 'OpenOrders', name: 'openOrdersMax', value: '0' },
    { code: 'OrderRate', name: 'orderRateSecondMax', value: '0' },
  ])('$code after $name is set to $value', async ({ code, name, value }) => {
    const before = name === 'orderRateSecondMax' ? '150' : ((await defaults()).get(name) ?? '');
    await setLimit(name, value);
    await expectDenied(code, { symbol: 'SYNB' });
    await setLimit(name, before);
  });

  test('OrderRisk: just below what the order risks is denied, just above it passes', async () => {
    const { previewOrder } = await api.query<{ previewOrder: { orderRisk: string; orderRiskRatio: string } }>(
      `mutation { previewOrder(input: { idempotencyKey: "p", symbol: "SYND", side: BUY, quantity: "7" }) { ... on OrderPreview { orderRisk orderRiskRatio } } }`,
    );
    const nano = BigInt(Math.round(Number(previewOrder.orderRiskRatio) * 1e9));
    const text = (units: bigint): string => `0.${units.toString().padStart(9, '0')}`;
    await setLimit('orderRiskRatioMax', text(nano - 1n));
    await expectDenied('OrderRisk', { symbol: 'SYND', quantity: '7' });
    await setLimit('orderRiskRatioMax', text(nano + 1n));
    expect((await place({ symbol: 'SYND', quantity: '7' })).__typename).toBe('OrderPayload');
    await setLimit('orderRiskRatioMax', '0.02');
  });

  test('a limit cannot be raised above its ceiling', async () => {
    const answer = await api.query<{ setLimit: { __typename: string; message: string } }>(
      `mutation { setLimit(input: { name: "orderRiskRatioMax", value: "0.050000001", reason: "greed" }) { __typename ... on InvalidInputError { message } } }`,
    );
    expect(answer.setLimit.__typename).toBe('InvalidInputError');
    expect(answer.setLimit.message).toMatch(/0\.05|5 %/);
  });

  test('StaleData: a symbol whose price is a day old', async () => {
    // Low, high and close of this day, and the next day's opening, on which SYNC does not trade.
    for (let steps = 0; steps < 4; steps += 1) await step();
    await eventually('the next day is open', async () => {
      const { overview } = await api.query<{ overview: { asOf: string } }>('{ overview { asOf } }');
      return overview.asOf >= '2016-01-05T14:30' ? true : undefined;
    });
    await expectDenied('StaleData', { symbol: 'SYNC' });
    expect((await place({ symbol: 'SYND' })).__typename).toBe('OrderPayload');
  });

  test('TradingState: after the kill switch nothing opens', async () => {
    await api.query('mutation { engageKillSwitch(input: { action: FREEZE, reason: "boundary test" }) { __typename } }');
    await expectDenied('TradingState', { symbol: 'SYNE' });
    await api.query('mutation { releaseKillSwitch(reason: "boundary test over") { __typename } }');
    expect((await place({ symbol: 'SYNE' })).__typename).toBe('OrderPayload');
  });

  test('none of the denied orders ever arrived, however late', async () => {
    const log = await asked();
    expect(denied.length).toBeGreaterThan(15);
    expect(denied.filter((id) => log.includes(id))).toEqual([]);
  });
});
