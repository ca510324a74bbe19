import { openOptions } from '@tidemark/compute/options';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sdkFor } from '../../exchange/testing.ts';
import { startExchange } from '../../exchange/server.ts';
import type { Exchange } from '../../exchange/server.ts';
import { newYorkDate } from '../../instruments/calendar.ts';
import { equity } from '../../instruments/service.ts';
import { syntheticDaily } from '../../market-data/synthetic.ts';
import { price, toNumber } from '../../money/fixed.ts';
import { instant } from '../../money/instant.ts';
import { DEFAULT_ASSUMPTIONS } from '../quote.ts';
import { fetchChain, fetchQuotes } from '../service.ts';
import { alpacaOptions } from './alpaca.ts';
import { parseContract, parseSnapshot } from './parse-option.ts';

const math = await openOptions();
const bars = syntheticDaily(
  { symbol: 'ACME', seed: 7, firstPrice: 100, drift: [0.0004, -0.0004], volatility: [0.012, 0.02], volume: 1_000_000 },
  '2023-01-03',
  '2024-06-28',
);

let exchange: Exchange;
beforeAll(async () => {
  exchange = await startExchange({
    bars: [bars],
    instruments: [equity('ACME', 'Acme')],
    speed: 0,
    from: instant('2024-03-01'),
    venueId: 'options',
    onWarning: () => undefined,
  });
  // Into the first session, after its open.
  for (let step = 0; step < 2; step++) await exchange.step();
});
afterAll(() => exchange.close());

const provider = () =>
  alpacaOptions({ endpoint: { keyId: 'key', secret: 'secret', mode: 'simulated', baseUrl: exchange.url }, feed: 'indicative' });

describe('a chain through the real SDK', () => {
  test('contracts and quotes come whole, over pages, and are valued', async () => {
    const { underlying, rows, refused } = await fetchChain(provider(), math, { underlying: 'ACME' }, DEFAULT_ASSUMPTIONS);
    expect(refused).toEqual([]);
    expect(rows.length).toBeGreaterThan(400);
    expect(new Set(rows.map(({ contract }) => contract.symbol)).size).toBe(rows.length);
    expect(new Set(rows.map(({ contract }) => contract.expiresOn)).size).toBeGreaterThanOrEqual(8);
    expect(rows.every(({ quote }) => quote !== undefined)).toBe(true);
    expect(newYorkDate(underlying?.at ?? exchange.now())).toBe(newYorkDate(exchange.now()));
    const sources = Map.groupBy(rows, ({ quote }) => quote?.greeksSource ?? quote?.noVolatility ?? 'none');
    for (const source of ['feed', 'computed'] as const) expect(sources.get(source)?.length).toBeGreaterThan(20);
  });

  test('what is computed near the money is what the venue’s model put in, up to the tick', async () => {
    const { rows, underlying } = await fetchChain(provider(), math, { underlying: 'ACME', right: 'call' }, DEFAULT_ASSUMPTIONS);
    const spot = toNumber(underlying?.price ?? price('0'));
    const near = rows.filter(
      ({ contract, quote }) =>
        quote?.volatilitySource === 'computed' && contract.expiresOn > '2024-03-08' && Math.abs(toNumber(contract.strike) / spot - 1) < 0.1,
    );
    expect(near.length).toBeGreaterThan(5);
    const feed = rows.filter(({ quote }) => quote?.volatilitySource === 'feed');
    for (const { contract, quote } of near) {
      const neighbours = feed
        .filter((other) => other.contract.expiresOn === contract.expiresOn)
        .map((other) => other.quote?.impliedVolatility ?? 0);
      expect(quote?.impliedVolatility).toBeGreaterThan(Math.min(...neighbours) * 0.8);
      expect(quote?.impliedVolatility).toBeLessThan(Math.max(...neighbours) * 1.25);
    }
  });

  test('bounds are kept: dates, strikes and right', async () => {
    const request = {
      underlying: 'ACME',
      expiresFrom: '2024-03-08',
      expiresTo: '2024-03-15',
      strikeMin: price('90'),
      strikeMax: price('110'),
      right: 'put',
    } as const;
    const { rows } = await fetchChain(provider(), math, request, DEFAULT_ASSUMPTIONS);
    expect(new Set(rows.map(({ contract }) => contract.expiresOn))).toEqual(new Set(['2024-03-08', '2024-03-15']));
    for (const { contract } of rows) {
      expect(contract.right).toBe('put');
      expect(contract.strike >= price('90') && contract.strike <= price('110')).toBe(true);
    }
  });

  test('quotes by symbol, more than one call takes', async () => {
    const { rows } = await fetchChain(provider(), math, { underlying: 'ACME' }, DEFAULT_ASSUMPTIONS);
    const asked = rows.slice(0, 150).map(({ contract }) => contract);
    const quotes = await fetchQuotes(provider(), math, asked, DEFAULT_ASSUMPTIONS);
    expect(quotes.map(({ contract, quote }) => ({ contract, quote }))).toEqual(rows.slice(0, 150));
    expect(new Set(quotes.map(({ underlying }) => underlying?.symbol))).toEqual(new Set(['ACME']));
  });

  test('one contract by its symbol, without a word of its underlying', async () => {
    const { rows } = await fetchChain(provider(), math, { underlying: 'ACME', expiresTo: '2024-03-08' }, DEFAULT_ASSUMPTIONS);
    const contract = rows[0]?.contract;
    expect(await provider().contract(contract?.symbol ?? '')).toEqual(contract);
    expect(await provider().contract('ACME240308C00100250')).toBeUndefined();
    expect(await provider().contract('NOPE240308C00100000')).toBeUndefined();
  });

  test('an underlying without options has none', async () => {
    expect(await fetchChain(provider(), math, { underlying: 'NOPE' }, DEFAULT_ASSUMPTIONS)).toEqual({
      underlying: undefined,
      rows: [],
      refused: [],
    });
  });
});

describe('the venue’s endpoints', () => {
  test('pages are small when asked, by a token, and join to the whole', async () => {
    const { assets } = sdkFor(exchange).trading;
    const symbols: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = await assets.getOptionsContracts({
        underlyingSymbols: 'ACME',
        limit: 7,
        ...(pageToken === undefined ? {} : { pageToken }),
      });
      expect(page.optionContracts.length).toBeLessThanOrEqual(7);
      symbols.push(...page.optionContracts.map(({ symbol }) => symbol));
      pageToken = page.nextPageToken ?? undefined;
    } while (pageToken !== undefined);
    const whole = await assets.getOptionsContracts({ underlyingSymbols: 'ACME', limit: 10_000 });
    expect(symbols).toEqual(whole.optionContracts.map(({ symbol }) => symbol));
    // Without dates the window ends at the coming weekend: 1 March 2024 is a Friday.
    expect(new Set(symbols.map((symbol) => symbol.slice(4, 10)))).toEqual(new Set(['240301']));
  });

  test('one contract is found by its symbol and by its id; others are 404', async () => {
    const { assets } = sdkFor(exchange).trading;
    const found = await assets.getOptionContractSymbolOrId({ symbolOrId: 'ACME240315C00100000' });
    expect(found).toMatchObject({
      symbol: 'ACME240315C00100000',
      strikePrice: '100',
      multiplier: '100',
      style: 'american',
      status: 'active',
    });
    const [listed] = (await assets.getOptionsContracts({ underlyingSymbols: 'ACME', limit: 1 })).optionContracts;
    expect((await assets.getOptionContractSymbolOrId({ symbolOrId: listed?.id ?? '' })).symbol).toBe(listed?.symbol);
    for (const symbolOrId of ['ACME240314C00100000', 'ACME240315C00100250', 'NOPE240315C00100000', 'nonsense']) {
      await expect(assets.getOptionContractSymbolOrId({ symbolOrId })).rejects.toMatchObject({ status: 404 });
    }
    expect((await assets.getOptionContractSymbolOrId({ symbolOrId: 'ACME240223C00100000' })).status).toBe('inactive');
  });

  test('latest quotes and trades by symbol; bad queries are refused', async () => {
    const { options } = sdkFor(exchange).marketData;
    const symbols = 'ACME240315C00100000,ACME240315P00100000';
    const { quotes } = await options.optionLatestQuotes({ symbols });
    const { snapshots } = await options.optionSnapshots({ symbols });
    expect(Object.keys(quotes)).toEqual(symbols.split(','));
    expect(Object.values(quotes).every(({ bp, ap }) => bp < ap)).toBe(true);
    expect(snapshots['ACME240315C00100000']?.latestQuote).toEqual(quotes['ACME240315C00100000']);
    const { trades } = await options.optionLatestTrades({ symbols });
    expect(Object.keys(trades)).toEqual(symbols.split(',').filter((symbol) => (quotes[symbol]?.bp ?? 0) > 0));
    const get = async (path: string): Promise<number> =>
      (await fetch(new URL(path, exchange.url), { headers: { 'APCA-API-KEY-ID': 'key', 'APCA-API-SECRET-KEY': 'secret' } })).status;
    expect(await get('/v1beta1/options/snapshots?symbols=AAPL')).toBe(400);
    expect(await get('/v1beta1/options/snapshots')).toBe(400);
    expect(await get('/v1beta1/options/snapshots/ACME?limit=5000')).toBe(400);
    expect(await get('/v1beta1/options/snapshots/ACME?page_token=%00')).toBe(400);
    expect(await get('/v2/options/contracts?type=both')).toBe(422);
    expect(await get('/v2/options/contracts?expiration_date=soon')).toBe(422);
  });
});

describe('what cannot be believed is refused', () => {
  const wire = {
    id: '1',
    symbol: 'ACME240315C00100000',
    name: 'x',
    status: 'active',
    tradable: true,
    expirationDate: new Date('2024-03-15T00:00:00Z'),
    rootSymbol: 'ACME',
    underlyingSymbol: 'ACME',
    underlyingAssetId: '2',
    type: 'call',
    style: 'american',
    strikePrice: '100',
    multiplier: '100',
    size: '100',
  } as const;

  test('a contract that contradicts its symbol', () => {
    expect(parseContract(wire, 'real')).toMatchObject({ symbol: wire.symbol, multiplier: 100, expiresOn: '2024-03-15' });
    for (const bad of [
      { strikePrice: '101' },
      { type: 'put' as const },
      { expirationDate: new Date('2024-03-16') },
      { expirationDate: new Date('x') },
      { multiplier: 'many' },
      { strikePrice: '1e2' },
    ]) {
      expect(parseContract({ ...wire, ...bad }, 'real')).toHaveProperty('reason');
    }
  });

  test('half of the greeks are none, a side of nothing is no side, and a time is needed', () => {
    const latestQuote = { t: new Date('2024-03-01T15:00:00Z'), bp: 0, bs: 0, bx: 'S', ap: 1.05, as: 3, ax: 'S', c: 'A' };
    const greeks = { delta: 0.5, gamma: Number.NaN, theta: 0, vega: 0, rho: 0 };
    const found = parseSnapshot(wire.symbol, { latestQuote, greeks, impliedVolatility: 0 });
    expect(found).toEqual({ symbol: wire.symbol, ask: price('1.05'), bidSize: 0, askSize: 3, quotedAt: instant('2024-03-01T15:00:00Z') });
    expect(parseSnapshot(wire.symbol, { latestQuote: { ...latestQuote, t: new Date('x') } })).toHaveProperty('reason');
    expect(parseSnapshot('ACME', { latestQuote })).toHaveProperty('reason');
  });
});
