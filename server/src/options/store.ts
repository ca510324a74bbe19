import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { OptionContract } from '../instruments/option-contract.ts';
import { format, price } from '../money/fixed.ts';
import type { Price } from '../money/fixed.ts';
import { instantFromMs } from '../money/instant.ts';
import type { Instant } from '../money/instant.ts';
import { NO_VOLATILITY_REASONS } from './quote.ts';
import type { FigureSource, Greeks, OptionQuote } from './quote.ts';
import { decodeReceipt, encodeReceipt } from './receipt.ts';

interface ContractRow {
  readonly symbol: string;
  readonly root: string;
  readonly underlying: string;
  readonly expires_on: string;
  readonly option_right: string;
  /** numeric as text. */
  readonly strike: string;
  readonly style: string;
  readonly multiplier: number;
  readonly tradable: boolean;
  readonly source: string;
  readonly name: string;
  readonly open_interest: string | number | null;
  readonly open_interest_on: string | null;
  readonly provider: string;
  readonly updated_at: Date;
}

interface QuoteRow {
  readonly symbol: string;
  readonly bid: string | null;
  readonly ask: string | null;
  readonly bid_size: number | null;
  readonly ask_size: number | null;
  readonly quoted_at: Date | null;
  readonly last: string | null;
  readonly last_at: Date | null;
  readonly implied_volatility: number | null;
  readonly volatility_source: string | null;
  readonly no_volatility: string | null;
  readonly delta: number | null;
  readonly gamma: number | null;
  readonly theta: number | null;
  readonly vega: number | null;
  readonly rho: number | null;
  readonly greeks_source: string | null;
  readonly receipt: unknown;
  readonly provider: string;
  readonly received_at: Date;
}

export interface OptionTables {
  readonly option_contracts: ContractRow;
  readonly option_quotes: QuoteRow;
}

/** Rows of one statement: far below the 65,535 parameters that PostgreSQL takes. */
const CHUNK = 1_000;

const plain = (numeric: string): string => (numeric.includes('.') ? numeric.replace(/\.?0+$/, '') : numeric);
const priceIn = (numeric: string | null): Price | undefined => (numeric === null ? undefined : price(plain(numeric)));
const instantIn = (at: Date | null): Instant | undefined => (at === null ? undefined : instantFromMs(at.getTime()));
const dateOf = (at: Instant | undefined): Date | null => (at === undefined ? null : new Date(at));

function oneOf<T extends string>(what: string, allowed: readonly T[], text: string): T {
  const found = allowed.find((value) => value === text);
  if (found === undefined) throw new Error(`Invariant: the ${what} "${text}" in the options tables is unknown`);
  return found;
}

const RIGHTS = ['call', 'put'] as const;
const STYLES = ['american', 'european'] as const;
const SOURCES = ['feed', 'computed'] as const;

const toContract = (row: ContractRow): OptionContract => ({
  symbol: row.symbol,
  root: row.root,
  underlying: row.underlying,
  expiresOn: row.expires_on,
  right: oneOf('right', RIGHTS, row.option_right),
  strike: price(plain(row.strike)),
  style: oneOf('style', STYLES, row.style),
  multiplier: row.multiplier,
  tradable: row.tradable,
  source: row.source === 'synthetic' ? 'synthetic' : 'real',
  name: row.name,
  ...(row.open_interest === null ? {} : { openInterest: Number(row.open_interest) }),
  ...(row.open_interest_on === null ? {} : { openInterestOn: row.open_interest_on }),
});

const toContractRow = (contract: OptionContract, provider: string, at: Instant): ContractRow => ({
  symbol: contract.symbol,
  root: contract.root,
  underlying: contract.underlying,
  expires_on: contract.expiresOn,
  option_right: contract.right,
  strike: format(contract.strike),
  style: contract.style,
  multiplier: contract.multiplier,
  tradable: contract.tradable,
  source: contract.source,
  name: contract.name,
  open_interest: contract.openInterest ?? null,
  open_interest_on: contract.openInterestOn ?? null,
  provider,
  updated_at: new Date(at),
});

function greeksIn({ delta, gamma, theta, vega, rho }: QuoteRow): Greeks | undefined {
  if (delta === null || gamma === null || theta === null || vega === null || rho === null) return undefined;
  return { delta, gamma, theta, vega, rho };
}

const sourceIn = (text: string | null): FigureSource | undefined => (text === null ? undefined : oneOf('source', SOURCES, text));

const present = <T extends object>(given: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };

/** A quote as it is kept: when it came, and from whom. */
export interface StoredQuote extends OptionQuote {
  readonly receivedAt: Instant;
  readonly provider: string;
}

function toQuote(row: QuoteRow): StoredQuote {
  const { no_volatility: reason, receipt } = row;
  return {
    symbol: row.symbol,
    receivedAt: instantFromMs(row.received_at.getTime()),
    provider: row.provider,
    ...present({
      bid: priceIn(row.bid),
      ask: priceIn(row.ask),
      bidSize: row.bid_size ?? undefined,
      askSize: row.ask_size ?? undefined,
      quotedAt: instantIn(row.quoted_at),
      last: priceIn(row.last),
      lastAt: instantIn(row.last_at),
      impliedVolatility: row.implied_volatility ?? undefined,
      volatilitySource: sourceIn(row.volatility_source),
      noVolatility: reason === null ? undefined : oneOf('reason', NO_VOLATILITY_REASONS, reason),
      greeks: greeksIn(row),
      greeksSource: sourceIn(row.greeks_source),
      receipt: receipt === null ? undefined : decodeReceipt(receipt),
    }),
  };
}

const toQuoteRow = (quote: OptionQuote, provider: string, at: Instant): QuoteRow => ({
  symbol: quote.symbol,
  bid: quote.bid === undefined ? null : format(quote.bid),
  ask: quote.ask === undefined ? null : format(quote.ask),
  bid_size: quote.bidSize ?? null,
  ask_size: quote.askSize ?? null,
  quoted_at: dateOf(quote.quotedAt),
  last: quote.last === undefined ? null : format(quote.last),
  last_at: dateOf(quote.lastAt),
  implied_volatility: quote.impliedVolatility ?? null,
  volatility_source: quote.volatilitySource ?? null,
  no_volatility: quote.noVolatility ?? null,
  delta: quote.greeks?.delta ?? null,
  gamma: quote.greeks?.gamma ?? null,
  theta: quote.greeks?.theta ?? null,
  vega: quote.greeks?.vega ?? null,
  rho: quote.greeks?.rho ?? null,
  greeks_source: quote.greeksSource ?? null,
  receipt: quote.receipt === undefined ? null : JSON.stringify(encodeReceipt(quote.receipt)),
  provider,
  received_at: new Date(at),
});

function* chunks<T>(rows: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < rows.length; from += CHUNK) yield rows.slice(from, from + CHUNK);
}

/** Writes contracts, replacing what was known of the same symbols. */
export async function upsertContracts(
  db: Kysely<OptionTables>,
  contracts: readonly OptionContract[],
  provider: string,
  at: Instant,
): Promise<void> {
  for (const rows of chunks(contracts)) {
    await db
      .insertInto('option_contracts')
      .values(rows.map((contract) => toContractRow(contract, provider, at)))
      .onConflict((conflict) =>
        conflict.column('symbol').doUpdateSet((row) => ({
          style: row.ref('excluded.style'),
          multiplier: row.ref('excluded.multiplier'),
          tradable: row.ref('excluded.tradable'),
          source: row.ref('excluded.source'),
          name: row.ref('excluded.name'),
          open_interest: row.ref('excluded.open_interest'),
          open_interest_on: row.ref('excluded.open_interest_on'),
          provider: row.ref('excluded.provider'),
          updated_at: row.ref('excluded.updated_at'),
        })),
      )
      .execute();
  }
}

const QUOTE_COLUMNS = [
  'bid',
  'ask',
  'bid_size',
  'ask_size',
  'quoted_at',
  'last',
  'last_at',
  'implied_volatility',
  'volatility_source',
  'no_volatility',
  'delta',
  'gamma',
  'theta',
  'vega',
  'rho',
  'greeks_source',
  'receipt',
  'provider',
  'received_at',
] as const satisfies readonly (keyof QuoteRow)[];

/** Writes quotes over older ones of the same contracts; one that is older than what is there changes nothing. */
export async function upsertQuotes(db: Kysely<OptionTables>, quotes: readonly OptionQuote[], provider: string, at: Instant): Promise<void> {
  for (const rows of chunks(quotes)) {
    await db
      .insertInto('option_quotes')
      .values(rows.map((quote) => toQuoteRow(quote, provider, at)))
      .onConflict((conflict) =>
        conflict
          .column('symbol')
          .doUpdateSet((row) => Object.fromEntries(QUOTE_COLUMNS.map((name) => [name, row.ref(`excluded.${name}`)])))
          .where(sql<boolean>`option_quotes.quoted_at is null or excluded.quoted_at >= option_quotes.quoted_at`),
      )
      .execute();
  }
}

export interface ContractRange {
  readonly underlying: string;
  readonly expiresFrom: string;
  readonly expiresTo: string;
}

export async function selectContracts(db: Kysely<OptionTables>, range: ContractRange): Promise<readonly OptionContract[]> {
  const rows = await db
    .selectFrom('option_contracts')
    .selectAll()
    .where('underlying', '=', range.underlying)
    .where('expires_on', '>=', range.expiresFrom)
    .where('expires_on', '<=', range.expiresTo)
    .orderBy('expires_on')
    .orderBy('strike')
    .orderBy('option_right')
    .orderBy('symbol')
    .execute();
  return rows.map(toContract);
}

export async function selectContractsBySymbol(db: Kysely<OptionTables>, symbols: readonly string[]): Promise<readonly OptionContract[]> {
  if (symbols.length === 0) return [];
  const rows = await db.selectFrom('option_contracts').selectAll().where('symbol', 'in', symbols).orderBy('symbol').execute();
  return rows.map(toContract);
}

export async function selectQuotes(db: Kysely<OptionTables>, symbols: readonly string[]): Promise<readonly StoredQuote[]> {
  const quotes: StoredQuote[] = [];
  for (const some of chunks(symbols)) {
    const rows = await db.selectFrom('option_quotes').selectAll().where('symbol', 'in', some).orderBy('symbol').execute();
    quotes.push(...rows.map(toQuote));
  }
  return quotes;
}

/** New York dates from `from` on, in order, on which stored contracts of an underlying expire. */
export async function selectExpirations(db: Kysely<OptionTables>, underlying: string, from: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom('option_contracts')
    .select('expires_on')
    .distinct()
    .where('underlying', '=', underlying)
    .where('expires_on', '>=', from)
    .orderBy('expires_on')
    .execute();
  return rows.map((row) => row.expires_on);
}
