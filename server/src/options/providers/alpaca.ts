import type { Alpaca, marketData, trading } from '@alpacahq/alpaca-trade-api';
import type { OptionContract } from '../../instruments/option-contract.ts';
import { openAlpaca } from '../../market-data/providers/alpaca-client.ts';
import type { AlpacaEndpoint } from '../../market-data/providers/alpaca-client.ts';
import { markOfQuote, markOfTrade } from '../../market-data/providers/parse-alpaca.ts';
import { ProviderError } from '../../market-data/provider.ts';
import { toNumber } from '../../money/fixed.ts';
import type { ChainRequest, OptionPage, OptionProvider, RefusedOption } from '../provider.ts';
import type { OptionSnapshot } from '../quote.ts';
import { parseContract, parseSnapshot } from './parse-option.ts';

/** The most that a page of contracts, and of snapshots, may hold. */
const CONTRACTS_PAGE = 10_000;
const CHAIN_PAGE = 1_000;
/** Symbols that one call for snapshots may name. */
const SYMBOLS_A_CALL = 100;
/** A token that comes back unchanged for ever must not keep us for ever. */
const PAGES_MAX = 1_000;

export interface AlpacaOptionsSource {
  readonly endpoint: AlpacaEndpoint;
  /** `indicative` is free and delayed; `opra` needs a subscription. */
  readonly feed: 'indicative' | 'opra';
}

type Paged<T> = { readonly rows: readonly T[]; readonly next: string | null | undefined };

/** What the SDK's errors carry beyond the message, in one sentence. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const status = 'status' in error ? ` (HTTP ${String(error.status)})` : '';
  return `${error.message}${status}${error.cause instanceof Error ? `: ${error.cause.message}` : ''}`;
}

const isNotFound = (error: unknown): boolean => error instanceof Error && 'status' in error && error.status === 404;

function split<T extends object>(rows: readonly (T | RefusedOption)[]): OptionPage<T> {
  const items: T[] = [];
  const refused: RefusedOption[] = [];
  for (const row of rows) {
    if ('reason' in row) refused.push(row);
    else items.push(row);
  }
  return { items, refused };
}

async function* pages<T extends object>(
  what: string,
  signal: AbortSignal | undefined,
  read: (pageToken: string | undefined) => Promise<Paged<T | RefusedOption>>,
): AsyncGenerator<OptionPage<T>> {
  const seen = new Set<string>();
  let pageToken: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    signal?.throwIfAborted();
    const { rows, next } = await read(pageToken).catch((error: unknown) => {
      throw new ProviderError(`Alpaca did not give ${what}: ${describe(error)}`, { cause: error });
    });
    yield split(rows);
    if (next === null || next === undefined || next === '') return;
    if (seen.has(next)) throw new ProviderError(`Alpaca gave the same page of ${what} twice`);
    seen.add(next);
    pageToken = next;
  }
  throw new ProviderError(`Alpaca gave more than ${PAGES_MAX} pages of ${what}`);
}

const dateArg = (date: string): Date => new Date(`${date}T00:00:00Z`);

/** The bounds that both endpoints share; without dates the contracts' window would end at the weekend. */
function bounds({ expiresFrom, expiresTo, strikeMin, strikeMax, right }: ChainRequest) {
  return {
    ...(expiresFrom === undefined ? {} : { expirationDateGte: dateArg(expiresFrom) }),
    expirationDateLte: dateArg(expiresTo ?? '2099-12-31'),
    ...(strikeMin === undefined ? {} : { strikePriceGte: toNumber(strikeMin) }),
    ...(strikeMax === undefined ? {} : { strikePriceLte: toNumber(strikeMax) }),
    ...(right === undefined ? {} : { type: right }),
  } satisfies trading.GetOptionsContractsRequest & Partial<marketData.OptionChainRequest>;
}

const snapshotsOf = (response: marketData.OptionSnapshotsResp): Paged<OptionSnapshot | RefusedOption> => ({
  rows: Object.entries(response.snapshots).map(([symbol, wire]) => parseSnapshot(symbol, wire)),
  next: response.nextPageToken,
});

const token = (pageToken: string | undefined): { pageToken?: string } => (pageToken === undefined ? {} : { pageToken });

async function* bySymbol(
  alpaca: Alpaca,
  feed: AlpacaOptionsSource['feed'],
  symbols: readonly string[],
): AsyncGenerator<OptionPage<OptionSnapshot>> {
  for (let from = 0; from < symbols.length; from += SYMBOLS_A_CALL) {
    const asked = symbols.slice(from, from + SYMBOLS_A_CALL).join(',');
    yield* pages(`the quotes of ${symbols.length} options`, undefined, async (pageToken) =>
      snapshotsOf(await alpaca.marketData.options.optionSnapshots({ symbols: asked, feed, limit: CHAIN_PAGE, ...token(pageToken) })),
    );
  }
}

/** Option contracts from the trading host and their quotes from the data host, or both from the simulated exchange. */
export function alpacaOptions({ endpoint, feed }: AlpacaOptionsSource): OptionProvider {
  const alpaca = openAlpaca(endpoint, { retryReads: true });
  const source = endpoint.mode === 'simulated' ? 'synthetic' : 'real';
  return {
    name: 'alpaca',
    async contract(symbol) {
      try {
        return parseContract(await alpaca.trading.assets.getOptionContractSymbolOrId({ symbolOrId: symbol }), source);
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw new ProviderError(`Alpaca did not give the contract ${symbol}: ${describe(error)}`, { cause: error });
      }
    },
    contracts: (request) =>
      pages<OptionContract>(`the contracts of ${request.underlying}`, request.signal, async (pageToken) => {
        const response = await alpaca.trading.assets.getOptionsContracts({
          underlyingSymbols: request.underlying,
          status: 'active',
          limit: CONTRACTS_PAGE,
          ...bounds(request),
          ...token(pageToken),
        });
        return { rows: response.optionContracts.map((wire) => parseContract(wire, source)), next: response.nextPageToken };
      }),
    chain: (request) =>
      pages<OptionSnapshot>(`the option chain of ${request.underlying}`, request.signal, async (pageToken) =>
        snapshotsOf(
          await alpaca.marketData.options.optionChain({
            underlyingSymbol: request.underlying,
            feed,
            limit: CHAIN_PAGE,
            ...bounds(request),
            ...token(pageToken),
          }),
        ),
      ),
    snapshots: (symbols) => bySymbol(alpaca, feed, symbols),
    async underlyingPrice(symbol) {
      const response = await alpaca.marketData.stocks.stockSnapshots({ symbols: symbol, feed: 'iex' }).catch((error: unknown) => {
        throw new ProviderError(`Alpaca did not give the price of ${symbol}: ${describe(error)}`, { cause: error });
      });
      const snapshot = response[symbol];
      const quote = snapshot?.latestQuote;
      const trade = snapshot?.latestTrade;
      const mark =
        (quote === undefined ? undefined : markOfQuote(quote.bp, quote.ap, new Date(quote.t))) ??
        (trade === undefined ? undefined : markOfTrade(trade.p, new Date(trade.t)));
      return mark === undefined ? undefined : { symbol, price: mark.price, at: mark.at, basis: mark.basis };
    },
  };
}
