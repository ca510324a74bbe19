import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { OptionContract } from '../instruments/option-contract.ts';
import { formatOptionSymbol } from '../instruments/option-symbol.ts';
import { price } from '../money/fixed.ts';
import { instant, instantFromMs } from '../money/instant.ts';
import { withTestDatabases } from '../platform/test-database.ts';
import type { TestDatabase } from '../platform/test-database.ts';
import type { OptionQuote } from './quote.ts';
import { saveChain, storedChain, storedExpirations, storedOptions } from './service.ts';
import type { QuotedContract } from './service.ts';

const AT = instant('2024-03-01T15:00:00.123Z');

function contract(strike: string, right: 'call' | 'put' = 'call', expiresOn = '2024-06-21'): OptionContract {
  const terms = { root: 'AAPL', expiresOn, right, strike: price(strike) };
  return {
    ...terms,
    symbol: formatOptionSymbol(terms),
    underlying: 'AAPL',
    style: 'american',
    multiplier: 100,
    tradable: true,
    source: 'real',
    name: `AAPL ${strike}`,
    openInterest: 12,
    openInterestOn: '2024-02-29',
  };
}

const computed = (of: OptionContract, given: Partial<OptionQuote> = {}): OptionQuote => ({
  symbol: of.symbol,
  bid: price('1.05'),
  ask: price('1.1'),
  bidSize: 3,
  askSize: 0,
  quotedAt: AT,
  last: price('1.07'),
  lastAt: instantFromMs(AT - 5),
  impliedVolatility: 0.1 + 0.2,
  volatilitySource: 'computed',
  greeks: { delta: 0.5, gamma: 1e-9, theta: -0.01, vega: 0.1 + 0.7, rho: 0 },
  greeksSource: 'computed',
  receipt: {
    model: 'black-scholes-merton',
    spot: price('171.123456789'),
    spotAt: AT,
    spotBasis: 'quote',
    price: price('1.075'),
    strike: of.strike,
    years: 0.25,
    rate: 0.04,
    dividendYield: 0,
    volatility: 0.1 + 0.2,
    volatilitySource: 'computed',
    relativeUncertainty: 1e-15,
  },
  ...given,
});

withTestDatabases('stored options', (open) => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await open();
  });
  afterEach(() => database.db.deleteFrom('option_contracts').execute());
  afterAll(() => database.close());

  const save = (rows: readonly QuotedContract[], at = AT) => saveChain(database.db, rows, 'test', at);
  const range = { underlying: 'AAPL', expiresFrom: '2024-01-01', expiresTo: '2025-01-01' };

  test('what was written is read, to the bit, in the order of a chain', async () => {
    const rows: QuotedContract[] = [contract('180'), contract('170', 'put'), contract('170'), contract('170', 'call', '2024-03-15')].map(
      (of) => ({
        contract: of,
        quote: computed(of),
      }),
    );
    await save(rows);
    const read = await storedChain(database.db, range);
    expect(read.map(({ contract: of }) => of.symbol)).toEqual([
      'AAPL240315C00170000',
      'AAPL240621C00170000',
      'AAPL240621P00170000',
      'AAPL240621C00180000',
    ]);
    for (const { contract: of, quote } of rows) {
      const found = read.find((row) => row.contract.symbol === of.symbol);
      expect(found?.contract).toEqual(of);
      expect(found?.quote).toEqual({ ...quote, provider: 'test', receivedAt: AT });
    }
    expect(await storedExpirations(database.db, 'AAPL', '2024-03-16')).toEqual(['2024-06-21']);
    expect(await storedChain(database.db, { ...range, underlying: 'SPY' })).toEqual([]);
  });

  test('a quote without figures keeps its reason; a contract without a quote has none', async () => {
    const quiet = contract('300');
    const silent = contract('310');
    await save([
      { contract: quiet, quote: { symbol: quiet.symbol, ask: price('0.01'), quotedAt: AT, noVolatility: 'OneSidedQuote' } },
      { contract: silent, quote: undefined },
    ]);
    const [first, second] = await storedOptions(database.db, [silent.symbol, quiet.symbol]);
    expect(first?.quote).toEqual({
      symbol: quiet.symbol,
      ask: price('0.01'),
      quotedAt: AT,
      noVolatility: 'OneSidedQuote',
      provider: 'test',
      receivedAt: AT,
    });
    expect(second).toEqual({ contract: silent, quote: undefined });
  });

  test('a newer quote replaces the whole of the older one, and an older one nothing', async () => {
    const of = contract('180');
    await save([{ contract: of, quote: computed(of) }]);
    await save([{ contract: of, quote: computed(of, { quotedAt: instantFromMs(AT - 1), bid: price('9') }) }]);
    expect((await storedOptions(database.db, [of.symbol]))[0]?.quote?.bid).toBe(price('1.05'));
    const later: OptionQuote = { symbol: of.symbol, ask: price('2'), quotedAt: instantFromMs(AT + 1), noVolatility: 'OneSidedQuote' };
    await save([{ contract: { ...of, tradable: false, openInterest: 13 }, quote: later }], instantFromMs(AT + 2));
    expect(await storedOptions(database.db, [of.symbol])).toEqual([
      { contract: { ...of, tradable: false, openInterest: 13 }, quote: { ...later, provider: 'test', receivedAt: AT + 2 } },
    ]);
  });

  test('many rows are one chain', async () => {
    const rows = Array.from({ length: 2_345 }, (_, nth) => contract(String(nth + 1))).map((of) => ({ contract: of, quote: computed(of) }));
    await save(rows);
    expect(await storedChain(database.db, range)).toHaveLength(2_345);
  });

  test('a chain is kept whole or not at all', async () => {
    const of = contract('180');
    await expect(save([{ contract: of, quote: computed(of, { bid: price('-1') }) }])).rejects.toThrow();
    expect(await storedChain(database.db, range)).toEqual([]);
  });

  test.each([
    ['computed figures without a receipt', `update option_quotes set receipt = null`],
    ['a volatility without a source', `update option_quotes set volatility_source = null`],
    ['both a volatility and a reason', `update option_quotes set no_volatility = 'NoQuote'`],
    ['half of the greeks', `update option_quotes set gamma = null`],
  ])('the database refuses %s', async (_name, statement) => {
    const of = contract('180');
    await save([{ contract: of, quote: computed(of) }]);
    await expect(sql.raw(statement).execute(database.db)).rejects.toThrow(/violates check constraint/);
  });
});
