import type { Kysely } from 'kysely';
import { openOptions } from '@tidemark/compute/options';
import type { OptionContract } from '../instruments/option-contract.ts';
import type { Instant } from '../money/instant.ts';
import type { ChainRequest, OptionProvider, RefusedOption } from './provider.ts';
import type { OptionAssumptions, OptionQuote, OptionSnapshot, UnderlyingPrice } from './quote.ts';
import { selectContracts, selectContractsBySymbol, selectExpirations, selectQuotes, upsertContracts, upsertQuotes } from './store.ts';
import type { ContractRange, OptionTables, StoredQuote } from './store.ts';
import { valueQuote } from './valuation.ts';
import type { OptionMath } from './valuation.ts';

export type { ContractRange, OptionTables, StoredQuote } from './store.ts';

/** The option prices of this installation, as valuing takes them. */
export const openOptionMath = (): Promise<OptionMath> => openOptions();

/** One contract with its newest quote, where it has one. */
export interface QuotedContract {
  readonly contract: OptionContract;
  readonly quote: OptionQuote | undefined;
}

/** A chain at one time. */
export interface FetchedChain {
  readonly underlying: UnderlyingPrice | undefined;
  readonly rows: readonly QuotedContract[];
  readonly refused: readonly RefusedOption[];
}

async function all<T>(
  pages: AsyncIterable<{ readonly items: readonly T[]; readonly refused: readonly RefusedOption[] }>,
  refused: RefusedOption[],
) {
  const items: T[] = [];
  for await (const page of pages) {
    items.push(...page.items);
    refused.push(...page.refused);
  }
  return items;
}

/** Values each contract's snapshot; contracts that nobody quotes come without one. */
export function valueChain(
  math: OptionMath,
  contracts: readonly OptionContract[],
  snapshots: readonly OptionSnapshot[],
  underlying: UnderlyingPrice | undefined,
  assumptions: OptionAssumptions,
): readonly QuotedContract[] {
  const bySymbol = new Map(snapshots.map((snapshot) => [snapshot.symbol, snapshot]));
  return contracts.map((contract) => {
    const snapshot = bySymbol.get(contract.symbol);
    return { contract, quote: snapshot === undefined ? undefined : valueQuote(math, { contract, snapshot, underlying, assumptions }) };
  });
}

/** Asks the provider for contracts, quotes and the price of the underlying, and values them. Nothing is written. */
export async function fetchChain(
  provider: OptionProvider,
  math: OptionMath,
  request: ChainRequest,
  assumptions: OptionAssumptions,
): Promise<FetchedChain> {
  const refused: RefusedOption[] = [];
  const contracts = await all(provider.contracts(request), refused);
  const snapshots = contracts.length === 0 ? [] : await all(provider.chain(request), refused);
  const underlying = await provider.underlyingPrice(request.underlying);
  return { underlying, rows: valueChain(math, contracts, snapshots, underlying, assumptions), refused };
}

/** A contract's newest quote, with the price of what it is written on. */
export interface FreshQuote extends QuotedContract {
  readonly underlying: UnderlyingPrice | undefined;
}

/** Quotes of contracts that are known already, by symbol. */
export async function fetchQuotes(
  provider: OptionProvider,
  math: OptionMath,
  contracts: readonly OptionContract[],
  assumptions: OptionAssumptions,
): Promise<readonly FreshQuote[]> {
  const rows: FreshQuote[] = [];
  for (const [name, some] of Map.groupBy(contracts, (contract) => contract.underlying)) {
    const snapshots = await all(provider.snapshots(some.map(({ symbol }) => symbol)), []);
    const underlying = await provider.underlyingPrice(name);
    rows.push(...valueChain(math, some, snapshots, underlying, assumptions).map((row) => ({ ...row, underlying })));
  }
  return rows;
}

/** Keeps contracts and their quotes, all of them or none. */
export async function saveChain(db: Kysely<OptionTables>, rows: readonly QuotedContract[], provider: string, at: Instant): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await upsertContracts(
      trx,
      rows.map(({ contract }) => contract),
      provider,
      at,
    );
    await upsertQuotes(
      trx,
      rows.flatMap(({ quote }) => quote ?? []),
      provider,
      at,
    );
  });
}

/** Fetches contracts page by page and keeps each page as it comes. Gives what was refused. */
export async function saveContracts(
  db: Kysely<OptionTables>,
  provider: OptionProvider,
  request: ChainRequest,
  at: Instant,
): Promise<readonly RefusedOption[]> {
  const refused: RefusedOption[] = [];
  for await (const page of provider.contracts(request)) {
    refused.push(...page.refused);
    await upsertContracts(db, page.items, provider.name, at);
  }
  return refused;
}

export const storedExpirations = (db: Kysely<OptionTables>, underlying: string, from: string): Promise<readonly string[]> =>
  selectExpirations(db, underlying, from);

export const storedContracts = (db: Kysely<OptionTables>, symbols: readonly string[]): Promise<readonly OptionContract[]> =>
  selectContractsBySymbol(db, symbols);

/** A stored contract with its newest stored quote. */
export interface StoredOption {
  readonly contract: OptionContract;
  readonly quote: StoredQuote | undefined;
}

async function quoted(db: Kysely<OptionTables>, contracts: readonly OptionContract[]): Promise<readonly StoredOption[]> {
  const quotes = await selectQuotes(
    db,
    contracts.map(({ symbol }) => symbol),
  );
  const bySymbol = new Map(quotes.map((quote) => [quote.symbol, quote]));
  return contracts.map((contract) => ({ contract, quote: bySymbol.get(contract.symbol) }));
}

/** Contracts by expiration, strike and right, calls first. */
export const storedChain = async (db: Kysely<OptionTables>, range: ContractRange): Promise<readonly StoredOption[]> =>
  quoted(db, await selectContracts(db, range));

export const storedOptions = async (db: Kysely<OptionTables>, symbols: readonly string[]): Promise<readonly StoredOption[]> =>
  quoted(db, await selectContractsBySymbol(db, symbols));
