import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { ENGINE } from '../engine/test/session-world.ts';
import type { Exchange } from '../exchange/server.ts';
import { openApiWorld } from '../graphql/test/api-world.ts';
import type { ApiWorld } from '../graphql/test/api-world.ts';
import { sampleShare } from '../instruments/sample-instrument.ts';
import type { OptionContract } from '../instruments/option-contract.ts';
import { price } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import { alpacaBroker } from '../orders/brokers/alpaca/alpaca-broker.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import type { OptionProvider } from './provider.ts';
import { alpacaOptions } from './providers/alpaca.ts';
import { openOptionMath } from './service.ts';
import { ALDER, startOptionExchange } from './test/option-exchange.ts';

let exchange: Exchange;
let api: ApiWorld;
let provider: OptionProvider;
/** What the provider was asked for, and what it says of contracts other than the exchange does. */
const asked: string[] = [];
let instead: ((contract: OptionContract) => OptionContract) | undefined;
const counted = (inner: OptionProvider): OptionProvider => ({
  ...inner,
  contract: async (symbol) => {
    asked.push(`contract ${symbol}`);
    const contract = await inner.contract(symbol);
    return contract === undefined || 'reason' in contract ? contract : (instead?.(contract) ?? contract);
  },
  snapshots: (symbols) => {
    asked.push(...symbols.map((symbol) => `quote ${symbol}`));
    return inner.snapshots(symbols);
  },
});
/** A person's server: API, tables, engine and the real adapter, with everything read and sent over the SDK to one exchange. */
beforeAll(async () => {
  exchange = await startOptionExchange({ ...ALDER, from: '2024-03-04', venueId: 'options-trading' });
  const endpoint = { keyId: 'key', secret: 'secret', mode: 'simulated', baseUrl: exchange.url } as const;
  provider = counted(alpacaOptions({ endpoint, feed: 'indicative' }));
  api = await openApiWorld(
    openEmbeddedTestDatabase,
    { engine: ENGINE, broker: alpacaBroker({ endpoint }) },
    { provider, math: await openOptionMath() },
  );
  api.world.session.onTime(exchange.now());
  const spot = (await provider.underlyingPrice('ALDR'))?.price ?? price('1');
  api.world.session.onMark('ALDR', { price: spot, at: exchange.now(), basis: 'trade' });
  await becomes(() => expect(api.world.session.state()).toMatchObject({ reconciled: true, marketOpen: true }));
}, 120_000);
afterAll(async () => {
  await api.close();
  await exchange.close();
});

const becomes = (holds: () => void | Promise<void>): Promise<void> => vi.waitFor(holds, { timeout: 20_000, interval: 20 });

interface Quoted {
  readonly symbol: string;
  readonly quote: { readonly bid: string; readonly ask: string };
}

/** Time passes, so that the last quote is no more the newest. */
const later = async (): Promise<void> => {
  await api.world.session.command({ kind: 'ClockTicked', at: instantFromMs(api.world.session.state().now + 6_000) });
};

/** The first call above the money of the second Friday. */
async function someCall(): Promise<Quoted> {
  await api.post('mutation { refreshOptionChain(underlying: "ALDR") { __typename } }');
  const answer = await api.post(
    'mutation { refreshOptionChain(underlying: "ALDR", expiration: "2024-03-15", near: 1) { ... on OptionChainPayload { chain { strikes { call { symbol quote { bid ask } } } } } } }',
  );
  const { strikes } = (answer.data as { refreshOptionChain: { chain: { strikes: readonly { readonly call: Quoted }[] } } })
    .refreshOptionChain.chain;
  const call = strikes.at(-1)?.call;
  if (call === undefined) throw new Error('no call is listed');
  return call;
}

const input = (symbol: string, side: string, limit: string, key: string): Record<string, unknown> => ({
  idempotencyKey: key,
  symbol,
  side,
  quantity: '3',
  type: 'LIMIT',
  limitPrice: limit,
});
const PREVIEW = `mutation ($input: PlaceOrderInput!) { previewOrder(input: $input) { __typename ... on OrderPreview { verdict notional denials { message } } ... on Error { message } } }`;
const PLACE = `mutation ($input: PlaceOrderInput!) { placeOrder(input: $input) { __typename ... on OrderPayload { order { id } } ... on Error { message } } }`;
const stateOf = (id: string): string | undefined => api.world.session.state().orders.get(id)?.state;
const idOf = (answer: { readonly data: unknown }): string => (answer.data as { placeOrder: { order: { id: string } } }).placeOrder.order.id;

test('a person’s ticket in an option becomes a position, and is sold again', async () => {
  const { symbol, quote } = await someCall();
  const preview = await api.post(PREVIEW, { input: input(symbol, 'BUY', quote.ask, 'look') });
  expect(preview.errors).toBeUndefined();
  expect(preview.data).toMatchObject({ previewOrder: { __typename: 'OrderPreview', denials: [], verdict: 'approved' } });
  const { notional } = (preview.data as { previewOrder: { notional: string } }).previewOrder;
  expect(price(notional)).toBe(300n * price(quote.ask));

  const bought = idOf(await api.post(PLACE, { input: input(symbol, 'BUY', quote.ask, 'in') }));
  await becomes(() => expect(stateOf(bought)).toBe('filled'));
  const POSITIONS =
    '{ positions { edges { node { symbol name quantity averagePrice mark value option { underlying right strike expiresOn daysToExpiry delta gamma theta vega impliedVolatility underlyingPrice source computedAt deltaDollars thetaDollars } } } } }';
  const { data } = await api.post(POSITIONS);
  const held = (
    data as { positions: { edges: readonly { readonly node: Record<string, string> & { readonly option: Record<string, string> } }[] } }
  ).positions.edges[0]?.node;
  expect(held).toMatchObject({ symbol, quantity: '3', averagePrice: quote.ask });
  expect(held?.['name']).toMatch(/^ALDR Mar 15 2024 .* Call$/);
  expect(price(held?.['value'] ?? '0')).toBe(300n * price(held?.['mark'] ?? '0'));

  const option = held?.option ?? {};
  expect(option).toMatchObject({ underlying: 'ALDR', right: 'call', expiresOn: '2024-03-15', daysToExpiry: 11 });
  const delta = Number(option['delta']);
  expect(delta).toBeGreaterThan(0.1);
  expect(delta).toBeLessThan(0.6);
  expect(Number(option['impliedVolatility'])).toBeGreaterThan(0.05);
  // Three contracts move like 300 · delta shares.
  expect(Number(option['deltaDollars'])).toBeCloseTo(300 * delta * Number(option['underlyingPrice']), 4);
  expect(Number(option['thetaDollars'])).toBeCloseTo(300 * Number(option['theta']), 6);
  expect(Date.parse(option['computedAt'] ?? '')).toBe(exchange.now());

  const sold = idOf(await api.post(PLACE, { input: input(symbol, 'SELL', quote.bid, 'out') }));
  await becomes(() => expect(stateOf(sold)).toBe('filled'));
  expect((await api.post(POSITIONS)).data).toEqual({ positions: { edges: [] } });
  expect(api.failures).toEqual([]);
});

test('a contract that nobody lists, and one without a listed underlying, are refused by name', async () => {
  const refused = async (symbol: string): Promise<unknown> => {
    const answer = await api.post(PREVIEW, { input: input(symbol, 'BUY', '1', `no-${symbol}`) });
    return answer.data?.['previewOrder'];
  };
  expect(await refused('ALDR240315C00100250')).toMatchObject({
    __typename: 'InvalidInputError',
    message: expect.stringContaining('ALDR240315C00100250'),
  });
  expect(await refused('NOPE240315C00100000')).toMatchObject({
    __typename: 'InvalidInputError',
    message: expect.stringContaining('NOPE240315C00100000'),
  });
});

test('a quote is read once while it is young, and again when it is not', async () => {
  const { symbol, quote } = await someCall();
  const quotes = async (): Promise<number> => {
    asked.length = 0;
    await api.post(PREVIEW, { input: input(symbol, 'BUY', quote.ask, 'typing') });
    return asked.filter((what) => what.startsWith('quote')).length;
  };
  await later();
  expect(await quotes()).toBe(1);
  await exchange.step();
  await api.world.session.command({ kind: 'ClockTicked', at: exchange.now() });
  expect([await quotes(), await quotes(), await quotes()]).toEqual([1, 0, 0]);
});

test('a ticket that is sent again is answered by its order without a look at the contract; a replacement has one', async () => {
  const { symbol } = await someCall();
  const again = { input: input(symbol, 'BUY', '0.01', 'rests') };
  const first = idOf(await api.post(PLACE, again));
  asked.length = 0;
  expect(idOf(await api.post(PLACE, again))).toBe(first);
  expect(asked).toEqual([]);
  await becomes(() => expect(stateOf(first)).toBe('working'));
  await later();
  const REPLACE = `mutation ($input: ReplaceOrderInput!) { replaceOrder(input: $input) { __typename ... on Error { message } } }`;
  const answer = await api.post(REPLACE, { input: { id: first, idempotencyKey: 'better', limitPrice: '0.02' } });
  expect(answer.data).toMatchObject({ replaceOrder: { __typename: 'OrderPayload' } });
  expect(asked).toEqual([`contract ${symbol}`, `quote ${symbol}`]);
});

test('what the provider says of a contract now counts, not what it said before; what is listed is never refused', async () => {
  const chain = await api.post(
    'mutation { refreshOptionChain(underlying: "ALDR", expiration: "2024-03-22", near: 1) { ... on OptionChainPayload { chain { strikes { put { symbol } } } } } }',
  );
  const { strikes } = (chain.data as { refreshOptionChain: { chain: { strikes: readonly { put: { symbol: string } }[] } } })
    .refreshOptionChain.chain;
  const symbol = strikes[0]?.put.symbol ?? '';
  const preview = async (of: string): Promise<unknown> =>
    (await api.post(PREVIEW, { input: input(of, 'BUY', '1', `now-${of}`) })).data?.['previewOrder'];
  instead = (contract) => ({ ...contract, tradable: false });
  expect(await preview(symbol)).toMatchObject({ message: `No order is placed: ${symbol} cannot be traded.` });
  instead = undefined;
  expect(await preview(symbol)).toMatchObject({ __typename: 'OrderPreview' });
  instead = (contract) => ({ ...contract, tradable: false });
  expect(await preview(symbol)).toMatchObject({ __typename: 'OrderPreview' });
  instead = undefined;

  const gone = 'ALDR240322C00100250';
  const option = { underlying: 'ALDR', right: 'call', strike: price('100.25'), expiresOn: '2024-03-22', style: 'american' } as const;
  const instrument = { ...sampleShare(gone), assetClass: 'us_option', option } as const;
  await api.world.session.command({ kind: 'InstrumentListed', at: api.world.session.state().now, instrument });
  expect(await preview(gone)).toMatchObject({ __typename: 'OrderPreview' });
});

test('where the provider does not answer, what is known may still be traded', async () => {
  const { symbol, quote } = await someCall();
  await api.post(PREVIEW, { input: input(symbol, 'BUY', quote.ask, 'again') });
  await later();
  await exchange.close();
  const answer = await api.post(PREVIEW, { input: input(symbol, 'BUY', quote.ask, 'offline') });
  expect(answer.data).toMatchObject({ previewOrder: { __typename: 'OrderPreview' } });
  expect(api.failures.some((line) => line.includes(symbol))).toBe(true);
});
