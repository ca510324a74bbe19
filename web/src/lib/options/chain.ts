import type { OptionChainPartsFragment, OptionPartsFragment } from '@tidemark/schema/documents';
import { NOT_AVAILABLE, number, percent, price } from '#lib/format.ts';

const REASONS: Readonly<Record<string, string>> = {
  NoQuote: 'nobody quotes it',
  OneSidedQuote: 'only one side is quoted: its price is not known',
  CrossedQuote: 'the bid is above the ask',
  NoUnderlyingPrice: 'the price of the underlying is not known',
  StaleUnderlyingPrice: 'the price of the underlying is too old for this quote',
  AdjustedContract: 'a corporate action changed what it delivers',
  Expired: 'it has expired',
  NegativePrice: 'the price is below zero',
  BelowIntrinsic: 'the middle of the quote is less than its intrinsic value',
  AboveMaximum: 'the middle of the quote is more than it can be worth',
  Unidentifiable: 'the price is nearly all intrinsic value: many volatilities fit it',
};

const MODEL = 'Black–Scholes–Merton, European exercise';

/** Why a contract has no implied volatility, in words. */
export function noFigure(option: OptionPartsFragment | null): string {
  if (option === null) return 'No such contract';
  const reason = option.quote?.noVolatility ?? 'NoQuote';
  return `None: ${REASONS[reason] ?? reason}`;
}

/** Where a figure is from, for its tooltip. */
export function originOf(option: OptionPartsFragment, source: string | null): string {
  const receipt = option.quote?.receipt;
  if (source !== 'computed' || !receipt) return 'From the feed';
  const { spot, spotBasis, years, rate, dividendYield } = receipt;
  const days = number(years * 365, { decimals: 1 });
  return `Computed: ${MODEL}; underlying ${price(spot, 'mark')} (${spotBasis}), ${days} days, rate ${percent(rate, { decimals: 1 })}, dividend yield ${percent(dividendYield, { decimals: 1 })}`;
}

/** What exercising would be worth something. */
export function inTheMoney(right: 'call' | 'put', strike: string, spot: string | null): boolean {
  if (spot === null) return false;
  return right === 'call' ? Number(strike) < Number(spot) : Number(strike) > Number(spot);
}

/** The line above which the underlying stands: the first strike at or over its price. */
export function moneyLine(chain: OptionChainPartsFragment): string | undefined {
  const { spot } = chain;
  return spot === null ? undefined : chain.strikes.find(({ strike }) => Number(strike) >= Number(spot))?.strike;
}

const DAY_MS = 86_400_000;

/** "15 Jun 2018, 35 days". */
export function expirationLabel(date: string, today: string): string {
  const at = Date.parse(`${date}T00:00:00Z`);
  const days = Math.round((at - Date.parse(`${today}T00:00:00Z`)) / DAY_MS);
  if (Number.isNaN(days)) return NOT_AVAILABLE;
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' }).format(at);
  return `${day}, ${days === 0 ? 'today' : days === 1 ? '1 day' : `${days} days`}`;
}
