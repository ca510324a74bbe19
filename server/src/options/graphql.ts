import type { Builder } from '../graphql/builder.ts';
import { badInput, pageRequest } from '../graphql/connections.ts';
import type { Context } from '../graphql/context.ts';
import { invalidInput, typeOfMember, unavailable } from '../graphql/errors.ts';
import type { InvalidInput, Unavailable } from '../graphql/errors.ts';
import { daysToExpiry, isExpiration } from '../instruments/option-contract.ts';
import { isOptionSymbol } from '../instruments/option-symbol.ts';
import type { Price } from '../money/fixed.ts';
import type { Instant } from '../money/instant.ts';
import { format } from '../money/fixed.ts';
import { AssumptionError, checkAssumptions } from './assumptions.ts';
import { firstExpiration, nearMoney, strikeRows } from './chain.ts';
import type { StrikeRow } from './chain.ts';
import { addPayoff, UNDERLYING } from './graphql-payoff.ts';
import type { RefusedOption } from './provider.ts';
import type { OptionAssumptions } from './quote.ts';
import type { StoredOption } from './service.ts';

/** What the API reads of options, and how it asks for newer quotes. */
export interface OptionReads {
  /** Whether there is a provider to refresh from. */
  readonly available: boolean;
  /** New York date of the venue's clock. */
  today(): string;
  assumptions(): Promise<OptionAssumptions>;
  setAssumptions(given: OptionAssumptions): Promise<void>;
  /** Dates that are not over, in order. */
  expirations(underlying: string): Promise<readonly string[]>;
  chain(underlying: string, expiresOn: string): Promise<readonly StoredOption[]>;
  options(symbols: readonly string[]): Promise<readonly StoredOption[]>;
  /** Makes a contract known to the engine, with its newest quote; answers what stands against an order in it. Throws `ProviderError`. */
  prepare(symbol: string): Promise<string | undefined>;
  /** Fetches and keeps: the quotes of one expiration, or all contracts and the quotes of the first one. Throws `ProviderError`. */
  refresh(
    underlying: string,
    expiration: string | undefined,
  ): Promise<{ readonly expiration: string | undefined; readonly refused: readonly RefusedOption[] }>;
}

export type ChainStrike = StrikeRow<StoredOption>;

export interface ChainView {
  readonly underlying: string;
  readonly expiration: string | undefined;
  readonly expirations: readonly string[];
  /** The newest price that trading has seen of the underlying. */
  readonly spot: Price | undefined;
  readonly spotAt: Instant | undefined;
  readonly strikes: readonly ChainStrike[];
  readonly endCursor: string | undefined;
  readonly hasNextPage: boolean;
  readonly today: string;
}

const NEAR_MAX = 200;

interface ChainArgs {
  readonly underlying: string;
  readonly expiration?: string | null | undefined;
  readonly near: number;
  readonly first?: number | null | undefined;
  readonly after?: string | null | undefined;
}

const expirationProblem = (text: string): string | undefined =>
  isExpiration(text) ? undefined : `expiration must be a date like 2024-01-19, got "${text.slice(0, 20)}"`;

function pageOfStrikes(rows: readonly ChainStrike[], first: number, after: string | undefined) {
  const start = after === undefined ? 0 : rows.findIndex(({ strike }) => format(strike) === after) + 1;
  if (after !== undefined && start === 0) throw badInput('after is not a cursor of this chain');
  const strikes = rows.slice(start, start + first);
  const last = strikes.at(-1);
  return { strikes, endCursor: last === undefined ? undefined : format(last.strike), hasNextPage: start + first < rows.length };
}

async function readChain(args: ChainArgs, { options, session }: Context): Promise<ChainView> {
  const { underlying, near } = args;
  if (!UNDERLYING.test(underlying)) throw badInput('underlying must be 1 to 6 capital letters');
  if (near < 0 || near > NEAR_MAX) throw badInput(`near must be 0 to ${NEAR_MAX}, got ${near}`);
  const problem = typeof args.expiration === 'string' ? expirationProblem(args.expiration) : undefined;
  if (problem !== undefined) throw badInput(problem);
  const { first, after } = pageRequest(args);
  const today = options.today();
  const expirations = await options.expirations(underlying);
  const expiration = args.expiration ?? firstExpiration(expirations, today);
  const mark = session.state().marks.get(underlying);
  const rows = expiration === undefined ? [] : strikeRows(await options.chain(underlying, expiration));
  return {
    underlying,
    expiration,
    expirations,
    spot: mark?.price,
    spotAt: mark?.at,
    today,
    ...pageOfStrikes(nearMoney(rows, mark?.price, near), first, after),
  };
}

type Refreshed =
  { readonly __typename: 'OptionChainPayload'; readonly chain: ChainView; readonly refused: number } | InvalidInput | Unavailable;

async function refreshChain(args: ChainArgs, context: Context): Promise<Refreshed> {
  const { underlying, expiration } = args;
  if (!UNDERLYING.test(underlying)) return invalidInput('underlying', 'underlying must be 1 to 6 capital letters', 'Write it like AAPL.');
  const problem = typeof expiration === 'string' ? expirationProblem(expiration) : undefined;
  if (problem !== undefined) return invalidInput('expiration', problem, 'Choose one of the chain’s expirations.');
  const { options, report } = context;
  if (!options.available) return unavailable('This server has no provider of option data.');
  try {
    const { expiration: refreshed, refused } = await options.refresh(underlying, expiration ?? undefined);
    return {
      __typename: 'OptionChainPayload',
      chain: await readChain({ ...args, expiration: refreshed }, context),
      refused: refused.length,
    };
  } catch (error) {
    if (!(error instanceof Error && error.name === 'ProviderError')) throw error;
    report(`refreshing the options of ${underlying}`, error);
    return unavailable('The provider did not give the option chain. What was stored before is unchanged; see the server’s log.');
  }
}

type Assumed = { readonly __typename: 'OptionAssumptionsPayload'; readonly assumptions: OptionAssumptions } | InvalidInput;

interface AssumptionsInput {
  readonly rate: number;
  readonly dividendYield: number;
  readonly dividendYields: readonly { readonly symbol: string; readonly dividendYield: number }[];
}

async function setAssumptions(input: AssumptionsInput, { options }: Context): Promise<Assumed> {
  const bad = input.dividendYields.find(({ symbol }) => !UNDERLYING.test(symbol));
  if (bad !== undefined) return invalidInput('dividendYields', `"${bad.symbol.slice(0, 20)}" is not an underlying`, 'Write it like AAPL.');
  const dividendYields = Object.fromEntries(input.dividendYields.map(({ symbol, dividendYield }) => [symbol, dividendYield]));
  const before = await options.assumptions();
  const assumptions = { ...before, rate: input.rate, dividendYield: input.dividendYield, dividendYields };
  try {
    await options.setAssumptions(checkAssumptions(assumptions));
  } catch (error) {
    if (error instanceof AssumptionError)
      return invalidInput(error.field, error.message, 'Rates and yields are continuously compounded, per year.');
    throw error;
  }
  return { __typename: 'OptionAssumptionsPayload', assumptions };
}

function addQuoteTypes(builder: Builder): void {
  builder.objectType('OptionGreeks', {
    description: 'Of one share: delta and gamma to a dollar of the underlying, theta to a calendar day, vega and rho to a point (0.01).',
    fields: (t) => ({
      delta: t.exposeFloat('delta'),
      gamma: t.exposeFloat('gamma'),
      theta: t.exposeFloat('theta'),
      vega: t.exposeFloat('vega'),
      rho: t.exposeFloat('rho'),
    }),
  });
  builder.objectType('OptionReceipt', {
    description: 'From what figures were computed: enough to compute them again.',
    fields: (t) => ({
      model: t.exposeString('model'),
      spot: t.expose('spot', { type: 'Decimal' }),
      spotAt: t.expose('spotAt', { type: 'DateTime' }),
      spotBasis: t.exposeString('spotBasis', { description: 'quote, trade or bar.' }),
      price: t.expose('price', {
        type: 'Decimal',
        nullable: true,
        description: 'The middle of bid and ask that a volatility was computed from.',
      }),
      strike: t.expose('strike', { type: 'Decimal' }),
      years: t.exposeFloat('years', { description: 'To expiry, of 365 days.' }),
      rate: t.exposeFloat('rate'),
      dividendYield: t.exposeFloat('dividendYield'),
      volatility: t.exposeFloat('volatility'),
      volatilitySource: t.exposeString('volatilitySource'),
      relativeUncertainty: t.exposeFloat('relativeUncertainty', { nullable: true }),
    }),
  });
  builder.objectType('OptionQuote', {
    description: 'The newest quote of a contract. A side that nobody quotes is null.',
    fields: (t) => ({
      bid: t.expose('bid', { type: 'Decimal', nullable: true }),
      ask: t.expose('ask', { type: 'Decimal', nullable: true }),
      bidSize: t.exposeInt('bidSize', { nullable: true }),
      askSize: t.exposeInt('askSize', { nullable: true }),
      quotedAt: t.expose('quotedAt', { type: 'DateTime', nullable: true }),
      last: t.expose('last', { type: 'Decimal', nullable: true }),
      lastAt: t.expose('lastAt', { type: 'DateTime', nullable: true }),
      impliedVolatility: t.exposeFloat('impliedVolatility', { nullable: true }),
      volatilitySource: t.exposeString('volatilitySource', { nullable: true, description: 'feed or computed.' }),
      noVolatility: t.exposeString('noVolatility', { nullable: true, description: 'Why there is no implied volatility.' }),
      greeks: t.expose('greeks', { type: 'OptionGreeks', nullable: true }),
      greeksSource: t.exposeString('greeksSource', { nullable: true, description: 'feed or computed.' }),
      receipt: t.expose('receipt', { type: 'OptionReceipt', nullable: true, description: 'Where anything was computed.' }),
      provider: t.exposeString('provider'),
      receivedAt: t.expose('receivedAt', { type: 'DateTime' }),
    }),
  });
}

function addChainTypes(builder: Builder): void {
  builder.objectType('OptionContract', {
    description: 'A listed option under its compact OCC symbol.',
    fields: (t) => ({
      symbol: t.string({ resolve: ({ contract }) => contract.symbol }),
      name: t.string({ resolve: ({ contract }) => contract.name }),
      underlying: t.string({ resolve: ({ contract }) => contract.underlying }),
      root: t.string({ resolve: ({ contract }) => contract.root }),
      expiresOn: t.string({ description: 'New York date.', resolve: ({ contract }) => contract.expiresOn }),
      daysToExpiry: t.int({
        resolve: ({ contract }, _args, { options }) => daysToExpiry(contract.expiresOn, options.today()),
      }),
      right: t.string({ description: 'call or put.', resolve: ({ contract }) => contract.right }),
      strike: t.field({ type: 'Decimal', resolve: ({ contract }) => contract.strike }),
      style: t.string({ description: 'american or european.', resolve: ({ contract }) => contract.style }),
      multiplier: t.int({ resolve: ({ contract }) => contract.multiplier }),
      tradable: t.boolean({ resolve: ({ contract }) => contract.tradable }),
      source: t.string({ resolve: ({ contract }) => contract.source }),
      openInterest: t.int({ nullable: true, resolve: ({ contract }) => contract.openInterest }),
      quote: t.field({ type: 'OptionQuote', nullable: true, resolve: ({ quote }) => quote }),
    }),
  });
  builder.objectType('OptionStrike', {
    fields: (t) => ({
      strike: t.expose('strike', { type: 'Decimal' }),
      call: t.expose('call', { type: 'OptionContract', nullable: true }),
      put: t.expose('put', { type: 'OptionContract', nullable: true }),
    }),
  });
  builder.objectType('OptionChain', {
    description: 'One expiration of an underlying as it is stored.',
    fields: (t) => ({
      underlying: t.exposeString('underlying'),
      expiration: t.exposeString('expiration', { nullable: true, description: 'Null where nothing is stored.' }),
      expirations: t.stringList({ resolve: ({ expirations }) => [...expirations] }),
      spot: t.expose('spot', { type: 'Decimal', nullable: true }),
      spotAt: t.expose('spotAt', { type: 'DateTime', nullable: true }),
      today: t.exposeString('today', { description: 'New York date of the venue’s clock.' }),
      strikes: t.field({ type: ['OptionStrike'], resolve: ({ strikes }) => [...strikes] }),
      endCursor: t.exposeString('endCursor', { nullable: true }),
      hasNextPage: t.exposeBoolean('hasNextPage'),
    }),
  });
  builder.objectType('OptionAssumptions', {
    description: 'What valuing takes for granted: continuously compounded, per year.',
    fields: (t) => ({
      rate: t.exposeFloat('rate'),
      dividendYield: t.exposeFloat('dividendYield', { description: 'Of underlyings that have none of their own.' }),
      dividendYields: t.stringList({
        description: 'SYMBOL=yield.',
        resolve: ({ dividendYields }) => Object.entries(dividendYields).map(([symbol, value]) => `${symbol}=${value}`),
      }),
    }),
  });
}

function addOptionMutations(builder: Builder): void {
  builder.objectType('OptionChainPayload', {
    fields: (t) => ({
      chain: t.expose('chain', { type: 'OptionChain' }),
      refused: t.exposeInt('refused', { description: 'Contracts and quotes that could not be believed.' }),
    }),
  });
  builder.objectType('OptionAssumptionsPayload', {
    fields: (t) => ({ assumptions: t.expose('assumptions', { type: 'OptionAssumptions' }) }),
  });
  const refreshed = builder.unionType('RefreshOptionChainResult', {
    types: ['OptionChainPayload', 'InvalidInputError', 'UnavailableError'],
    resolveType: typeOfMember,
  });
  const assumed = builder.unionType('SetOptionAssumptionsResult', {
    types: ['OptionAssumptionsPayload', 'InvalidInputError'],
    resolveType: typeOfMember,
  });
  const dividend = builder.inputType('DividendYieldInput', {
    fields: (t) => ({ symbol: t.string({ required: true }), dividendYield: t.float({ required: true }) }),
  });
  const assumptionsInput = builder.inputType('OptionAssumptionsInput', {
    fields: (t) => ({
      rate: t.float({ required: true }),
      dividendYield: t.float({ required: true }),
      dividendYields: t.field({ type: [dividend], required: true, defaultValue: [] }),
    }),
  });
  builder.mutationFields((t) => ({
    refreshOptionChain: t.field({
      type: refreshed,
      description: 'Fetches one expiration’s quotes from the provider; without one, all contracts and the quotes of the first expiration.',
      args: {
        underlying: t.arg.string({ required: true }),
        expiration: t.arg.string(),
        near: t.arg.int({ required: true, defaultValue: 15 }),
        first: t.arg.int(),
      },
      resolve: (_root, args, context) => refreshChain(args, context),
    }),
    setOptionAssumptions: t.field({
      type: assumed,
      description: 'From the next refresh on; what is stored keeps the receipts it was computed with.',
      args: { input: t.arg({ type: assumptionsInput, required: true }) },
      resolve: (_root, { input }, context) => setAssumptions(input, context),
    }),
  }));
}

export function addOptions(builder: Builder): void {
  addQuoteTypes(builder);
  addChainTypes(builder);
  addOptionMutations(builder);
  addPayoff(builder);
  builder.queryFields((t) => ({
    optionChain: t.field({
      type: 'OptionChain',
      description: 'As stored: `near` strikes on each side of the money, in pages by strike. refreshOptionChain fetches newer quotes.',
      args: {
        underlying: t.arg.string({ required: true }),
        expiration: t.arg.string(),
        near: t.arg.int({ required: true, defaultValue: 15 }),
        first: t.arg.int(),
        after: t.arg.string(),
      },
      resolve: (_root, args, context) => readChain(args, context),
    }),
    optionContract: t.field({
      type: 'OptionContract',
      nullable: true,
      args: { symbol: t.arg.string({ required: true }) },
      resolve: async (_root, { symbol }, { options }) => {
        if (!isOptionSymbol(symbol)) throw badInput('symbol must be a compact OCC symbol like AAPL240119C00190000');
        return (await options.options([symbol]))[0];
      },
    }),
    optionAssumptions: t.field({ type: 'OptionAssumptions', resolve: (_root, _args, { options }) => options.assumptions() }),
  }));
}
