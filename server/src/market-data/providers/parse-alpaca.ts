import { newYorkDate } from '../../instruments/calendar.ts';
import { priceFromNumber } from '../../money/fixed.ts';
import { instantFromMs } from '../../money/instant.ts';
import type { Instant } from '../../money/instant.ts';
import type { Mark } from '../../risk/types.ts';
import type { Bar, Timeframe } from '../bar.ts';
import type { RefusedBar } from '../provider.ts';
import { validateBar } from '../validate-bar.ts';

/** A bar as REST and streams give it, once the SDK has named its fields. */
export interface WireBar {
  readonly timestamp: Date;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Alpaca stamps daily bars at midnight in New York; ours carry the trading date at 00:00Z. */
export function barStart(timestamp: Date, timeframe: Timeframe): Instant {
  const at = instantFromMs(timestamp.getTime());
  return timeframe === '1Day' && Number.isFinite(at) ? instantFromMs(Date.parse(`${newYorkDate(at)}T00:00:00Z`)) : at;
}

export function parseBar(symbol: string, timeframe: Timeframe, wire: WireBar, previousStartAt?: Instant): Bar | RefusedBar {
  const { open, high, low, close, volume } = wire;
  const bar: Bar = { symbol, timeframe, startAt: barStart(wire.timestamp, timeframe), open, high, low, close, volume };
  const verdict = validateBar(bar, previousStartAt === undefined ? {} : { previousStartAt });
  return verdict.ok ? verdict.bar : { symbol, reason: verdict.reason, raw: JSON.stringify(wire) };
}

const believable = (value: number): boolean => Number.isFinite(value) && value > 0;

/** A quote's middle; `undefined` where it is crossed, zero or broken: such a quote says nothing. */
export function markOfQuote(bid: number, ask: number, timestamp: Date): Mark | undefined {
  if (!believable(bid) || !believable(ask) || bid > ask || Number.isNaN(timestamp.getTime())) return undefined;
  return {
    price: priceFromNumber((bid + ask) / 2),
    bid: priceFromNumber(bid),
    ask: priceFromNumber(ask),
    at: instantFromMs(timestamp.getTime()),
    basis: 'quote',
  };
}

export function markOfTrade(price: number, timestamp: Date): Mark | undefined {
  if (!believable(price) || Number.isNaN(timestamp.getTime())) return undefined;
  return { price: priceFromNumber(price), at: instantFromMs(timestamp.getTime()), basis: 'trade' };
}
