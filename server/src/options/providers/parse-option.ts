import type { marketData, trading } from '@alpacahq/alpaca-trade-api';
import { contractProblem } from '../../instruments/option-contract.ts';
import type { OptionContract } from '../../instruments/option-contract.ts';
import type { InstrumentSource } from '../../instruments/instrument.ts';
import { isOptionSymbol, optionTermsOf } from '../../instruments/option-symbol.ts';
import { DecimalTextError, price, priceFromNumber } from '../../money/fixed.ts';
import type { Price } from '../../money/fixed.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Greeks, OptionSnapshot } from '../quote.ts';
import type { RefusedOption } from '../provider.ts';

/** Dates without a time come as UTC midnight from the SDK: the calendar date is the one in UTC. */
const dateOf = (at: Date): string => (Number.isNaN(at.getTime()) ? '' : at.toISOString().slice(0, 10));

const WHOLE = /^\d{1,15}$/;

function termsOf(wire: trading.OptionContract): OptionContract {
  const terms = optionTermsOf(wire.symbol);
  const { openInterest, openInterestDate } = wire;
  return {
    root: wire.rootSymbol ?? terms?.root ?? '',
    symbol: wire.symbol,
    underlying: wire.underlyingSymbol,
    expiresOn: dateOf(wire.expirationDate),
    right: wire.type === 'call' ? 'call' : 'put',
    strike: price(wire.strikePrice),
    style: wire.style === 'european' ? 'european' : 'american',
    multiplier: WHOLE.test(wire.multiplier) ? Number(wire.multiplier) : Number.NaN,
    tradable: wire.tradable && wire.status === 'active',
    source: 'real',
    name: wire.name,
    ...(openInterest !== undefined && WHOLE.test(openInterest) ? { openInterest: Number(openInterest) } : {}),
    ...(openInterestDate === undefined ? {} : { openInterestOn: dateOf(openInterestDate) }),
  };
}

/** A contract as the SDK gives it. What contradicts its own symbol is refused, never mended. */
export function parseContract(wire: trading.OptionContract, source: InstrumentSource): OptionContract | RefusedOption {
  if (wire.type !== 'call' && wire.type !== 'put') return { symbol: wire.symbol, reason: `its type is ${String(wire.type)}` };
  if (wire.style !== 'american' && wire.style !== 'european') return { symbol: wire.symbol, reason: `its style is ${String(wire.style)}` };
  try {
    const contract = { ...termsOf(wire), source };
    const problem = contractProblem(contract);
    return problem === undefined ? contract : { symbol: wire.symbol, reason: problem };
  } catch (error) {
    if (error instanceof DecimalTextError || error instanceof RangeError) return { symbol: wire.symbol, reason: error.message };
    throw error;
  }
}

const believable = (value: number | undefined): value is number => value !== undefined && Number.isFinite(value) && value > 0;
const positivePrice = (value: number | undefined): Price | undefined => (believable(value) ? priceFromNumber(value) : undefined);
const timeOf = (at: Date | string): Instant | undefined => {
  // The SDK's type says Date; in a map of symbols it is text.
  const ms = new Date(at).getTime();
  return Number.isNaN(ms) ? undefined : instantFromMs(ms);
};

const GREEKS = ['delta', 'gamma', 'theta', 'vega', 'rho'] as const;

/** All five, or none: half of them would be read as the whole. */
function greeksOf(wire: marketData.OptionGreeks | undefined): Greeks | undefined {
  return wire === undefined || wire === null || GREEKS.some((name) => !Number.isFinite(wire[name]))
    ? undefined
    : { delta: wire.delta, gamma: wire.gamma, theta: wire.theta, vega: wire.vega, rho: wire.rho };
}

const size = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : undefined;

const present = <T extends object>(given: T): { readonly [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };

/** A snapshot as the SDK gives it: a side of nothing is no side. */
export function parseSnapshot(symbol: string, wire: marketData.OptionSnapshot): OptionSnapshot | RefusedOption {
  if (!isOptionSymbol(symbol)) return { symbol, reason: 'it is not the symbol of an option' };
  const { latestQuote: quote, latestTrade: trade } = wire;
  const at = quote === undefined ? undefined : timeOf(quote.t);
  if (quote !== undefined && at === undefined) return { symbol, reason: 'its quote has no time' };
  const lastAt = trade === undefined ? undefined : timeOf(trade.t);
  return {
    symbol,
    ...present({
      bid: positivePrice(quote?.bp),
      ask: positivePrice(quote?.ap),
      bidSize: size(quote?.bs),
      askSize: size(quote?.as),
      quotedAt: at,
      last: lastAt === undefined ? undefined : positivePrice(trade?.p),
      lastAt,
      impliedVolatility: believable(wire.impliedVolatility) ? wire.impliedVolatility : undefined,
      greeks: greeksOf(wire.greeks),
    }),
  };
}
