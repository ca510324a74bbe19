import { startExchange } from '../exchange/server.ts';
import { newYorkDate } from '../instruments/calendar.ts';
import { SAMPLE_SPAN, sampleMarket } from '../market-data/sample-data.ts';
import type { AlpacaEndpoint } from '../market-data/providers/alpaca-client.ts';
import { format } from '../money/fixed.ts';
import type { Price } from '../money/fixed.ts';
import { formatInstant, instant } from '../money/instant.ts';
import { nearMoney, strikeRows } from '../options/chain.ts';
import type { StrikeRow } from '../options/chain.ts';
import { DEFAULT_ASSUMPTIONS } from '../options/quote.ts';
import type { UnderlyingPrice } from '../options/quote.ts';
import type { OptionProvider } from '../options/provider.ts';
import { alpacaOptions } from '../options/providers/alpaca.ts';
import { encodeReceipt } from '../options/receipt.ts';
import { fetchChain, openOptionMath } from '../options/service.ts';
import type { QuotedContract } from '../options/service.ts';
import { namedEndpoint } from './endpoints.ts';
import type { OptionsCommand } from './options.ts';
import { interruptible } from './signals.ts';
import type { Terminal } from './usage.ts';

interface Source {
  readonly endpoint: AlpacaEndpoint;
  close(): Promise<void>;
}

/** Without keys or an address: a simulated exchange of our own, at the end of the sample's history. */
async function sourceOf({ exchange, exchangeUrl }: OptionsCommand, terminal: Terminal): Promise<Source> {
  const endpoint = namedEndpoint(exchange, exchangeUrl, terminal.environment);
  if (endpoint !== undefined) return { endpoint, close: () => Promise.resolve() };
  terminal.err.write('No keys and no --exchange-url: the synthetic chain of a simulated exchange over the sample bars\n');
  const own = await startExchange({ ...(await sampleMarket()), speed: 0, from: instant(SAMPLE_SPAN.to) });
  return { endpoint: { mode: 'simulated', keyId: 'tidemark', secret: 'simulated', baseUrl: own.url }, close: () => own.close() };
}

type Row = StrikeRow<QuotedContract>;

interface Shown {
  readonly underlying: string;
  readonly spot: UnderlyingPrice;
  readonly expiration: string;
  readonly expirations: readonly string[];
  readonly rows: readonly Row[];
}

async function expirationsOf(provider: OptionProvider, underlying: string, from: string, signal: AbortSignal): Promise<readonly string[]> {
  const dates = new Set<string>();
  for await (const { items } of provider.contracts({ underlying, expiresFrom: from, signal })) {
    for (const { expiresOn } of items) dates.add(expiresOn);
  }
  return [...dates].sort();
}

async function readChain(options: OptionsCommand, provider: OptionProvider, signal: AbortSignal): Promise<Shown> {
  const { symbol } = options;
  const spot = await provider.underlyingPrice(symbol);
  if (spot === undefined) throw new Error(`The provider knows no price of ${symbol}: is the symbol right?`);
  const today = newYorkDate(spot.at);
  const expirations = await expirationsOf(provider, symbol, today, signal);
  const expiration = options.expiration ?? expirations.find((date) => date > today) ?? expirations[0];
  if (expiration === undefined) throw new Error(`There are no options on ${symbol}`);
  if (!expirations.includes(expiration))
    throw new Error(`${symbol} has no options that expire on ${expiration}; there are ${expirations.join(', ')}`);
  const assumptions = { ...DEFAULT_ASSUMPTIONS, rate: options.rate, dividendYield: options.dividendYield };
  const request = { underlying: symbol, expiresFrom: expiration, expiresTo: expiration, signal };
  const { rows } = await fetchChain(provider, await openOptionMath(), request, assumptions);
  return { underlying: symbol, spot, expiration, expirations, rows: nearMoney(strikeRows(rows), spot.price, options.near) };
}

const amount = (value: Price | undefined): string => (value === undefined ? '–' : format(value));

function figure(value: number | undefined, source: string | undefined, decimals: number, scale = 1): string {
  return value === undefined ? '–' : `${(value * scale).toFixed(decimals)}${source === 'computed' ? '*' : ''}`;
}

function cells(option: QuotedContract | undefined): readonly string[] {
  const quote = option?.quote;
  return [
    amount(quote?.bid),
    amount(quote?.ask),
    figure(quote?.impliedVolatility, quote?.volatilitySource, 1, 100),
    figure(quote?.greeks?.delta, quote?.greeksSource, 3),
    figure(quote?.greeks?.theta, quote?.greeksSource, 3),
  ];
}

const HEADINGS = ['bid', 'ask', 'IV %', 'delta', 'theta'];
const WIDTHS = [9, 9, 8, 9, 9];
const line = (columns: readonly string[]): string => columns.map((text, at) => text.padStart(WIDTHS[at] ?? 9)).join('');

function printTable({ underlying, spot, expiration, expirations, rows }: Shown, terminal: Terminal): void {
  const { out } = terminal;
  out.write(`${underlying} ${format(spot.price)} (${spot.basis}, ${formatInstant(spot.at)}); expires ${expiration}\n`);
  out.write(`expirations: ${expirations.join(' ')}\n`);
  const width = line(HEADINGS).length;
  out.write(`${'calls'.padStart(width)}${'strike'.padStart(12)}  puts\n${line(HEADINGS)}${''.padStart(12)}${line(HEADINGS)}\n`);
  for (const { strike, call, put } of rows) out.write(`${line(cells(call))}${format(strike).padStart(12)}${line(cells(put))}\n`);
}

/** Prices as decimal text, times as ISO-8601, ratios as numbers; what is not known is null. */
function optionJson(option: QuotedContract | undefined) {
  if (option === undefined) return null;
  const { contract, quote } = option;
  const text = (value: Price | undefined): string | null => (value === undefined ? null : format(value));
  return {
    symbol: contract.symbol,
    multiplier: contract.multiplier,
    style: contract.style,
    openInterest: contract.openInterest ?? null,
    bid: text(quote?.bid),
    ask: text(quote?.ask),
    last: text(quote?.last),
    quotedAt: quote?.quotedAt === undefined ? null : formatInstant(quote.quotedAt),
    impliedVolatility: quote?.impliedVolatility ?? null,
    volatilitySource: quote?.volatilitySource ?? null,
    noVolatility: quote?.noVolatility ?? (quote === undefined ? 'NoQuote' : null),
    greeks: quote?.greeks ?? null,
    greeksSource: quote?.greeksSource ?? null,
    receipt: quote?.receipt === undefined ? null : encodeReceipt(quote.receipt),
  };
}

const chainJson = ({ underlying, spot, expiration, expirations, rows }: Shown) => ({
  underlying,
  spot: { price: format(spot.price), at: formatInstant(spot.at), basis: spot.basis },
  expiration,
  expirations,
  strikes: rows.map(({ strike, call, put }) => ({ strike: format(strike), call: optionJson(call), put: optionJson(put) })),
});

/** Fetches a chain, values it and prints it. Nothing is stored. */
export async function printChain(options: OptionsCommand, terminal: Terminal): Promise<void> {
  const source = await sourceOf(options, terminal);
  try {
    const provider = alpacaOptions({ endpoint: source.endpoint, feed: 'indicative' });
    const shown = await interruptible((signal) => readChain(options, provider, signal));
    if (options.json === true) terminal.out.write(`${JSON.stringify(chainJson(shown))}\n`);
    else printTable(shown, terminal);
  } finally {
    await source.close();
  }
}
