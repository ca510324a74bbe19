import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Exchange } from '../exchange/server.ts';
import { openApiWorld } from '../graphql/test/api-world.ts';
import type { ApiWorld, GraphqlAnswer } from '../graphql/test/api-world.ts';
import { formatInstant } from '../money/instant.ts';
import { openEmbeddedTestDatabase } from '../platform/test-database.ts';
import { alpacaOptions } from './providers/alpaca.ts';
import { openOptionMath } from './service.ts';
import { ALDER, startOptionExchange } from './test/option-exchange.ts';

let exchange: Exchange;
let api: ApiWorld;
beforeAll(async () => {
  exchange = await startOptionExchange({ ...ALDER, from: '2024-03-01', venueId: 'options-api' });
  const endpoint = { keyId: 'key', secret: 'secret', mode: 'simulated', baseUrl: exchange.url } as const;
  api = await openApiWorld(
    openEmbeddedTestDatabase,
    {},
    { provider: alpacaOptions({ endpoint, feed: 'indicative' }), math: await openOptionMath() },
  );
  await api.world.session.command({ kind: 'ClockTicked', at: exchange.now() });
}, 120_000);
afterAll(async () => {
  await api.close();
  await exchange.close();
});

const CHAIN = `underlying expiration expirations spot today hasNextPage endCursor
  strikes { strike call { symbol right strike multiplier daysToExpiry quote { bid ask impliedVolatility volatilitySource noVolatility greeksSource greeks { delta } receipt { model spot rate dividendYield } } } put { symbol } }`;
const refresh = (args: string): Promise<GraphqlAnswer> =>
  api.post(
    `mutation { refreshOptionChain(${args}) { __typename ... on Error { message } ... on OptionChainPayload { refused chain { ${CHAIN} } } } }`,
  );

interface Chain {
  readonly expiration: string | null;
  readonly expirations: readonly string[];
  readonly hasNextPage: boolean;
  readonly endCursor: string | null;
  readonly strikes: readonly { readonly strike: string; readonly call: Option; readonly put: Option }[];
}
interface Option {
  readonly symbol: string;
  readonly quote: { readonly volatilitySource: string | null; readonly receipt: { readonly rate: number } | null };
}
const chainOf = (answer: GraphqlAnswer): Chain => (answer.data as { refreshOptionChain: { chain: Chain } }).refreshOptionChain.chain;

describe('the option chain', () => {
  test('is empty before it is fetched, and kept after', async () => {
    const before = await api.post(`{ optionChain(underlying: "ALDR") { ${CHAIN} } }`);
    expect(before.data).toMatchObject({ optionChain: { expiration: null, expirations: [], strikes: [] } });
    const answer = await refresh('underlying: "ALDR"');
    expect(answer.errors).toBeUndefined();
    const chain = chainOf(answer);
    expect(chain.expiration).toBe('2024-03-08');
    expect(chain.expirations.length).toBeGreaterThan(8);
    expect(chain.strikes.length).toBeGreaterThan(20);
    const stored = await api.post(`{ optionChain(underlying: "ALDR", first: 500) { ${CHAIN} } }`);
    expect(stored.data).toEqual({ optionChain: chain });
    const symbol = chain.strikes[3]?.put.symbol ?? '';
    const one = await api.post(`query ($symbol: String!) { optionContract(symbol: $symbol) { symbol underlying expiresOn right } }`, {
      symbol,
    });
    expect(one.data).toEqual({ optionContract: { symbol, underlying: 'ALDR', expiresOn: '2024-03-08', right: 'put' } });
  });

  test('comes in pages by strike', async () => {
    const strikes: string[] = [];
    let after: string | null = null;
    for (;;) {
      const answer = await api.post(`query ($after: String) { optionChain(underlying: "ALDR", first: 7, after: $after) { ${CHAIN} } }`, {
        after,
      });
      const { optionChain } = answer.data as { optionChain: Chain };
      strikes.push(...optionChain.strikes.map(({ strike }) => strike));
      if (!optionChain.hasNextPage) break;
      after = optionChain.endCursor;
    }
    const whole = await api.post(`{ optionChain(underlying: "ALDR", first: 500) { strikes { strike } } }`);
    expect(strikes).toEqual((whole.data as { optionChain: Chain }).optionChain.strikes.map(({ strike }) => strike));
    expect(strikes.map(Number)).toEqual(strikes.map(Number).toSorted((left, right) => left - right));
  });

  test('assumptions hold from the next refresh on, and stand in the receipts', async () => {
    const set = (input: string): Promise<GraphqlAnswer> =>
      api.post(
        `mutation { setOptionAssumptions(input: ${input}) { __typename ... on InvalidInputError { field } ... on OptionAssumptionsPayload { assumptions { rate dividendYield dividendYields } } } }`,
      );
    expect((await set('{ rate: 0.05, dividendYield: 0.01, dividendYields: [{ symbol: "ALDR", dividendYield: 0.02 }] }')).data).toEqual({
      setOptionAssumptions: {
        __typename: 'OptionAssumptionsPayload',
        assumptions: { rate: 0.05, dividendYield: 0.01, dividendYields: ['ALDR=0.02'] },
      },
    });
    const { strikes } = chainOf(await refresh('underlying: "ALDR", expiration: "2024-03-15"'));
    const computed = strikes.flatMap(({ call }) => (call.quote.volatilitySource === 'computed' ? [call.quote.receipt] : []));
    expect(computed.length).toBeGreaterThan(0);
    for (const receipt of computed) expect(receipt).toMatchObject({ model: 'black-scholes-merton', rate: 0.05, dividendYield: 0.02 });
    expect((await set('{ rate: 5, dividendYield: 0 }')).data).toMatchObject({
      setOptionAssumptions: { __typename: 'InvalidInputError', field: 'rate' },
    });
    expect((await set('{ rate: 0, dividendYield: 0, dividendYields: [{ symbol: "x", dividendYield: 0 }] }')).data).toMatchObject({
      setOptionAssumptions: { __typename: 'InvalidInputError', field: 'dividendYields' },
    });
  });

  test('bad questions are told what is wrong', async () => {
    const message = async (query: string): Promise<string | undefined> => (await api.post(query)).errors?.[0]?.message;
    expect(await message('{ optionChain(underlying: "aldr") { today } }')).toContain('capital letters');
    expect(await message('{ optionChain(underlying: "ALDR", near: 5000) { today } }')).toContain('near');
    expect(await message('{ optionChain(underlying: "ALDR", expiration: "soon") { today } }')).toContain('2024-01-19');
    expect(await message('{ optionChain(underlying: "ALDR", after: "x") { today } }')).toContain('cursor');
    expect(await message('{ optionContract(symbol: "ALDR") { symbol } }')).toContain('OCC');
    expect((await refresh('underlying: "a b"')).data).toMatchObject({ refreshOptionChain: { __typename: 'InvalidInputError' } });
    expect((await refresh('underlying: "NOPE"')).data).toMatchObject({ refreshOptionChain: { chain: { expiration: null, strikes: [] } } });
  });

  test('a set of legs is named, and bounded', async () => {
    const payoff = async (legs: string): Promise<unknown> =>
      (await api.post(`{ optionPayoff(legs: [${legs}]) { strategy allowed reason maxLoss maxGain cost } }`)).data?.['optionPayoff'];
    const leg = (symbol: string, quantity: string, price: string): string =>
      `{ symbol: "${symbol}", quantity: "${quantity}", price: "${price}" }`;
    expect(await payoff(`${leg('ALDR240315C00100000', '2', '5')}, ${leg('ALDR240315C00110000', '-2', '2')}`)).toEqual({
      strategy: 'bull-call-spread',
      allowed: true,
      reason: null,
      maxLoss: '600',
      maxGain: '1400',
      cost: '600',
    });
    expect(await payoff(leg('ALDR240315C00100000', '-1', '5'))).toMatchObject({
      strategy: 'naked-call',
      allowed: false,
      maxLoss: null,
      maxGain: '500',
    });
    expect(await payoff(`${leg('ALDR', '100', '99')}, ${leg('ALDR240315C00110000', '-1', '2')}`)).toMatchObject({
      strategy: 'covered-call',
      allowed: true,
      maxLoss: '9700',
    });
    expect(await payoff(leg('ALDR240301C00100000', '1', '5'))).toMatchObject({ strategy: 'long-call', allowed: false });
    for (const bad of ['', leg('ALDR', 'x', '1'), leg('a b', '1', '1'), `${leg('ALDR', '1', '1')}, ${leg('SPY240315C00100000', '1', '1')}`])
      expect((await api.post(`{ optionPayoff(legs: [${bad}]) { strategy } }`)).errors).toHaveLength(1);
  });

  test('a provider that does not answer is said, and what is stored stays', async () => {
    const at = exchange.now();
    await exchange.close();
    const failed = await refresh('underlying: "ALDR", expiration: "2024-03-15"');
    expect(failed.data).toMatchObject({ refreshOptionChain: { __typename: 'UnavailableError' } });
    expect(api.failures.some((line) => line.includes('ALDR'))).toBe(true);
    const stored = await api.post(
      `{ optionChain(underlying: "ALDR", expiration: "2024-03-15") { strikes { call { quote { quotedAt } } } } }`,
    );
    expect(JSON.stringify(stored.data)).toContain(formatInstant(at).slice(0, 19));
  });
});
